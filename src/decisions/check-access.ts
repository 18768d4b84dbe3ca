import { readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { openingProducts, resourceByKey } from "../resources/resources.loader";
import { type ProductRef, readProductRef } from "../products/read-product-ref";
import { subjectOf } from "../users/subject";
import type { UserRef } from "../users/read-user-ref";
import { grantVersion } from "../access/access.loader";
import { type Decision, type Question, decide } from "../access/decide";
import { decideAny } from "./decide-any";
import type { Grant } from "../access/grant";
import { accessQuestion } from "./decisions.loader";

/** May this user, or the viewer, open this product, now or at a moment in the past? */
export async function checkAccess(
  ctx: Context,
  input: { product: string; user?: string | null | undefined; at?: Date | null | undefined },
): Promise<Decision> {
  const user = await subjectOf(ctx, input.user);
  const key = { product: readProductRef(input.product), user };
  const now = ctx.clock.now();
  const at = input.at ?? now;
  if (at >= now) return checkRef(ctx, key, at);
  const question = await askAs(ctx, key);
  return counted(ctx, decide({ ...question, grants: await asTheyWere(ctx, question.grants, at), at }));
}

/** The same question as of now, when both are known already. Every way to a decision ends here. */
export async function checkRef(
  ctx: Context,
  key: { product: ProductRef; user: UserRef | null },
  at: Date,
): Promise<Decision> {
  return counted(ctx, decide({ ...(await askAs(ctx, key)), at }));
}

/** For `/metrics`. */
export function counted(ctx: Pick<Context, "decided">, decision: Decision): Decision {
  ctx.decided(decision);
  return decision;
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

/** What a decision needs to know. */
async function askAs(ctx: Context, key: { product: ProductRef; user: UserRef | null }): Promise<Omit<Question, "at">> {
  return hideUnseen(ctx, await ctx.load(accessQuestion, key));
}

/** A product that this caller may not see is one that does not exist. */
export function hideUnseen(ctx: Context, question: Omit<Question, "at">): Omit<Question, "at"> {
  const isHidden = question.product?.status !== "LIVE" && !readsEverything(ctx);
  return isHidden ? { ...question, product: null } : question;
}

/** May this user, or the viewer, open this piece of content, and which products do? One that was never set is closed. */
export async function checkResourceAccess(
  ctx: Context,
  input: { resource: string; user?: string | null | undefined },
): Promise<{ decision: Decision; openers: string[] }> {
  const user = await subjectOf(ctx, input.user);
  const at = ctx.clock.now();
  const resource = await ctx.load(resourceByKey, input.resource);
  if (!resource) {
    return { decision: counted(ctx, decide({ product: null, subject: "NOBODY", grants: [], at })), openers: [] };
  }
  const opening = await ctx.load(openingProducts, resource.id);
  const products = opening.map((row) => ({ id: row.product_id, key: null }));
  const questions = await Promise.all(products.map((product) => askAs(ctx, { product, user })));
  return { decision: counted(ctx, decideAny(questions, at)), openers: products.map(({ id }) => id) };
}
