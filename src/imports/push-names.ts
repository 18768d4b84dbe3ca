import { recordActivities } from "../activities/record-activities";
import { SECOND } from "../base/durations";
import { toPublicId } from "../base/ids";
import { Failure } from "../base/refusal";
import { findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnectionsById } from "../connections/connections.store";
import type { Deps } from "../graphql/context";
import { decidePushPause } from "../links/decide-push-pause";
import { claimNames, failName, finishName, type NameToPush } from "../links/pushed-names.store";
import { queueNotices } from "../outbox/queue-notices";
import { stripeProductNotFound } from "./link-product";

const LEASE_SECONDS = 60;
const BATCH = 10;

/** Writes new names of products to the Stripe products of links that say so. One background step; true if more may wait. */
export async function pushNames(deps: Deps): Promise<boolean> {
  const due = await claimNames(deps.db, BATCH, LEASE_SECONDS);
  if (due.length === 0) return false;
  const connections = await findConnectionsById(deps.db, [...new Set(due.map((push) => push.connectionId))]);
  for (const push of due) {
    const connection = connections.find(({ id }) => id === push.connectionId);
    if (connection) await pushOne(deps, connection, push);
  }
  return due.length === BATCH;
}

/** The same again does the same, so a push that was cut off is simply repeated. */
async function pushOne(deps: Deps, connection: ConnectionEntity, push: NameToPush): Promise<void> {
  const { stripeProduct, name } = push;
  try {
    const found = await findInAccount(deps, connection, stripeProduct, (stripe) =>
      stripe.products.update(stripeProduct, { name }),
    );
    if (!found) throw stripeProductNotFound();
    await finishName(deps.db, push);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await fail(deps, connection, push, error);
  }
}

/** The first failure of a name is written to the journal. */
async function fail(deps: Deps, connection: ConnectionEntity, push: NameToPush, error: Failure): Promise<void> {
  const now = deps.clock.now();
  const pause = decidePushPause(error, push.attempts);
  await deps.db.transaction(async (tx) => {
    await failName(tx, push, { error: error.code, pauseSeconds: pause === null ? null : pause / SECOND });
    if (push.attempts > 0) return;
    const line = {
      mode: connection.mode,
      type: "CUSTOM",
      customType: "product.push-failed",
      at: now,
      productId: push.productId,
      actor: "SYSTEM",
      origin: "API",
      stripeObject: push.stripeProduct,
      message: "The new name of the product could not be written to Stripe yet.",
      data: { connection: toPublicId("connection", connection.id), code: error.code, willRetry: pause !== null },
    } as const;
    await queueNotices(tx, now, await recordActivities(tx, now, [line]));
  });
  const { stripeProduct, attempts } = push;
  deps.log.warn({ code: error.code, stripeProduct, attempts: attempts + 1 }, "a name was not pushed");
}
