import type { Clock } from "../base/clock";
import { Bug, Refusal } from "../base/refusal";
import type { Db, Tx } from "../database/db";
import type { Signals } from "../database/open-signals";
import type { ConnectionEntity } from "./connection.entity";
import { CONNECTIONS_CHANGED, lockConnection, updateConnection } from "./connections.store";

export interface WriteDeps {
  db: Db;
  clock: Clock;
  signals: Signals;
}

/**
 * Changes a connection that is still connected, from its latest row; every replica knows before this ends. What was asked
 * of Stripe was asked before: meanwhile the account may have been disconnected, and then stays so.
 */
export function writeConnection(
  { db, clock, signals }: WriteDeps,
  id: string,
  changesOf: (
    held: ConnectionEntity,
    tx: Tx,
    now: Date,
  ) => Partial<ConnectionEntity> | Promise<Partial<ConnectionEntity>>,
): Promise<ConnectionEntity> {
  const work = async (tx: Tx) => {
    const held = await lockConnection(tx, id);
    if (!held) throw new Bug("a connection vanished", { connectionId: id });
    if (held.status === "DISCONNECTED") throw disconnected();
    const now = clock.now();
    const changes = { ...(await changesOf(held, tx, now)), updatedAt: now };
    await updateConnection(tx, id, changes);
    return Object.assign(held, changes);
  };
  return signals.untilHeard(CONNECTIONS_CHANGED, id, () => db.transaction(work));
}

export function refuseDisconnected({ status }: ConnectionEntity): void {
  if (status === "DISCONNECTED") throw disconnected();
}

function disconnected(): Refusal {
  return new Refusal("STRIPE_NOT_CONNECTED", {
    say: "This Stripe account is disconnected. `connectStripe` with a key of the account connects it again.",
    field: "connection",
  });
}
