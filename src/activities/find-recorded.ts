import type { Reader } from "../database/db";
import { findOnceKeys } from "./activities.store";
import { type ActivityLine, shortName } from "./record-activities";

/** Which of these lines the journal has already, by the names of their facts. */
export async function findRecorded(db: Reader, lines: readonly ActivityLine[]): Promise<Set<ActivityLine>> {
  const named = new Map<string, ActivityLine>();
  for (const line of lines) if (line.onceKey !== undefined) named.set(shortName(line.onceKey), line);
  const known = await findOnceKeys(db, [...named.keys()]);
  return new Set(known.flatMap((key) => named.get(key) ?? []));
}
