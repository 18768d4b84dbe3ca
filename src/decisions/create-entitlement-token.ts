import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Context } from "../graphql/context";
import { readExpiry, signToken } from "../tokens/sign-token";
import { subjectOf } from "../users/subject";
import { userByExternalId, userById } from "../users/users.loader";
import { userNotFound } from "../users/users.store";
import { checkRef } from "./check-access";
import type { Decision } from "../access/decide";
import { productsOfUser } from "./decisions.loader";

const ENTITLEMENT_TOKEN_AUDIENCE = "latchkey:entitlements";

const LIFETIME = { defaultSeconds: 900, maxSeconds: 86_400 };
const PRODUCTS_MAX = 500;

/**
 * What a user may open, signed, for somebody who verifies it without asking us. It ends before anything in it can change
 * by the clock alone; what changes otherwise is seen when the token is renewed.
 */
export async function createEntitlementToken(
  ctx: Context,
  input: { user: string | null | undefined; ttlSeconds: number | null | undefined },
): Promise<{ token: string; expiresAt: Date }> {
  const now = ctx.clock.now();
  const wanted = readExpiry(now, input.ttlSeconds, LIFETIME);
  const ref = await subjectOf(ctx, input.user);
  const user =
    ref && (await (ref.id === null ? ctx.load(userByExternalId, ref.externalId) : ctx.load(userById, ref.id)));
  if (!user) throw userNotFound();
  const opened = await openProducts(ctx, user.id, now);
  const changes = opened.flatMap(({ decision }) => decision.recheckAt ?? []);
  const expiresAt = changes.reduce((first, moment) => (moment < first ? moment : first), wanted);
  const token = await signToken(ctx, {
    type: "latchkey-entitlement+jwt",
    subject: toPublicId("user", user.id),
    audience: ENTITLEMENT_TOKEN_AUDIENCE,
    expiresAt,
    claims: {
      mode: ctx.identity.mode,
      ...(user.externalId === null ? {} : { external_id: user.externalId }),
      products: Object.fromEntries(opened.map(({ key, decision }) => [key, claimOf(decision)])),
    },
  });
  return { token, expiresAt };
}

function claimOf({ reason, endsAt }: Decision): { reason: string; ends_at?: string } {
  return { reason, ...(endsAt ? { ends_at: endsAt.toISOString() } : {}) };
}

async function openProducts(ctx: Context, userId: string, at: Date): Promise<{ key: string; decision: Decision }[]> {
  const page = { limit: PRODUCTS_MAX, backward: false, after: null, before: null };
  const found = await ctx.load(productsOfUser, { parentId: userId, filter: { allowed: true, liveOnly: true }, page });
  if (found.hasNext) {
    throw new Refusal("LIMIT_EXCEEDED", {
      say: `A token holds at most ${PRODUCTS_MAX} products; ask accessMany instead.`,
      details: { limit: "products", max: PRODUCTS_MAX },
    });
  }
  const user = { id: userId, externalId: null };
  const decided = found.rows.map(async ({ row }) => ({
    key: row.key,
    decision: await checkRef(ctx, { product: { id: row.id, key: null }, user }, at),
  }));
  return (await Promise.all(decided)).filter(({ decision }) => decision.allowed);
}
