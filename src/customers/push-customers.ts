import type Stripe from "stripe";
import { recordActivities } from "../activities/record-activities";
import { SECOND } from "../base/durations";
import { toPublicId } from "../base/ids";
import { Failure, Refusal } from "../base/refusal";
import { findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnectionsById } from "../connections/connections.store";
import type { Deps } from "../graphql/context";
import type { PushField } from "../links/customer-link.entity";
import { type WantedPush, claimPushes, failPush, finishPush } from "../links/customer-links.store";
import { decidePushPause } from "../links/decide-push-pause";
import { queueNotices } from "../outbox/queue-notices";
import type { UserEntity } from "../users/user.entity";
import { findUsersById } from "../users/users.store";

type CustomerParams = Pick<Stripe.CustomerUpdateParams, PushField>;

const LEASE_SECONDS = 60;
const BATCH = 10;

/** Writes new addresses and names of users to their customers in Stripe. One background step; true if there may be more. */
export async function pushCustomers(deps: Deps): Promise<boolean> {
  const wanted = await claimPushes(deps.db, BATCH, LEASE_SECONDS);
  if (wanted.length === 0) return false;
  const connections = await findConnectionsById(deps.db, [...new Set(wanted.map((push) => push.connectionId))]);
  for (const push of wanted) {
    const connection = connections.find(({ id }) => id === push.connectionId);
    if (connection) await pushOne(deps, connection, push);
  }
  return wanted.length === BATCH;
}

async function pushOne(deps: Deps, connection: ConnectionEntity, push: WantedPush): Promise<void> {
  const [user] = await findUsersById(deps.db, [push.userId]);
  const params = user ? paramsOf(user, push) : {};
  try {
    if (Object.keys(params).length > 0) await write(deps, connection, push.customer, params);
    await finishPush(deps.db, push);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await fail(deps, connection, push, error);
  }
}

/** Stripe keeps values that were cleared here, because invoices need them. */
function paramsOf({ email, name }: UserEntity, { fields }: WantedPush): CustomerParams {
  return {
    ...(fields.includes("email") && email !== null ? { email } : {}),
    ...(fields.includes("name") && name !== null ? { name } : {}),
  };
}

/** The same again does the same, so a push that was cut off is simply repeated. */
async function write(
  deps: Deps,
  connection: ConnectionEntity,
  customer: string,
  params: CustomerParams,
): Promise<void> {
  const found = await findInAccount(deps, connection, customer, (stripe) => stripe.customers.update(customer, params));
  if (!found) throw new Refusal("CUSTOMER_NOT_FOUND", { say: "The connected account has no such customer." });
}

/** The first failure of a wish is written down; it is tried again all the same, until the pauses are used up. */
async function fail(deps: Deps, connection: ConnectionEntity, push: WantedPush, error: Failure): Promise<void> {
  const now = deps.clock.now();
  const pause = decidePushPause(error, push.attempts);
  await deps.db.transaction(async (tx) => {
    const pauseSeconds = pause === null ? null : pause / SECOND;
    const isCurrent = await failPush(tx, push, { error: error.code, pauseSeconds });
    if (!isCurrent || push.attempts > 0) return;
    const line = {
      mode: connection.mode,
      type: "CUSTOM",
      customType: "customer.push-failed",
      at: now,
      userId: push.userId,
      actor: "SYSTEM",
      origin: "API",
      stripeObject: push.customer,
      message: "A change of the user could not be written to Stripe yet.",
      data: {
        connection: toPublicId("connection", connection.id),
        fields: push.fields,
        code: error.code,
        willRetry: pause !== null,
      },
    } as const;
    await queueNotices(tx, now, await recordActivities(tx, now, [line]));
  });
  deps.log.warn(
    { code: error.code, customer: push.customer, attempts: push.attempts + 1 },
    "a change of a user was not pushed",
  );
}
