import type Stripe from "stripe";
import { findSources } from "../access/facts.store";
import type { SourceFacts } from "../access/fact";
import { MINUTE } from "../base/durations";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Reader } from "../database/db";
import type { CustomerSnapshot } from "../links/customer-snapshot";
import type { Sight } from "../projection/papers";
import { readCustomer } from "../projection/read-customer";
import { IGNORED, idOf, isIgnored, wholeOf } from "../projection/read-references";
import type { JobEntity } from "../work/job.entity";
import { type JobNote, findNotes } from "../work/notes.store";
import type { JobDeps } from "../work/run-jobs";
import { type RowsOf, listRows } from "./list-rows";
import type { Walk } from "./plan-walks";
import { type Listed, readListedInvoice, readListedSession, readListedSubscription } from "./read-listed";
import { type Origin, readSessionRow, readSubscriptionRow } from "./read-row";

/** Something that was bought, as its row tells it. */
export type SurveyedRow = Listed & {
  /** Null: the row does not tell everything, so it is to be looked at. */
  facts: SourceFacts | null;
  customer: CustomerSnapshot | null;
  /** The number of its survey. */
  observation: bigint;
  /** What a look need not ask for, by its questions. */
  known: ReadonlyMap<string, unknown>;
};

export interface SurveyPage {
  rows: SurveyedRow[];
  /** For later pages, in a dry run too. */
  notes: JobNote[];
  /** The last row of the page, from which the next one goes on; null: this was the last page. */
  next: string | null;
}

export interface SurveyAt {
  walk: Walk;
  after: string | null;
  /** Drawn once, before the first page of the survey: whatever was looked at since then is the later look. */
  observation: bigint;
}

/** Stripe's clock and ours need not agree. */
const CLOCKS_APART_MS = 5 * MINUTE;

/** What pages of one survey share. */
export interface Survey {
  begunAt: Date;
  /** What earlier pages noted about these subjects. */
  findNotes(kind: string, subjects: readonly string[]): Promise<Map<string, string | null>>;
}

/** The survey of a job: its notes are kept, so that it goes on after a crash. */
export function surveyOf(db: Reader, job: JobEntity): Survey {
  return { begunAt: job.createdAt, findNotes: (kind, subjects) => findNotes(db, job.id, kind, subjects) };
}

interface Place {
  db: Reader;
  survey: Survey;
  sight: Sight;
}

/** A page of one of Stripe's lists as facts, as far as its rows tell them. */
export async function surveyPage(
  deps: Pick<JobDeps, "db" | "config" | "clock">,
  survey: Survey,
  connection: ConnectionEntity,
  { walk, after, observation }: SurveyAt,
): Promise<SurveyPage> {
  const page = await listRows(deps, connection, walk, after);
  const { id: connectionId, mode } = connection;
  const sight = { connectionId, mode, observation, observedAt: deps.clock.now() };
  const { rows, notes } = await surveyRows({ db: deps.db, survey, sight }, page);
  const from = new Date((walk.rowsSince ?? 0) * 1000);
  return { rows: rows.filter(({ boughtAt }) => boughtAt >= from), notes, next: page.next };
}

async function surveyRows(place: Place, page: RowsOf): Promise<Omit<SurveyPage, "next">> {
  switch (page.list) {
    case "DISPUTES":
      return { rows: [], notes: page.rows.flatMap(noteDispute) };
    case "SESSIONS":
      return { rows: await surveySessions(place, page.rows), notes: page.rows.flatMap(noteSession) };
    case "SUBSCRIPTIONS":
      return { rows: await surveySubscriptions(place, page.rows), notes: [] };
    case "INVOICES":
      return { rows: await surveyInvoices(place, page.rows), notes: [] };
  }
}

function noteDispute({ charge }: Stripe.Dispute): JobNote[] {
  const customer = idOf(wholeOf(charge)?.customer);
  return customer === null ? [] : [{ kind: "DISPUTED", subject: customer, value: null }];
}

