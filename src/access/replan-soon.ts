import type { Clock } from "../base/clock";
import { SECOND } from "../base/durations";
import type { Db } from "../database/db";
import { replanMarked } from "./replan";
import type { AccessTurn } from "./write-plans";

const MS_MAX = 5 * SECOND;

/** Plans what was marked before the caller is answered. Whatever takes longer is done in the background. */
export async function replanSoon(deps: { db: Db; clock: Clock }, msMax = MS_MAX): Promise<AccessTurn[]> {
  const until = performance.now() + msMax;
  const turns: AccessTurn[] = [];
  while (performance.now() < until) {
    const done = await replanMarked(deps);
    turns.push(...done.turns);
    if (done.planned === 0) break;
  }
  return turns;
}
