import { lockUsers } from "../access/stripe-grants.store";
import { Failure, Refusal, Unavailable } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import { connectionOf } from "../connections/find-connection";
import type { Reader, Tx } from "../database/db";
import { findFile } from "../work/files.store";
import type { JobEntity } from "../work/job.entity";
import { loadJobConnection } from "../work/load-job-connection";
import { findNotes, writeNotes } from "../work/notes.store";
import { type JobDeps, type JobRunner, noCounts } from "../work/run-jobs";
import { countOutcomes } from "./count-outcomes";
import { askNote } from "./customer-asks";
import { linkListedCustomers } from "./link-listed-customers";
import type { ListCursor } from "./list-cursor";
import { type ListedRow, type ReadRow, type RowsPlan, sayingKey } from "./list-plan";
import { type ListContentType, type ListRecord, listTypes } from "./list-types";
import { loadListWorld } from "./load-list-world";
import { loadRecords } from "./load-records";
import { openReadAhead } from "./open-read-ahead";
import { planUserRows } from "./plan-user-rows";
import { type Column, readHeader } from "./read-header";
import { readListedUser } from "./read-listed-user";
import { readPersonKeys } from "./read-person-keys";
import { readRow } from "./read-row";
import { surveyList } from "./survey-list";
import { writeUserRows } from "./write-user-rows";

/** So many rows are one page. Larger ones were not faster, and held more. */
const ROWS_AT_ONCE = 400;

/**
 * Takes over a list: looks through it once before anything is written, then takes its rows page by page, and at last asks
 * Stripe for the customers that were named. Only what is not so already is changed.
 */
export const importListedUsers: JobRunner = async (deps, job) => {
  const cursor = job.cursor as ListCursor | null;
  if (cursor === null) return beginList(deps, job);
  if (cursor.phase === "CUSTOMERS") return linkListedCustomers(deps, job, cursor, await accountOf(deps.db, job));
  return takeRows(deps, job, cursor);
};

async function getFile(db: Reader, job: JobEntity) {
  const file = await findFile(db, job.id);
  if (!file) throw new Refusal("NOT_FOUND", { say: "The list is not there any more." });
  if (!file.complete) throw new Unavailable({ say: "The list is still being sent." });
  return file;
}

async function beginList(deps: JobDeps, job: JobEntity): ReturnType<JobRunner> {
  const file = await getFile(deps.db, job);
  const { form, at, rows, repeated } = await surveyList(deps.db, file, listTypes[file.contentType as ListContentType]);
  const hasRepeated = repeated.length > 0;
  const cursor: ListCursor = { phase: "ROWS", form, at, row: 0, hasRepeated, hasCustomers: false };
  return async (tx) => {
    await writeNotes(
      tx,
      job.id,
      repeated.map((key) => ({ kind: "REPEATED", subject: String(key), value: null })),
    );
    return { cursor, total: rows, counts: noCounts, problems: [] };
  };
}

type RowsCursor = Extract<ListCursor, { phase: "ROWS" }>;

async function takeRows(deps: JobDeps, job: JobEntity, cursor: RowsCursor): ReturnType<JobRunner> {
  const page = await readAhead.take(pageName(job, cursor), () => readPage(deps.db, job, cursor));
  const rows = await markRepeated(deps.db, job, cursor, page.rows);
  const connection = await accountOf(deps.db, job);
  return async (tx) => {
    const now = deps.clock.now();
    const plan = await planLocked(tx, { job, rows, now, connection });
    const following = nextRows(cursor, page);
    if (following) readAhead.begin(pageName(job, following), () => readPage(deps.db, job, following));
    await (job.dryRun ? noteMet(tx, job, plan) : writeUserRows(tx, job, plan, now));
    await noteSayings(tx, job, plan);
    await writeNotes(tx, job.id, plan.outcomes.flatMap(askNote));
    return { cursor: nextCursor(cursor, page, plan), ...countOutcomes(plan.outcomes) };
  };
}

/** While the database writes one page, the next one is read: together they take the time of one of both. */
const readAhead = openReadAhead<ReadPage>();

function pageName({ id }: JobEntity, { at }: RowsCursor): string {
  return `${id} ${at}`;
}

