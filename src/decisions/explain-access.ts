import { grantById } from "../access/access.loader";
import type { Decision, Question } from "../access/decide";
import { type Grant, endOf, isLive, reasonOf, statusOf } from "../access/grant";
import type { GrantEntity } from "../access/grant.entity";
import { findPolicy } from "../access/policy.store";
import { toPublicId } from "../base/ids";
import type { Context } from "../graphql/context";
import { readProductRef } from "../products/read-product-ref";
import { subjectOf } from "../users/subject";
import { findUser } from "../users/users.store";
import type { CheckKey } from "./check.store";
import { checkRef } from "./check-access";
import { decideChain } from "./decide-chain";
import { accessQuestion } from "./decisions.loader";
import { explainBundles } from "./explain-bundles";
import {
  findChainConnections,
  findChainCustomers,
  findChainLinks,
  findChainSources,
  findClosedBundles,
  findLinkedStripeProducts,
} from "./explain.store";
import { type ChainStep, failed, passed } from "./chain-step";
import { type FixNames, forEverybody, formatCall, formatGrantFix } from "./format-fix";

export interface Explanation {
  decision: Decision;
  steps: ChainStep[];
  grants: GrantEntity[];
}

/** Explains a decision: each link of the chain in order, and for the first broken one the fix. */
export async function explainAccess(ctx: Context, input: { product: string; user: string }): Promise<Explanation> {
  const at = ctx.clock.now();
  const key = { product: readProductRef(input.product), user: await subjectOf(ctx, input.user) };
  const question = await ctx.load(accessQuestion, key);
  const decision = await checkRef(ctx, key, at);
  const grants = await Promise.all(question.grants.map((grant) => ctx.load(grantById, grant.id)));
  const names = { user: input.user, product: input.product };
  const first = explainSubject(question, names);
  const isKnown = first.every((each) => each.ok);
  const isEntitled = question.product?.accessMode === "ENTITLED";
  const chain = isKnown && isEntitled ? await chainOf(ctx, { key, names, decision, at }) : [];
  const last = isKnown ? explainGrants({ ...question, at }, decision, names) : [];
  return { decision, steps: [...first, ...chain, ...last], grants: grants.filter((grant) => grant !== null) };
}

interface Asked {
  key: CheckKey;
  names: FixNames;
  decision: Decision;
  at: Date;
}

/** From Stripe to the grant. Where access is there by other means, a missing link is not broken, so it is left out. */
async function chainOf(ctx: Context, { key, names, decision, at }: Asked): Promise<ChainStep[]> {
  const { mode } = ctx.identity;
  const productId = decision.productId ?? "";
  const userId = key.user ? ((await findUser(ctx.db, key.user))?.id ?? "") : "";
  const closed = await findClosedBundles(ctx.db, { productId, userId, mode });
  const grants = await Promise.all(closed.map(({ grantId }) => ctx.load(grantById, grantId)));
  const bundles = explainBundles(closed, (id) => grants.some((grant) => grant?.id === id && isLive(grant, at)));
  if (bundles.length > 0 && !decision.allowed) return bundles;
  const { held, candidates } = await findChainSources(ctx.db, userId, mode);
  const links = await findChainLinks(ctx.db, productId);
  const items = held.flatMap(({ facts }) =>
    facts.items.map(({ stripeProduct }) => ({ connectionId: facts.connectionId, stripeProduct })),
  );
  const steps = decideChain({
    names,
    mode,
    connections: await findChainConnections(ctx.db, mode),
    links: links.filter((link) => link.mode === mode),
    isLinkedInOtherMode: links.some((link) => link.mode !== mode && link.state === "ACTIVE"),
    customers: await findChainCustomers(ctx.db, userId, mode),
    sources: held.map(({ facts }) => facts),
    candidates: candidates.map(({ facts }) => facts),
    linkedStripeProducts: await findLinkedStripeProducts(ctx.db, items),
    policy: await findPolicy(ctx.db, mode),
    now: at,
  });
  return decision.allowed ? steps.filter((each) => each.ok) : steps;
}

/** The first links of the chain, up to the first that is broken. */
function explainSubject({ product, subject }: Omit<Question, "at">, names: FixNames): ChainStep[] {
  if (product === null) return [failed("product exists", "No product has this key or id.", "createProduct")];
  const exists = passed("product exists", "The product is known.");
  if (product.status !== "LIVE") {
    const call = formatCall("updateProduct", { product: names.product, status: { enum: "LIVE" } });
    const fix = forEverybody(call, "who holds the product", { hasDryRun: false });
    return [exists, failed("product is live", `The product is ${product.status}.`, fix)];
  }
  const live = passed("product is live", "The product is live.");
  if (product.accessMode === "PUBLIC") return [exists, live];
  if (subject === "KNOWN") return [exists, live, passed("user exists", "The user is known.")];
  return [exists, live, failed("user exists", "No user has this id or externalId.", "createUser")];
}

function explainGrants({ product, grants, at }: Question, decision: Decision, names: FixNames): ChainStep[] {
  return [grantsStep(product?.accessMode, decision, names), ...grants.map((grant) => grantStep(grant, at, names))];
}

function grantsStep(accessMode: string | undefined, decision: Decision, names: FixNames): ChainStep {
  if (accessMode !== "ENTITLED") {
    return passed("access mode", `The product is ${accessMode ?? "unknown"}: no grant is needed.`);
  }
  if (decision.allowed) return passed("a live grant", "A grant is live.");
  const held = decision.grant === null ? "The user never held a grant." : `The latest grant says ${decision.reason}.`;
  return failed("a live grant", `No grant is live. ${held}`, formatGrantFix(names));
}

function grantStep(grant: Grant, at: Date, names: FixNames): ChainStep {
  const status = statusOf(grant, at);
  const check = `grant ${toPublicId("grant", grant.id)}`;
  const end = endOf(grant)?.toISOString() ?? "no known end";
  const detail = `${status} (${reasonOf(grant, at)}), from ${grant.startsAt.toISOString()} until ${end}.`;
  return status === "ACTIVE" || status === "GRACE"
    ? passed(check, detail)
    : failed(check, detail, formatGrantFix(names));
}
