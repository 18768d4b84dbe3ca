import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import type { OwnedBy } from "../links/decide-owner";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { findLinksOfStripeProducts } from "../links/product-links.store";
import type { Concern } from "./ask-owner";
import type { SourceFacts } from "./fact";
import type { HeldSource } from "./facts.store";
import type { GrantEntity } from "./grant.entity";
import { groupBy } from "./group-by";
import { type GrantStatus, statusOf } from "./grant";
import { type PlannedGrant, planGrants } from "./plan-grants";
import { readClaimable } from "./plan-unclaimed";
import type { Policy } from "./policy";
import { findPolicy } from "./policy.store";
import { findGrantsOfSources } from "./stripe-grants.store";

/** The rules by which sources are planned: those that hold, or those of a change that is only tried. */
export interface Rules {
  links: readonly ProductLinkEntity[];
  policies: ReadonlyMap<Mode, Policy>;
}

export async function loadRules(db: Reader, sources: readonly HeldSource[]): Promise<Rules> {
  const connections = [...new Set(sources.map(({ facts }) => facts.connectionId))];
  const products = [...new Set(sources.flatMap(({ facts }) => facts.items.map((item) => item.stripeProduct)))];
  const links = products.length === 0 ? [] : await findLinksOfStripeProducts(db, connections, products);
  const policies = new Map<Mode, Policy>();
  for (const mode of new Set(sources.map(({ facts }) => facts.mode))) policies.set(mode, await findPolicy(db, mode));
  return { links, policies };
}

/** Whether any link covers it, and whether it was bought and is not over: that decides how its owner is looked for. */
export function concernOf(held: HeldSource, rules: Rules, now: Date): Concern {
  // Planned for somebody who holds nothing yet: who it is makes no difference to what it gives.
  const wouldGive = planGrants({ ...questionOf(held, rules, now), before: null, ownerId: NOBODY, current: [] });
  const claimable = readClaimable(wouldGive.filter((grant) => HELD.has(statusOf(grant, now)) || isInterrupted(grant)));
  const mayCreate = claimable !== null && policyOf(held, rules).autoCreateUsers === "ON_PURCHASE";
  return { held, isOurs: wouldGive.length > 0, claimable, mayCreate };
}

const HELD: ReadonlySet<GrantStatus> = new Set(["ACTIVE", "GRACE", "SCHEDULED"]);

/** Paid for and not over, though it opens nothing for the time being. */
function isInterrupted(grant: PlannedGrant): boolean {
  return grant.endedAt === null && (grant.reason === "PAUSED" || grant.reason === "DISPUTED");
}

const NOBODY = "00000000-0000-0000-0000-000000000000";

export interface PlannedSource {
  held: HeldSource;
  ownerId: string | null;
  ownerBy: OwnedBy | null;
  current: GrantEntity[];
  planned: PlannedGrant[];
}

export interface AskedSource {
  held: HeldSource;
  before: SourceFacts | null;
  ownerId: string | null;
  ownerBy: OwnedBy | null;
}

/** The grants that each source should have. Those of a former owner are among them, ended. */
export async function loadPlans(
  db: Reader,
  sources: readonly AskedSource[],
  rules: Rules,
  now: Date,
): Promise<PlannedSource[]> {
  const keys = sources.flatMap(({ held, ownerId }) =>
    [...new Set([held.ownerId, ownerId])].flatMap((userId) =>
      userId === null ? [] : [{ userId, connectionId: held.facts.connectionId, source: held.facts.source }],
    ),
  );
  const bySource = groupBy(await findGrantsOfSources(db, keys), sourceOfGrant);
  return sources.map(({ held, before, ownerId, ownerBy }) => {
    const current = bySource.get(`${held.facts.connectionId} ${held.facts.source}`) ?? [];
    const planned = planGrants({ ...questionOf(held, rules, now), before, ownerId, current });
    return { held, ownerId, ownerBy, current, planned };
  });
}

function questionOf({ facts }: HeldSource, rules: Rules, now: Date) {
  const links = rules.links.filter((link) => link.connectionId === facts.connectionId);
  return { source: facts, links, policy: policyOf({ facts }, rules), now };
}

function policyOf({ facts }: Pick<HeldSource, "facts">, { policies }: Rules): Policy {
  const policy = policies.get(facts.mode);
  if (!policy) throw new Error(`no policy was loaded for ${facts.mode}`);
  return policy;
}

function sourceOfGrant(grant: GrantEntity): string {
  return `${grant.connectionId ?? ""} ${grant.stripeObject ?? ""}`;
}
