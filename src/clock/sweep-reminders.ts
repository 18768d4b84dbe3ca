import { findRecorded } from "../activities/find-recorded";
import { type ActivityLine, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import type { Db, Reader } from "../database/db";
import { queueNotices } from "../outbox/queue-notices";
import { nameOfPair } from "../access/compare-pairs";
import { type DueReminder, findDueReminders } from "./due-reminders.store";
import { findVersions } from "../access/grant-versions.store";
import type { GrantEntity } from "../access/grant.entity";
import { findOpenedPairs, findOpeningGrants } from "../access/opened-pairs.store";
import { justBefore, planReminder } from "./plan-reminder";
import { sweepClock } from "./sweep-clock";

const BATCH = 200;

/** Reminds of access that is about to end, as many days before as the product says. */
export function sweepReminders(deps: { db: Db; clock: Clock }, batch = BATCH): Promise<boolean> {
  return sweepClock(deps, {
    name: "REMINDERS",
    async work(tx, { from, until, now }) {
      const due = await findDueReminders(tx, from, until, batch);
      const lines = await planAll(tx, due, now);
      const recorded = await findRecorded(tx, lines);
      const news = lines.filter((line) => !recorded.has(line));
      await queueNotices(tx, now, await recordActivities(tx, now, news));
      const last = due.length === batch ? due.at(-1) : undefined;
      return last ? { at: last.at, id: last.id } : null;
    },
  });
}

async function planAll(db: Reader, due: readonly DueReminder[], now: Date): Promise<ActivityLine[]> {
  if (due.length === 0) return [];
  const held = await findOpeningGrants(db, await findOpenedPairs(db, due));
  const questions = due.map((each) => ({ each, grants: held.get(nameOfPair(each)) ?? [] }));
  const then = await findThen(db, questions);
  return questions.flatMap(({ each, grants }, place) => {
    const { productId: id, status, accessMode, days, endsAt } = each;
    const product = { id, status, accessMode };
    return planReminder({ product, days, endsAt, heldThen: then[place] ?? [], held: grants, now }) ?? [];
  });
}

/** The grants of each as they were just before the reminder was due. */
async function findThen(
  db: Reader,
  questions: readonly { each: DueReminder; grants: readonly GrantEntity[] }[],
): Promise<GrantEntity[][]> {
  const asked = questions.map(({ each, grants }) => {
    const at = justBefore(each.at);
    return grants.filter(({ createdAt }) => createdAt <= at).map((grant) => ({ grant, at }));
  });
  const keys = asked.flat().map(({ grant, at }) => ({ userId: grant.userId, grantId: grant.id, at }));
  const versions = await findVersions(db, keys);
  let place = 0;
  return asked.map((each) => each.map(({ grant }) => Object.assign({ ...grant }, versions[place++])));
}
