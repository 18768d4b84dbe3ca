import { Refusal } from "../base/refusal";
import { findQuestions } from "../decisions/check.store";
import type { Context } from "../graphql/context";
import type { ProductEntity } from "../products/product.entity";
import { decideHeld } from "./decide-held";
import { findJoinedGrants } from "./joined-grants.store";

const field = "input.product";

/**
 * Refuses a second purchase of what the user holds for good or by a subscription. A purchase that is the user's by its
 * address alone refuses nothing: a stranger may have typed the address.
 */
export async function refuseHolder(ctx: Context, userId: string, product: Pick<ProductEntity, "id">): Promise<void> {
  const key = { product: { id: product.id, key: null }, user: { id: userId, externalId: null } } as const;
  const [question] = await findQuestions(ctx.db, ctx.identity.mode, [key]);
  const grants = question?.grants ?? [];
  const joined = await findJoinedGrants(
    ctx.db,
    grants.map(({ id }) => id),
  );
  const held = decideHeld(
    grants.filter(({ id }) => !joined.has(id)),
    ctx.clock.now(),
  );
  if (!held) return;
  throw new Refusal("ALREADY_HAS_ACCESS", {
    say: "The user may open this product already.",
    field,
    details: { ...held },
  });
}

/** The open session was completed while another one was asked for: what was paid opens when the money is there. */
export function alreadyPaid(): Refusal {
  return new Refusal("ALREADY_HAS_ACCESS", {
    say: "The user's open checkout of this product was just completed.",
    field,
  });
}
