import { applyFactsIn } from "../access/apply-facts";
import { type HeldSource, findSources } from "../access/facts.store";
import type { GrantEntity } from "../access/grant.entity";
import { findGrantsOfSources } from "../access/stripe-grants.store";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Reader, Tx } from "../database/db";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { emailKeyOf } from "../users/read-user-input";
import { findUsersByEmailKeys } from "../users/users.store";
import { applyEach } from "../surveys/apply-each";
import type { LinkImportInput } from "./import-link";
import type { JobEntity, JobProblemRow } from "../work/job.entity";
import { type Unreadable, lookCarefully } from "../surveys/look-carefully";
import { type ImportOutcome, readOutcome } from "./read-outcome";
import type { Listed } from "../surveys/read-listed";
import type { JobDeps, JobPage } from "../work/run-jobs";

interface Found {
  link: ProductLinkEntity;
  connection: ConnectionEntity;
  listed: readonly Listed[];
}

/** Looks at what a list has shown, and answers what applies it, with what became of each. */
export async function importPurchases(
  deps: JobDeps,
  job: JobEntity,
  { link, connection, listed }: Found,
): Promise<(tx: Tx) => Promise<Pick<JobPage, "counts" | "problems">>> {
  const sighting = await lookCarefully(
    deps,
    connection,
    listed.map(({ target }) => target),
  );
  const keys = listed.map(({ source }) => ({ connectionId: connection.id, source }));
  const batch = { origin: "IMPORT", isQuiet: !(job.input as LinkImportInput).notify } as const;
  // Something in it cannot be written: each by itself, so that it does not keep the others out.
  const isCareful = job.attempts > 0 && !job.dryRun;
  const broken = isCareful ? await applyEach(deps, sighting, batch) : new Map<string, Unreadable>();
  return async (tx) => {
    const before = bySource(await findSources(tx, keys));
    if (!job.dryRun && !isCareful) await applyFactsIn(tx, { ...batch, ...sighting }, deps.clock.now());
    const after = bySource(await findSources(tx, keys));
    const grants = await findGrants(tx, [...after.values()], link);
    const known = await findAddressees(tx, [...after.values()]);
    const outcomes = listed.map((each) =>
      readOutcome({
        failure: sighting.failures.get(each.target.id) ?? broken.get(each.source) ?? null,
        facts: sighting.facts.find(({ source }) => source === each.source) ?? null,
        before: before.get(each.source)?.facts ?? null,
        ownerId: after.get(each.source)?.ownerId ?? null,
        isAddressKnown: known.has(emailKeyOf(after.get(each.source)?.facts.buyer.email ?? "")),
        grants: grants.filter((grant) => grant.stripeObject === each.source),
        dryRun: job.dryRun,
        begunAt: job.createdAt,
      }),
    );
    return countOutcomes(outcomes, listed, job.done);
  };
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
  const problems = outcomes.flatMap((outcome, index): JobProblemRow[] =>
    outcome.kind === "FAILED"
      ? [
          {
            row: done + index + 1,
            subject: listed[index]?.target.id ?? null,
            code: outcome.code,
            message: outcome.message,
          },
        ]
      : [],
  );
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
