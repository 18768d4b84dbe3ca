import type { Clock } from "../base/clock";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Db, Reader } from "../database/db";
import type { Identity } from "../graphql/context";
import { readUserRef } from "../users/read-user-ref";
import { findUsersByIds } from "../users/many-users.store";
import { countChargedSubscriptions } from "./charged-subscriptions.store";
import { checkMayChange } from "./check-live-users";
import { findOpenedKeys } from "./opened-products.store";
import type { Preview } from "./preview-plan";
import { removeUsers } from "./remove-users";

export interface Removal {
  userIds: readonly string[];
  /** As they were named. */
  notFound: readonly string[];
  preview: Preview;
  /** Products that people lose, each counted for each person. */
  productsLost: number;
  subscriptionsCharged: number;
}

interface Loss {
  people: string[];
  productsLost: number;
  subscriptionsCharged: number;
}

const USERS_MAX = 200;
const SAMPLE_MAX = 10;

/** Removes people for good, all in one step, or says what that would mean. Those whom nobody knows stop nobody else. */
export async function deleteUsers(
  { db, clock, identity }: { db: Db; clock: Clock; identity: Identity },
  { named, dryRun }: { named: readonly string[]; dryRun: boolean },
): Promise<Removal> {
  if (named.length > USERS_MAX) throw tooMany(named.length);
  const now = clock.now();
  const lossOf = (reader: Reader, ids: readonly string[]) => findLoss(reader, ids, { mode: identity.mode, at: now });
  if (dryRun) {
    const { userIds, notFound } = await findNamed(db, named);
    await checkMayChange(db, identity.mode, userIds, "users");
    return toRemoval(userIds, notFound, await lossOf(db, userIds));
  }
  return db.transaction(async (tx) => {
    const { userIds, notFound } = await findNamed(tx, named);
    let loss: Loss = { people: [], productsLost: 0, subscriptionsCharged: 0 };
    const before = async (ids: readonly string[]) => {
      await checkMayChange(tx, identity.mode, ids, "users");
      loss = await lossOf(tx, ids);
    };
    const removed = await removeUsers(tx, userIds, { identity, now, before });
    return toRemoval(removed, notFound, loss);
  });
}

async function findNamed(db: Reader, named: readonly string[]): Promise<{ userIds: string[]; notFound: string[] }> {
  const refs = named.map(readUserRef);
  const users = await findUsersByIds(db, {
    ids: refs.flatMap(({ id }) => id ?? []),
    externalIds: refs.flatMap(({ externalId }) => externalId ?? []),
  });
  const ids = new Set(users.map(({ id }) => id));
  const externalIds = new Set(users.map(({ externalId }) => externalId));
  const isFound = (index: number) => {
    const ref = refs[index];
    return ref !== undefined && (ref.id === null ? externalIds.has(ref.externalId) : ids.has(ref.id));
  };
  return { userIds: [...ids], notFound: [...new Set(named.filter((_, index) => !isFound(index)))] };
}

async function findLoss(db: Reader, userIds: readonly string[], when: { mode: Mode; at: Date }): Promise<Loss> {
  const opened = await findOpenedKeys(db, { userIds, ...when });
  const subscriptionsCharged = await countChargedSubscriptions(db, { userIds, mode: when.mode });
  const productsLost = [...opened.values()].reduce((sum, keys) => sum + keys.length, 0);
  return { people: [...opened.keys()].sort(), productsLost, subscriptionsCharged };
}

function toRemoval(userIds: readonly string[], notFound: readonly string[], { people, ...counts }: Loss): Removal {
  const unchanged = userIds.length - people.length;
  // Events give no access to a removed person.
  const known = { waitingEvents: 0, isComplete: true };
  const preview = { gaining: 0, losing: people.length, unchanged, sample: people.slice(0, SAMPLE_MAX), ...known };
  return { userIds, notFound, preview, ...counts };
}

function tooMany(actual: number): Refusal {
  return new Refusal("LIMIT_EXCEEDED", {
    say: `At most ${USERS_MAX} users at once.`,
    field: "users",
    details: { limit: "users", max: USERS_MAX, actual },
  });
}