interface ReadPage {
  rows: ReadRow[];
  /** Where the next page begins, in bytes; null: this is the last. */
  next: number | null;
}

async function readPage(db: Reader, job: JobEntity, { form, at, row: before }: RowsCursor): Promise<ReadPage> {
  const { records, next } = await loadRecords(db, await getFile(db, job), form, at, ROWS_AT_ONCE);
  const columns = form.kind === "CSV" ? readHeader(form.header) : [];
  return { rows: readRows(records, columns, before), next };
}

function readRows(records: readonly ListRecord[], columns: readonly Column[], before: number): ReadRow[] {
  return records.map((record, place): ReadRow => {
    const row = before + place + 1;
    const said = readRow(columns, record);
    if ("fault" in said) return { row, subject: null, code: "INVALID_INPUT", message: said.fault };
    const user = readListedUser(row, said);
    return "code" in user ? user : { ...user, isRepeated: false, keys: readPersonKeys(said) };
  });
}

async function markRepeated(
  db: Reader,
  job: JobEntity,
  { hasRepeated }: RowsCursor,
  rows: ReadRow[],
): Promise<ReadRow[]> {
  if (!hasRepeated) return rows;
  const keys = rows.filter(isGood).flatMap((row) => row.keys);
  const repeated = await findNotes(db, job.id, "REPEATED", keys.map(String));
  return rows.map((row) =>
    isGood(row) ? { ...row, isRepeated: row.keys.some((key) => repeated.has(String(key))) } : row,
  );
}

function isGood(row: ReadRow): row is ListedRow {
  return !("code" in row);
}

interface Planning {
  job: JobEntity;
  rows: readonly ReadRow[];
  now: Date;
  connection: ConnectionEntity | Failure;
}

/** Those who stay as they are need no lock. Once those who change are locked, it is planned again from what they are then. */
async function planLocked(tx: Tx, { job, rows, now, connection }: Planning): Promise<RowsPlan> {
  const wanted = { job, rows: rows.filter(isGood), now, connection };
  let locked = new Set<string>();
  for (;;) {
    const plan = planUserRows(rows, await loadListWorld(tx, wanted));
    const changed = changedUsers(plan);
    if (job.dryRun || changed.every((id) => locked.has(id))) return plan;
    locked = await lockUsers(tx, [...locked, ...changed]);
  }
}

function changedUsers({ users, grants }: RowsPlan): string[] {
  const made = new Set(users.filter(({ before }) => before === null).map(({ after }) => after.id));
  const ids = [...users.map(({ after }) => after.id), ...grants.map(({ userId }) => userId)];
  return ids.filter((id) => !made.has(id));
}

/** In a dry run later rows find those here who would have been made. */
function noteMet(tx: Tx, job: JobEntity, { met }: RowsPlan): Promise<void> {
  return writeNotes(
    tx,
    job.id,
    met.map(({ key, userId }) => ({ kind: "MET", subject: String(key), value: userId })),
  );
}

function noteSayings(tx: Tx, job: JobEntity, { sayings }: RowsPlan): Promise<void> {
  return writeNotes(
    tx,
    job.id,
    sayings.map((saying) => ({ kind: "SAID", subject: sayingKey(saying), value: saying.value })),
  );
}

function nextRows(cursor: RowsCursor, { rows, next }: ReadPage): RowsCursor | null {
  return next === null ? null : { ...cursor, at: next, row: cursor.row + rows.length };
}

function nextCursor(cursor: RowsCursor, page: ReadPage, { outcomes }: RowsPlan): ListCursor | null {
  const hasCustomers = cursor.hasCustomers || outcomes.some(({ kind }) => kind === "ASKED");
  const following = nextRows(cursor, page);
  if (following) return { ...following, hasCustomers };
  return hasCustomers ? { phase: "CUSTOMERS", after: 0 } : null;
}

/** Looked for anew with each page: somebody may have connected it meanwhile. */
async function accountOf(db: Reader, { mode, connectionId }: JobEntity): Promise<ConnectionEntity | Failure> {
  try {
    return connectionId === null ? await connectionOf({ db }, mode) : await loadJobConnection(db, connectionId);
  } catch (error) {
    if (error instanceof Failure && !error.retryable) return error;
    throw error;
  }
}
