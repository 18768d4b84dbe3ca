import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import { deleteOldKeys } from "./idempotency.store";
import { KEY_LASTS_MS } from "./run-once";

const KEYS_AT_ONCE = 5_000;

/** Deletes keys that have expired. True if there may be more. Any number of replicas may do it at once. */
export async function sweepKeys({ db, clock }: { db: Db; clock: Clock }): Promise<boolean> {
  const expiredAt = new Date(clock.now().getTime() - KEY_LASTS_MS);
  return (await deleteOldKeys(db, expiredAt, KEYS_AT_ONCE)) === KEYS_AT_ONCE;
}
