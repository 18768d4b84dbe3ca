import { SECOND } from "../base/durations";
import type { SourceFacts } from "../access/fact";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Deps } from "../graphql/context";
import { drawObservation } from "../links/observations.store";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { keepUnfinished } from "../surveys/keep-unfinished";
import { seeRows } from "../surveys/see-rows";
import { type Survey, type SurveyedRow, surveyPage } from "../surveys/survey-page";
import { takeRows } from "../surveys/take-rows";
import { isOfLink, listLinkWalks } from "./list-link-walks";

/** A caller waits for it, so it ends after so many pages, purchases that need a look of their own, and time. */
const PAGES_MAX = 20;
const LOOKS_MAX = 20;
const MS_MAX = 8 * SECOND;

export interface ExistingPurchases {
  facts: SourceFacts[];
  /** False: there are more. */
  isComplete: boolean;
}

/** Reads in Stripe what an import for the link would find, as far as a caller can wait for it. Nothing is written. */
export async function findExistingPurchases(
  deps: Pick<Deps, "db" | "config" | "clock" | "log">,
  link: ProductLinkEntity,
  connection: ConnectionEntity,
): Promise<ExistingPurchases> {
  const until = performance.now() + MS_MAX;
  const observation = await drawObservation(deps.db);
  const survey = openSurvey(deps.clock.now());
  const rows: SurveyedRow[] = [];
  let pages = 0;
  for (const walk of await listLinkWalks(deps, { link, connection })) {
    let after: string | null = null;
    do {
      if (pages++ >= PAGES_MAX || performance.now() > until) return look(deps, connection, rows, false);
      const page = await surveyPage(deps, survey, connection, { walk, after, observation });
      survey.note(page.notes);
      rows.push(...page.rows.filter((row) => isOfLink(row, link, walk)));
      after = page.next;
    } while (after !== null);
  }
  return look(deps, connection, rows, true);
}

async function look(
  deps: Pick<Deps, "db" | "config" | "clock" | "log">,
  connection: ConnectionEntity,
  rows: readonly SurveyedRow[],
  isWhole: boolean,
): Promise<ExistingPurchases> {
  const unfinished = await keepUnfinished(deps.db, connection.id, rows);
  const taken = takeRows(unfinished, LOOKS_MAX);
  const { facts, failures } = await seeRows(deps, connection, taken);
  return { facts, isComplete: isWhole && taken.length === unfinished.length && failures.size === 0 };
}

/** Keeps in memory what the lists have noted for one another. */
function openSurvey(begunAt: Date): Survey & { note(notes: readonly SurveyNote[]): void } {
  const noted = new Map<string, string | null>();
  return {
    begunAt,
    findNotes: async (kind, subjects) =>
      new Map(
        subjects.flatMap((subject) => {
          const value = noted.get(`${kind} ${subject}`);
          return value === undefined ? [] : [[subject, value] as const];
        }),
      ),
    note(notes) {
      for (const { kind, subject, value } of notes) {
        if (!noted.has(`${kind} ${subject}`)) noted.set(`${kind} ${subject}`, value);
      }
    },
  };
}

interface SurveyNote {
  kind: string;
  subject: string;
  value: string | null;
}
