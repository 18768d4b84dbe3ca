import type { SurveyedRow } from "./survey-page";

/** The beginning of a page that needs no more looks than that; the survey goes on after its last row. */
export function takeRows(rows: readonly SurveyedRow[], looksMax: number): SurveyedRow[] {
  let looks = 0;
  const end = rows.findIndex(({ facts }) => facts === null && ++looks > looksMax);
  return end < 0 ? [...rows] : rows.slice(0, end);
}
