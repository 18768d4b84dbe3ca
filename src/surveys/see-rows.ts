import type { ConnectionEntity } from "../connections/connection.entity";
import type { LookDeps, Manner } from "../projection/look-at";
import type { JobDeps } from "../work/run-jobs";
import { type CarefulSighting, lookCarefully } from "./look-carefully";
import type { SurveyedRow } from "./survey-page";

/** What the rows tell, with a look at each that does not tell everything. */
export async function seeRows(
  deps: LookDeps & Pick<JobDeps, "log">,
  connection: ConnectionEntity,
  rows: readonly SurveyedRow[],
): Promise<CarefulSighting> {
  const unclear = rows.filter(({ facts }) => facts === null);
  const seen = await lookCarefully(
    deps,
    connection,
    unclear.map(({ target }) => target),
    howToLook(unclear),
  );
  const clear = rows.filter(({ facts }) => facts !== null);
  return {
    facts: [...clear.flatMap(({ facts }) => facts ?? []), ...seen.facts],
    customers: [...clear.flatMap(({ customer }) => customer ?? []), ...seen.customers],
    failures: seen.failures,
  };
}

/** What the rows tell was read since their survey began, and no later: so a look that uses it has the same number. */
function howToLook(rows: readonly SurveyedRow[]): Manner {
  const [first] = rows;
  if (!first) return {};
  return { observation: first.observation, known: new Map(rows.flatMap(({ known }) => [...known])) };
}
