import { applyFactsIn } from "../access/apply-facts";
import { type HeldSource, findSources } from "../access/facts.store";
import type { GrantEntity } from "../access/grant.entity";
import { findGrantsOfSources } from "../access/stripe-grants.store";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Reader, Tx } from "../database/db";
import { rehearse } from "../database/rehearse";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { insertProductLink } from "../links/product-links.store";
import { applyEach } from "../surveys/apply-each";
import { type CarefulSighting, type Unreadable, describeFailure } from "../surveys/look-carefully";
import type { Listed } from "../surveys/read-listed";
import { emailKeyOf } from "../users/email-key";
import { findUsersByEmailKeys } from "../users/users.store";
import type { JobEntity, JobProblemRow } from "../work/job.entity";
import { isUnavailable } from "../work/plan-next-try";
import type { JobDeps, JobPage } from "../work/run-jobs";
import { findMet, noteMet } from "./buyers-met";
import type { LinkImportInput } from "./import-link";
import { type ImportOutcome, readOutcome } from "./read-outcome";

interface Found {
  link: ProductLinkEntity;
  connection: ConnectionEntity;
  listed: readonly Listed[];
  sighting: CarefulSighting;
}

/**
 * Answers what applies a page of purchases, with what became of each. A dry run does the same and undoes it, so that it
 * says what would be; it writes down only whose first purchases it met, for the pages to come.
 */
export async function importPurchases(
  deps: JobDeps,
  job: JobEntity,
  found: Found,
): Promise<(tx: Tx) => Promise<Pick<JobPage, "counts" | "problems">>> {
  const isCareful = job.attempts > 0;
  // Something in it cannot be written: each by itself, so that it does not keep the others out.
  const apart = isCareful && !job.dryRun ? await applyEach(deps, found.sighting, batchOf(job)) : null;
  return async (tx) => {
    if (!job.dryRun) {
      const apply =
        apart === null ? () => applyFactsIn(tx, { ...batchOf(job), ...found.sighting }, deps.clock.now()) : null;
      return countOutcomes(
        await bringIn(tx, job, found, { apply, broken: apart ?? new Map() }),
        found.listed,
        job.done,
      );
    }
    const parts = isCareful ? found.listed.map((each) => partOf(found, each)) : [found];
    const outcomes: ImportOutcome[] = [];
    for (const part of parts) outcomes.push(...(await tryOut(tx, deps, job, part)));
    return countOutcomes(outcomes, found.listed, job.done);
  };
}

function batchOf({ input }: JobEntity) {
  return { origin: "IMPORT", isQuiet: !(input as LinkImportInput).notify } as const;
}

function partOf({ sighting, ...found }: Found, each: Listed): Found {
  const facts = sighting.facts.filter(({ source }) => source === each.source);
  const customers = sighting.customers.filter(({ customer }) => facts.some((one) => one.customer === customer));
  return { ...found, listed: [each], sighting: { facts, customers, failures: sighting.failures } };
}

/** What would become of them; nothing of it stays. */
async function tryOut(tx: Tx, deps: JobDeps, job: JobEntity, found: Found): Promise<ImportOutcome[]> {
  const { proposed } = job.input as LinkImportInput;
  const met = await findMet(tx, job.id, found.sighting.facts);
  try {
    const tried = await rehearse(tx, async () => {
      if (proposed) await insertProductLink(tx, found.link);
      const apply = () => applyFactsIn(tx, { ...batchOf(job), ...found.sighting }, deps.clock.now());
      const outcomes = await bringIn(tx, job, found, { apply, broken: new Map(), met });
      return { outcomes, held: await findSources(tx, keysOf(found)) };
    });
    await noteMet(tx, job.id, tried.held);
    return tried.outcomes;
  } catch (error) {
    if (isUnavailable(error) || found.listed.length !== 1) throw error;
    deps.log.warn({ err: error, source: found.listed[0]?.source }, "a purchase could not be tried out");
    return [{ kind: "FAILED", ...describeFailure(error) }];
  }
}

