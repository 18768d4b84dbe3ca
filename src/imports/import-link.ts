import { Refusal } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import { drawObservation } from "../links/observations.store";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { findLinksById } from "../links/product-links.store";
import { atPace } from "../stripe/pace-requests";
import { keepUnfinished } from "../surveys/keep-unfinished";
import type { Walk } from "../surveys/plan-walks";
import { seeRows } from "../surveys/see-rows";
import { surveyOf, surveyPage } from "../surveys/survey-page";
import { waitForEvents } from "../surveys/wait-for-events";
import { takeRows } from "../surveys/take-rows";
import type { JobEntity } from "../work/job.entity";
import { loadJobConnection } from "../work/load-job-connection";
import { writeNotes } from "../work/notes.store";
import { type JobDeps, type JobPage, type JobRunner, noCounts } from "../work/run-jobs";
import { importPurchases } from "./import-purchases";
import { isOfLink, listLinkWalks } from "./list-link-walks";
import { type ProposedLink, readProposedLink } from "./proposed-link";
import { replayPage } from "./replay-page";

export interface LinkImportInput {
  /** Whether the caller is told of what is found. */
  notify: boolean;
  /** Of a dry run: the link as it would be. There is none. */
  proposed?: ProposedLink;
}

/** Where the import stands: which list, and after which row of it. After the last list come the events. */
interface ImportCursor {
  walks: Walk[];
  at: number;
  after: string | null;
  /** Drawn before the first list is asked for: whatever was looked at since then is the later look. */
  observation: string;
}

/** So many objects are looked at for one page; each costs some requests. */
const LOOKS_MAX = 20;
/** Stripe's clock and ours need not agree. */
const CLOCKS_APART_S = 300;

/**
 * Finds what was bought of a linked product before: subscriptions that are not over, one list for each price, and orders
 * that were paid, by a checkout, a payment link or an invoice. At the end come the events since the beginning, so that
 * nothing slips in between.
 */
export const importLink: JobRunner = async (deps, job) => {
  const link = await findLink(deps, job);
  if (!link || link.state !== "ACTIVE") throw new Refusal("NOT_LINKED", { say: "The link was removed meanwhile." });
  const connection = await loadJobConnection(deps.db, link.connectionId);
  return atPace(deps.paceOf(connection), () => importPage(deps, job, { link, connection }));
};

async function findLink({ db }: JobDeps, job: JobEntity): Promise<ProductLinkEntity | undefined> {
  const { proposed } = job.input as LinkImportInput;
  if (proposed) return readProposedLink(proposed);
  return (await findLinksById(db, job.mode, [job.subject]))[0];
}

interface Subject {
  link: ProductLinkEntity;
  connection: ConnectionEntity;
}

async function importPage(deps: JobDeps, job: JobEntity, subject: Subject): ReturnType<JobRunner> {
  const cursor = job.cursor as ImportCursor | null;
  // Without a number it was written by an older version, and is begun once more.
  if (cursor?.observation === undefined) {
    // A dry run compares with what is held. The events of sales just before it are worked on first.
    if (job.dryRun) await waitForEvents(deps.db, job, subject.connection.id);
    const observation = String(await drawObservation(deps.db));
    const begun: ImportCursor = { walks: await listLinkWalks(deps, subject), at: 0, after: null, observation };
    return () => Promise.resolve({ cursor: begun, counts: noCounts, problems: [] });
  }
  const walk = cursor.walks[cursor.at];
  if (!walk) return replayEventsSince(deps, job, cursor, subject.connection);
  return walkOn(deps, job, { ...subject, cursor, walk });
}

async function walkOn(
  deps: JobDeps,
  job: JobEntity,
  { link, connection, cursor, walk }: Subject & { cursor: ImportCursor; walk: Walk },
): ReturnType<JobRunner> {
  const { after, observation } = cursor;
  const { rows, notes, next } = await surveyPage(deps, surveyOf(deps.db, job), connection, {
    walk,
    after,
    observation: BigInt(observation),
  });
  const ours = rows.filter((row) => isOfLink(row, link, walk));
  const worthwhile = await keepUnfinished(deps.db, connection.id, ours);
  const taken = takeRows(worthwhile, LOOKS_MAX);
  const last = taken.length < worthwhile.length ? (taken.at(-1)?.target.id ?? null) : next;
  const cursorAfter = last === null ? { ...cursor, at: cursor.at + 1, after: null } : { ...cursor, after: last };
  const sighting = await seeRows(deps, connection, taken);
  const write = await importPurchases(deps, job, { link, connection, listed: taken, sighting });
  return async (tx): Promise<JobPage> => {
    await writeNotes(tx, job.id, notes);
    return { cursor: cursorAfter, ...(await write(tx)) };
  };
}

async function replayEventsSince(
  deps: JobDeps,
  job: JobEntity,
  cursor: ImportCursor,
  connection: ConnectionEntity,
): ReturnType<JobRunner> {
  if (job.dryRun) return async () => ({ cursor: null, counts: noCounts, problems: [] });
  const since = Math.floor(job.createdAt.getTime() / 1000) - CLOCKS_APART_S;
  const page = await replayPage(deps, connection, { since, after: cursor.after });
  return async (tx) => {
    await page.write(tx);
    return { cursor: page.next === null ? null : { ...cursor, after: page.next }, counts: noCounts, problems: [] };
  };
}
