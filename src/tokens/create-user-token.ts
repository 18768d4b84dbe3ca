import { toPublicId } from "../base/ids";
import type { Context } from "../graphql/context";
import { readUserRef } from "../users/read-user-ref";
import { findUser, userNotFound, writeTaken } from "../users/users.store";
import { readExpiry, signToken } from "./sign-token";

export const USER_TOKEN_AUDIENCE = "latchkey";

const LIFETIME = { defaultSeconds: 3_600, maxSeconds: 86_400 };

/** A token that speaks for one user in the mode of whoever asked for it, for a while. */
export async function createUserToken(
  ctx: Pick<Context, "db" | "clock" | "config" | "identity">,
  input: { user: string; ttlSeconds: number | null | undefined },
): Promise<{ token: string; expiresAt: Date }> {
  const expiresAt = readExpiry(ctx.clock.now(), input.ttlSeconds, LIFETIME);
  const user = await findUser(ctx.db, readUserRef(input.user));
  if (!user) throw userNotFound();
  if (user.takenAt === null) await ctx.db.transaction((tx) => writeTaken(tx, user, ctx.clock.now()));
  const token = await signToken(ctx, {
    type: "latchkey-user+jwt",
    subject: toPublicId("user", user.id),
    audience: USER_TOKEN_AUDIENCE,
    expiresAt,
    claims: { mode: ctx.identity.mode },
  });
  return { token, expiresAt };
}
