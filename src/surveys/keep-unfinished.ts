import { findSources } from "../access/facts.store";
import type { SourceFacts } from "../access/fact";
import type { Reader } from "../database/db";
import type { Listed } from "./read-listed";

/** Without what was over for good before we knew of it. What we still hold as alive is worth a look all the same. */
export async function keepUnfinished<Row extends Listed>(
  db: Reader,
  connectionId: string,
  listed: readonly Row[],
): Promise<Row[]> {
  const over = listed.filter(({ overAt }) => overAt !== null);
  const held = await findSources(
    db,
    over.map(({ source }) => ({ connectionId, source })),
  );
  const alive = new Set(held.filter(({ facts }) => !isOver(facts)).map(({ facts }) => facts.source));
  return listed.filter(({ overAt, source }) => overAt === null || alive.has(source));
}

/** Stripe never goes back from there. */
export function isOver({ state }: SourceFacts): boolean {
  return state.kind === "SUBSCRIPTION" && (state.status === "canceled" || state.status === "incomplete_expired");
}