function noteSession({ session }: { session: Stripe.Checkout.Session }): JobNote[] {
  const { id, mode } = session;
  const subject = idOf(mode === "subscription" ? session.subscription : session.invoice);
  if (subject === null) return [];
  const marked: JobNote[] = isIgnored(session) ? [{ kind: "MARKED", subject, value: null }] : [];
  return [{ kind: "SESSION_OF", subject, value: id }, ...marked];
}

async function surveySessions(
  { db, sight }: Place,
  rows: Extract<RowsOf, { list: "SESSIONS" }>["rows"],
): Promise<SurveyedRow[]> {
  const listed = rows.flatMap((row) => {
    const each = readListedSession(row.session, row.lines);
    return each ? [{ row, each }] : [];
  });
  // Delayed money was known under its payment until the invoice came; a look settles which of the two it is.
  const keys = listed.flatMap(({ row: { session } }) => {
    const intent = session.invoice === null ? null : idOf(session.payment_intent);
    return intent === null ? [] : [{ connectionId: sight.connectionId, source: intent }];
  });
  const held = new Set((await findSources(db, keys)).map(({ facts }) => facts.source));
  return listed.map(({ row, each }) => {
    const { session } = row;
    const isReplaced = session.invoice !== null && held.has(idOf(session.payment_intent) ?? "");
    const facts = isReplaced ? null : readSessionRow(row, sight);
    const known = new Map([[`session ${session.id}`, session]]);
    return { ...each, facts, customer: readCustomer(session.customer, sight), known, observation: sight.observation };
  });
}

async function surveySubscriptions(
  { survey, sight }: Place,
  rows: Extract<RowsOf, { list: "SUBSCRIPTIONS" }>["rows"],
): Promise<SurveyedRow[]> {
  const ids = rows.map(({ subscription: { id } }) => id);
  const customers = rows.flatMap(({ subscription: { customer } }) => idOf(customer) ?? []);
  const sessions = await survey.findNotes("SESSION_OF", ids);
  const marked = await survey.findNotes("MARKED", ids);
  const disputed = await survey.findNotes("DISPUTED", customers);
  const lateFrom = (survey.begunAt.getTime() - CLOCKS_APART_MS) / 1000;
  return rows.map((row) => {
    const { subscription, items } = row;
    const { id, created, customer } = subscription;
    const session = sessions.get(id) ?? null;
    // The checkouts of those who live under a test clock are in no list, and a late one may have been listed before.
    const isListed = session !== null || (subscription.test_clock === null && created < lateFrom);
    const origin = isListed ? { sessions: sessionsOf(session, marked.has(id)) } : null;
    const facts = readSubscriptionRow(row, { origin, isDisputed: disputed.has(idOf(customer) ?? "") }, sight);
    const known = new Map<string, unknown>([[`subscription ${id}`, subscription]]);
    if (origin) known.set(`sessions of ${id}`, origin.sessions);
    const { observation } = sight;
    const listed = readListedSubscription(subscription, items);
    return { ...listed, facts, customer: readCustomer(customer, sight), known, observation };
  });
}

/** As much of its checkout as matters, and was noted. */
function sessionsOf(session: string | null, isMarked: boolean): Origin["sessions"] {
  return session === null ? [] : [{ id: session, metadata: isMarked ? IGNORED : null }];
}

/** Those of a checkout were in its row. What has only an invoice has its payments elsewhere. */
async function surveyInvoices(
  { survey, sight: { observation } }: Place,
  rows: Extract<RowsOf, { list: "INVOICES" }>["rows"],
): Promise<SurveyedRow[]> {
  const listed = rows.flatMap(({ invoice, lines }) => readListedInvoice(invoice, lines) ?? []);
  const sources = listed.map(({ source }) => source);
  const known = await survey.findNotes("SESSION_OF", sources);
  return listed
    .filter(({ source }) => !known.has(source))
    .map((each) => ({ ...each, facts: null, customer: null, observation, known: new Map() }));
}
