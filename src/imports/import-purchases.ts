import { applyFactsIn } from "../access/apply-facts";
import { type HeldSource, findSources } from "../access/facts.store";
import type { GrantEntity } from "../access/grant.entity";
import { findGrantsOfSources } from "../access/stripe-grants.store";
import { toPublicId } from "../base/ids";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Reader, Tx } from "../database/db";
import { rehearse } from "../database/rehearse";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { insertProductLink } from "../links/product-links.store";
import { applyEach } from "../surveys/apply-each";
import { type CarefulSighting, type Unreadable, describeFailure } from "../surveys/look-carefully";
import type { Listed } from "../surveys/read-listed";
import { findProductsById } from "../products/products.store";
import type { JobEntity, JobProblemRow } from "../work/job.entity";
import { isUnavailable } from "../work/plan-next-try";
import type { JobDeps, JobPage } from "../work/run-jobs";
import { type RehearsedPage, notePeople, readPeople, restorePeople } from "./dry-run-people";
import { type UnsureCustomer, findNobodys, noteUnsure } from "./find-nobodys";
import type { LinkImportInput } from "./import-link";
import { type ImportOutcome, readOutcome, tellFailure } from "./read-outcome";

interface Found {
  link: ProductLinkEntity;
  connection: ConnectionEntity;
  listed: readonly Listed[];
  sighting: CarefulSighting;
}

/**
 * Returns what applies a page of purchases, with what became of each. A dry run does the same and undoes it, so that it
 * says what would be. It keeps notes of the people whom it would have created or linked, for the pages to come.
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
        (await bringIn(tx, job, found, { apply, broken: apart ?? new Map(), now: deps.clock.now() })).outcomes,
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

/** Says what would become of them. Nothing of it stays but notes. */
async function tryOut(tx: Tx, deps: JobDeps, job: JobEntity, found: Found): Promise<ImportOutcome[]> {
  const { proposed } = job.input as LinkImportInput;
  const now = deps.clock.now();
  const { facts, customers } = found.sighting;
  const { id: connectionId, mode } = found.connection;
  const page: RehearsedPage = { jobId: job.id, connectionId, mode, facts, customers, now };
  try {
    const tried = await rehearse(tx, async () => {
      if (proposed) await insertProductLink(tx, found.link);
      await restorePeople(tx, page);
      const apply = () => applyFactsIn(tx, { ...batchOf(job), ...found.sighting }, now);
      const brought = await bringIn(tx, job, found, { apply, broken: new Map(), now });
      return { ...brought, people: await readPeople(tx, page, brought.ownerIds) };
    });
    await notePeople(tx, page, tried.people);
    await noteUnsure(tx, job.id, tried.unsure);
    return tried.outcomes;
  } catch (error) {
    if (isUnavailable(error) || found.listed.length !== 1) throw error;
    deps.log.warn({ err: error, source: found.listed[0]?.source }, "a purchase could not be tried out");
    return [tellFailure(describeFailure(error), facts[0] ?? null, await keyOf(tx, found.link))];
  }
}

interface Bringing {
  /** Null: it was applied before. */
  apply: (() => Promise<unknown>) | null;
  broken: ReadonlyMap<string, Unreadable>;
  now: Date;
}

interface Brought {
  outcomes: ImportOutcome[];
  ownerIds: string[];
  unsure: readonly UnsureCustomer[];
}

async function bringIn(
  tx: Tx,
  job: JobEntity,
  { link, connection, listed, sighting }: Found,
  { apply, broken, now }: Bringing,
): Promise<Brought> {
  const keys = keysOf({ connection, listed });
  const before = bySource(await findSources(tx, keys));
  await apply?.();
  const after = bySource(await findSources(tx, keys));
  const grants = await findGrants(tx, [...after.values()], link);
  const { nobodys, unsure } = await findNobodys(tx, job, [...after.values()], now);
  const product = await keyOf(tx, link);
  const facts = new Map(sighting.facts.map((each) => [each.source, each]));
  const outcomes = listed.map(({ target, source }) =>
    readOutcome({
      failure: sighting.failures.get(target.id) ?? broken.get(source) ?? null,
      facts: facts.get(source) ?? null,
      before: before.get(source)?.facts ?? null,
      ownerId: after.get(source)?.ownerId ?? null,
      nobodys: nobodys.get(source) ?? null,
      product,
      grants: grants.filter((grant) => grant.stripeObject === source),
      begunAt: job.createdAt,
    }),
  );
  return { outcomes, unsure, ownerIds: [...after.values()].flatMap(({ ownerId }) => ownerId ?? []) };
}

async function keyOf(db: Reader, { productId }: ProductLinkEntity): Promise<string> {
  const [product] = await findProductsById(db, [productId]);
  return product?.key ?? toPublicId("product", productId);
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
