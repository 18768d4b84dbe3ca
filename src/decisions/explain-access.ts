import { toPublicId } from "../base/ids";
import type { Context } from "../graphql/context";
import { readProductRef } from "../products/read-product-ref";
import { subjectOf } from "../users/subject";
import { findUser } from "../users/users.store";
import type { CheckKey } from "./check.store";
import { checkRef } from "./check-access";
import { grantById } from "../access/access.loader";
import type { Decision, Question } from "../access/decide";
import { type ChainStep, decideChain } from "./decide-chain";
import { findChainConnections, findChainCustomers, findChainLinks, findChainSources } from "./explain.store";
import { findPolicy } from "../access/policy.store";
import { type Grant, endOf, reasonOf, statusOf } from "../access/grant";
import type { GrantEntity } from "../access/grant.entity";
import { accessQuestion } from "./decisions.loader";

export type ExplanationStep = ChainStep;

export interface Explanation {
  decision: Decision;
  steps: ExplanationStep[];
  grants: GrantEntity[];
}

/** Why the decision is as it is: each link of the chain in order, the first broken one with what would mend it. */
export async function explainAccess(ctx: Context, input: { product: string; user: string }): Promise<Explanation> {
  const at = ctx.clock.now();
  const key = { product: readProductRef(input.product), user: await subjectOf(ctx, input.user) };
  const question = await ctx.load(accessQuestion, key);
  const decision = await checkRef(ctx, key, at);
  const grants = await Promise.all(question.grants.map((grant) => ctx.load(grantById, grant.id)));
  const first = explainSubject(question);
  const isKnown = first.every((each) => each.ok);
  const chain = isKnown && question.product?.accessMode === "ENTITLED" ? await chainOf(ctx, key, decision) : [];
  const last = isKnown ? explainGrants({ ...question, at }, decision) : [];
  return { decision, steps: [...first, ...chain, ...last], grants: grants.filter((grant) => grant !== null) };
}

/** From Stripe to the grant. When access is there by other means, a link that is missing is nothing that is broken. */
async function chainOf(ctx: Context, key: CheckKey, decision: Decision): Promise<ChainStep[]> {
  const { mode } = ctx.identity;
  const productId = decision.productId ?? "";
  const userId = key.user ? ((await findUser(ctx.db, key.user))?.id ?? "") : "";
  const sources = (await findChainSources(ctx.db, userId, mode)).map((held) => held.facts);
  const steps = decideChain({
    mode,
    connections: await findChainConnections(ctx.db),
    links: await findChainLinks(ctx.db, productId),
    customers: await findChainCustomers(ctx.db, userId),
    sources,
    policy: await findPolicy(ctx.db, mode),
    now: ctx.clock.now(),
  });
  return decision.allowed ? steps.filter((each) => each.ok) : steps;
}

/** The first links of the chain, up to the first that is broken. */
function explainSubject({ product, subject }: Omit<Question, "at">): ExplanationStep[] {
  const steps = [
    step(
      "product exists",
      product !== null,
      "The product is known.",
      "No product has this key or id.",
      "createProduct",
    ),
    step(
      "product is live",
      product?.status === "LIVE",
      "The product is live.",
      `The product is ${product?.status ?? "unknown"}.`,
      "updateProduct(status: LIVE)",
    ),
    ...(product?.accessMode === "PUBLIC" ? [] : [userStep(subject)]),
  ];
  const broken = steps.findIndex((each) => !each.ok);
  return broken < 0 ? steps : steps.slice(0, broken + 1);
}

function explainGrants({ product, grants, at }: Question, decision: Decision): ExplanationStep[] {
  return [modeStep(product?.accessMode, decision), ...grants.map((grant) => grantStep(grant, at))];
}

function userStep(subject: Question["subject"]): ExplanationStep {
  return step(
    "user exists",
    subject === "KNOWN",
    "The user is known.",
    "No user has this id or externalId.",
    "createUser",
  );
}

function modeStep(accessMode: string | undefined, decision: Decision): ExplanationStep {
  if (accessMode !== "ENTITLED") {
    return step("access mode", true, `The product is ${accessMode ?? "unknown"}: no grant is needed.`, "", null);
  }
  const held = decision.grant === null ? "The user never held a grant." : `The latest grant says ${decision.reason}.`;
  return step("a live grant", decision.allowed, "A grant is live.", `No grant is live. ${held}`, "grantAccess");
}

function grantStep(grant: Grant, at: Date): ExplanationStep {
  const status = statusOf(grant, at);
  const end = endOf(grant)?.toISOString() ?? "no known end";
  const detail = `${status} (${reasonOf(grant, at)}), from ${grant.startsAt.toISOString()} until ${end}.`;
  return step(
    `grant ${toPublicId("grant", grant.id)}`,
    status === "ACTIVE" || status === "GRACE",
    detail,
    detail,
    null,
  );
}

function step(check: string, ok: boolean, good: string, bad: string, fix: string | null): ExplanationStep {
  return { check, ok, detail: ok ? good : bad, stripeObject: null, fix: ok ? null : fix };
}
