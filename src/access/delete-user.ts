import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import type { Identity } from "../graphql/context";
import { readUserRef } from "../users/read-user-ref";
import { findUser, userNotFound } from "../users/users.store";
import { checkMayChange } from "./check-live-users";
import { removeUsers } from "./remove-users";

/** Removes one person for good. Answers who it was, by our id. */
export async function deleteUser(
  { db, clock, identity }: { db: Db; clock: Clock; identity: Identity },
  named: string,
): Promise<string> {
  return db.transaction(async (tx) => {
    const user = await findUser(tx, readUserRef(named));
    const before = (ids: readonly string[]) => checkMayChange(tx, identity.mode, ids, "user");
    const [removed] = user ? await removeUsers(tx, [user.id], { identity, now: clock.now(), before }) : [];
    if (!removed) throw userNotFound();
    return removed;
  });
}