interface Bringing {
  /** Null: it was applied before. */
  apply: (() => Promise<unknown>) | null;
  broken: ReadonlyMap<string, Unreadable>;
  /** Addresses of people who would have come in on an earlier page, with who they are in Stripe. */
  met?: ReadonlyMap<string, string | null>;
}

async function bringIn(
  tx: Tx,
  job: JobEntity,
  { link, connection, listed, sighting }: Found,
  { apply, broken, met = new Map() }: Bringing,
): Promise<ImportOutcome[]> {
  const keys = keysOf({ connection, listed });
  const before = bySource(await findSources(tx, keys));
  await apply?.();
  const after = bySource(await findSources(tx, keys));
  const grants = await findGrants(tx, [...after.values()], link);
  const known = await findAddressees(tx, [...after.values()]);
  const facts = new Map(sighting.facts.map((each) => [each.source, each]));
  return listed.map(({ target, source }) => {
    const held = after.get(source) ?? null;
    const isTaken = held !== null && isSomebodyElse(held, met);
    return readOutcome({
      failure: sighting.failures.get(target.id) ?? broken.get(source) ?? null,
      facts: facts.get(source) ?? null,
      before: before.get(source)?.facts ?? null,
      ownerId: isTaken ? null : (held?.ownerId ?? null),
      isAddressKnown: isTaken || known.has(emailKeyOf(held?.facts.buyer.email ?? "")),
      grants: grants.filter((grant) => grant.stripeObject === source),
      begunAt: job.createdAt,
    });
  });
}

/** By then, the address would be that of somebody who came in before, and it would not be sure that it is them. */
function isSomebodyElse({ facts, ownerBy }: HeldSource, met: ReadonlyMap<string, string | null>): boolean {
  const other = met.get(emailKeyOf(facts.buyer.email ?? ""));
  return ownerBy === "CREATED" && other !== undefined && other !== (facts.customer ?? facts.source);
}

function keysOf({ connection, listed }: Pick<Found, "connection" | "listed">) {
  return listed.map(({ source }) => ({ connectionId: connection.id, source }));
}

function bySource(held: readonly HeldSource[]): Map<string, HeldSource> {
  return new Map(held.map((each) => [each.facts.source, each]));
}

async function findGrants(db: Reader, held: readonly HeldSource[], link: ProductLinkEntity): Promise<GrantEntity[]> {
  const keys = held.flatMap(({ facts, ownerId }) =>
    ownerId === null ? [] : [{ userId: ownerId, connectionId: facts.connectionId, source: facts.source }],
  );
  return (await findGrantsOfSources(db, keys)).filter((grant) => grant.productId === link.productId);
}

/** Addresses that a user of ours has: then it was not clear enough whose the purchase is. */
async function findAddressees(db: Reader, held: readonly HeldSource[]): Promise<Set<string>> {
  const addresses = held.flatMap(({ facts, ownerId }) =>
    ownerId === null && facts.buyer.email !== null ? [emailKeyOf(facts.buyer.email)] : [],
  );
  if (addresses.length === 0) return new Set();
  return new Set((await findUsersByEmailKeys(db, addresses)).flatMap(({ emailKey }) => emailKey ?? []));
}

function countOutcomes(
  outcomes: readonly ImportOutcome[],
  listed: readonly Listed[],
  done: number,
): Pick<JobPage, "counts" | "problems"> {
  const count = (kind: ImportOutcome["kind"]) => outcomes.filter((outcome) => outcome.kind === kind).length;
  const problems = outcomes.flatMap((outcome, index): JobProblemRow[] => {
    if (outcome.kind !== "FAILED") return [];
    const { code, message } = outcome;
    return [{ row: done + index + 1, subject: listed[index]?.target.id ?? null, code, message }];
  });
  return {
    counts: {
      done: outcomes.length,
      created: count("CREATED"),
      updated: count("UPDATED"),
      skipped: count("SKIPPED"),
      failed: count("FAILED"),
    },
    problems,
  };
}
