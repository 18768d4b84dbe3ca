import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import type { Identity } from "../graphql/context";
import { readUserRef } from "../users/read-user-ref";
import type { UserEntity } from "../users/user.entity";
import { findUser, userNotFound } from "../users/users.store";
import { removeUsers } from "./remove-users";

/** Removes one person for good. */
export async function deleteUser(
  { db, clock, identity }: { db: Db; clock: Clock; identity: Identity },
  named: string,
): Promise<UserEntity> {
  return db.transaction(async (tx) => {
    const user = await findUser(tx, readUserRef(named));
    const [removed] = user ? await removeUsers(tx, [user.id], { identity, now: clock.now() }) : [];
    if (!removed) throw userNotFound();
    return removed;
  });
}
