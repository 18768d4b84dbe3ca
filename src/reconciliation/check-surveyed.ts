import { type HeldSource, findSources } from "../access/facts.store";
import type { ConnectionEntity } from "../connections/connection.entity";
import { isOver } from "../surveys/keep-unfinished";
import { lookCarefully } from "../surveys/look-carefully";
import { type SurveyedRow, surveyOf, surveyPage } from "../surveys/survey-page";
import type { JobEntity } from "../work/job.entity";
import { findNotes, writeNotes } from "../work/notes.store";
import type { JobDeps } from "../work/run-jobs";
import { checkSources } from "./check-sources";
import { compareFacts } from "./compare-facts";
import { decideRelevance } from "./decide-relevance";
import { loadReach } from "./load-reach";
import { SEEN } from "./report-findings";
import type { StepAt, StepPage } from "./run-reconciliation";

/** So many are looked at with care for one page; each costs some requests. */
const LOOKS_MAX = 20;

/**
 * A page of what Stripe lists. A row that says what is held costs nothing more. One that says something else, or does not
 * tell everything, or is of something that we should hold and do not, is looked at with care before anything is said.
 */
export async function checkSurveyed(
  deps: JobDeps,
  job: JobEntity,
  { connection, step: { walk }, after, observation }: StepAt<"SURVEY">,
): Promise<StepPage> {
  const page = await surveyPage(deps, surveyOf(deps.db, job), connection, { walk, after, observation });
  const rows = await findOurs(deps, job, connection, page.rows);
  const taken = takeRows(rows);
  const unclear = taken.filter(({ needsLook }) => needsLook).map(({ row }) => row);
  const looked = await lookCarefully(
    deps,
    connection,
    unclear.map(({ target }) => target),
  );
  const plain = taken.filter(({ needsLook }) => !needsLook).map(({ row }) => row);
  // Customers are always as their row shows them; a look at one is the later one.
  const sighting = {
    facts: [...plain.flatMap(({ facts }) => facts ?? []), ...looked.facts],
    customers: [...taken.flatMap(({ row }) => row.customer ?? []), ...looked.customers],
    failures: looked.failures,
  };
  const asked = taken.map(({ row }) => ({ target: row.target.id, subject: row.source }));
  const write = await checkSources(deps, job, { connection, asked, sighting });
  const last = taken.at(-1)?.row.target.id ?? null;
  return {
    next: taken.length < rows.length ? last : page.next,
    write: async (tx) => {
      await writeNotes(tx, job.id, page.notes);
      return write(tx);
    },
  };
}

interface OurRow {
  row: SurveyedRow;
  needsLook: boolean;
}

/** Of a page: what is held, and what should be. What was counted on the way to something else is not counted again. */
async function findOurs(
  { db }: JobDeps,
  job: JobEntity,
  { id: connectionId }: ConnectionEntity,
  rows: readonly SurveyedRow[],
): Promise<OurRow[]> {
  const sources = rows.map(({ source }) => source);
  const keys = sources.map((source) => ({ connectionId, source }));
  const held = new Map((await findSources(db, keys)).map((each) => [each.facts.source, each]));
  const products = rows.flatMap(({ items }) => items.map(({ stripeProduct }) => stripeProduct));
  const links = await loadReach(db, connectionId, products);
  const counted = await findNotes(db, job.id, SEEN, sources);
  return rows
    .filter((row) => !counted.has(row.source) && (held.has(row.source) || decideRelevance(row, links)))
    .map((row) => ({ row, needsLook: needsLook(row, held.get(row.source)) }));
}

function needsLook({ facts, overAt }: SurveyedRow, held: HeldSource | undefined): boolean {
  if (!held) return true;
  // What is over in both cannot change any more.
  if (overAt !== null && isOver(held.facts)) return false;
  return facts === null || (held.facts.observation < facts.observation && compareFacts(held.facts, facts).length > 0);
}

function takeRows(rows: readonly OurRow[]): OurRow[] {
  let looks = 0;
  const end = rows.findIndex(({ needsLook: looksAtIt }) => looksAtIt && ++looks > LOOKS_MAX);
  return end < 0 ? [...rows] : rows.slice(0, end);
}
