import type { ConnectionEntity } from "../connections/connection.entity";
import type { LookDeps } from "../projection/look-at";
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
  );
  const clear = rows.filter(({ facts }) => facts !== null);
  return {
    facts: [...clear.flatMap(({ facts }) => facts ?? []), ...seen.facts],
    customers: [...clear.flatMap(({ customer }) => customer ?? []), ...seen.customers],
    failures: seen.failures,
  };
}
