import { findPolicy } from "../access/policy.store";
import { Refusal } from "../base/refusal";
import type { Context } from "../graphql/context";
import { subjectOf } from "../users/subject";
import { findUser, userNotFound } from "../users/users.store";
import type { AskedCheckout } from "./read-checkout-input";

export type Buyer = { userId: string; guest: null } | { userId: null; guest: NonNullable<AskedCheckout["guest"]> };

/** Who buys: the user of a token, the user whom a server names, or a guest. */
export async function getBuyer(ctx: Context, { user: named, guest }: AskedCheckout): Promise<Buyer> {
  if (guest) {
    if (named !== null || ctx.identity.role === "USER") {
      const say = "A guest is somebody without an account: leave out the user, or the guest.";
      throw new Refusal("INVALID_INPUT", { say, field: "input.guest" });
    }
    const { autoCreateUsers } = await findPolicy(ctx.db, ctx.identity.mode);
    if (autoCreateUsers === "ON_PURCHASE") return { userId: null, guest };
    const say = "Guests cannot buy here: the policy does not let purchases make users.";
    throw new Refusal("FORBIDDEN", { say, field: "input.guest" });
  }
  const ref = await subjectOf(ctx, named);
  if (!ref) {
    const [say, field] =
      ctx.identity.role === "PUBLISHABLE"
        ? ["Name the guest who buys, or use the token of a user.", "input.guest"]
        : ["Name the user who buys, or a guest.", "input.user"];
    throw new Refusal("INVALID_INPUT", { say, field });
  }
  const user = await findUser(ctx.db, ref);
  if (!user) throw userNotFound("input.user");
  return { userId: user.id, guest: null };
}
