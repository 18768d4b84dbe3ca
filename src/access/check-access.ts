import { readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { openingProducts } from "../resources/resources.loader";
import { findResource } from "../resources/resources.store";
import { type ProductRef, readProductRef } from "../products/read-product-ref";
import { subjectOf } from "../users/subject";
import type { UserRef } from "../users/read-user-ref";
import { accessQuestion, grantVersion } from "./access.loader";
import { type Decision, type Question, decide } from "./decide";
import { decideAny } from "./decide-any";
import type { Grant } from "./grant";

/** May this user, or the viewer, open this product, now or at a moment in the past? */
export async function checkAccess(
  ctx: Context,
  input: { product: string; user?: string | null | undefined; at?: Date | null | undefined },
): Promise<Decision> {
  const user = await subjectOf(ctx, input.user);
  return checkRef(ctx, { product: readProductRef(input.product), user }, input.at ?? ctx.clock.now());
}

/** The same question when both are known already. Every way to a decision ends here. */
export async function checkRef(
  ctx: Context,
  key: { product: ProductRef; user: UserRef | null },
  at: Date,
): Promise<Decision> {
  const question = await askAs(ctx, key);
  const grants = at < ctx.clock.now() ? await asTheyWere(ctx, question.grants, at) : question.grants;
  return decide({ ...question, grants, at });
}

/** A question about the past is answered by what was so then: what was paused since was open. */
function asTheyWere(ctx: Context, grants: readonly Grant[], at: Date): Promise<Grant[]> {
  return Promise.all(
    grants.map(async (grant) => {
      const life = await ctx.load(grantVersion, { userId: grant.userId, grantId: grant.id, at });
      return life ? { ...grant, ...life } : grant;
    }),
  );
}

/** What a decision needs to know. A product that this caller may not see is one that does not exist. */
async function askAs(ctx: Context, key: { product: ProductRef; user: UserRef | null }): Promise<Omit<Question, "at">> {
  const question = await ctx.load(accessQuestion, key);
  const isHidden = question.product?.status !== "LIVE" && !readsEverything(ctx);
  return isHidden ? { ...question, product: null } : question;
}

/** May this user, or the viewer, open this piece of content? One that was never set is closed. */
export async function checkResourceAccess(
  ctx: Context,
  input: { resource: string; user?: string | null | undefined },
): Promise<Decision> {
  const user = await subjectOf(ctx, input.user);
  const at = ctx.clock.now();
  const resource = await findResource(ctx.db, input.resource);
  if (!resource) return decide({ product: null, subject: "NOBODY", grants: [], at });
  const opening = await ctx.load(openingProducts, resource.id);
  const products = opening.map((row) => ({ id: row.product_id, key: null }));
  return decideAny(await Promise.all(products.map((product) => askAs(ctx, { product, user }))), at);
}
