import { setTimeout as pause } from "node:timers/promises";
import type Stripe from "stripe";
import { MINUTE } from "../base/durations";
import { newUuid, toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import { askAccount, findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Deps, Identity } from "../graphql/context";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { findLinksOfUsers } from "../links/customer-links.store";
import { drawObservation } from "../links/observations.store";
import { moveCustomer } from "../customers/move-customer";
import type { UserEntity } from "../users/user.entity";
import { isSpent } from "../stripe/read-error";
import { lockUser } from "../users/users.store";
import { type Making, claimMaking, deleteMaking, releaseMaking } from "./customer-makings.store";
import { makeOnce } from "./make-once";
import { tooLate } from "./within-patience";

type Parts = Deps & { identity: Identity };

const CLAIMED_SECONDS = 20;
const LOOKED_EVERY_MS = 40;

/**
 * The customer for the user's own checkouts in this account, created if there is none. A customer that was joined by address
 * or came with a claim is never used: its cards may be a stranger's. A hundred first requests at once make one: the
 * first one claims the making, the others wait for its link.
 */
export async function ensureCustomer(
  deps: Parts,
  connection: ConnectionEntity,
  user: UserEntity,
  { until, field }: { until: number; field: string },
): Promise<string> {
  for (;;) {
    const links = await findLinksOfUsers(deps.db, [user.id], { connectionIds: [connection.id] });
    const own = chooseOwn(links);
    if (own) return own.customer;
    const now = deps.clock.now();
    const wanted = { userId: user.id, connectionId: connection.id, attempt: newUuid(now), now };
    const making = await claimMaking(deps.db, wanted, CLAIMED_SECONDS);
    if (making) await makeCustomer(deps, connection, user, { making, field });
    else if (performance.now() > until) throw tooLate();
    else await pause(LOOKED_EVERY_MS);
  }
}

/** The latest customer that was linked by hand, else the first that our checkout created. */
function chooseOwn(links: readonly CustomerLinkEntity[]): CustomerLinkEntity | undefined {
  const active = links.filter((link) => link.active);
  return active.findLast(({ basis }) => basis === "HAND") ?? active.find(({ basis }) => basis === "CHECKOUT");
}

async function makeCustomer(
  deps: Parts,
  connection: ConnectionEntity,
  user: UserEntity,
  { making, field }: { making: Making; field: string },
): Promise<void> {
  try {
    const observation = await drawObservation(deps.db);
    const observedAt = deps.clock.now();
    const made = await createInStripe(deps, connection, user, making);
    const { id: customer, email, name = null } = made;
    const seen = { connectionId: connection.id, customer, email, name, deleted: false, observation, observedAt };
    const owner = { userId: user.id, basis: "CHECKOUT", fromOthers: false, fromOwn: false } as const;
    const move = { connection, customer: seen, field, ...owner };
    try {
      await deps.db.transaction(async (tx) => {
        await lockUser(tx, { id: user.id, externalId: null }, field);
        await moveCustomer(tx, deps.identity, move, deps.clock.now());
        await deleteMaking(tx, making);
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // The user is gone, so the customer belongs to nobody and goes too.
      await findInAccount(deps, connection, customer, (stripe) => stripe.customers.del(customer));
      await deps.db.transaction((tx) => deleteMaking(tx, making));
      if (error.code !== "CUSTOMER_ALREADY_LINKED") throw error;
    }
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    await releaseMaking(deps.db, making, { isSpent: isSpent(cause) });
    throw error;
  }
}

function createInStripe(
  deps: Parts,
  connection: ConnectionEntity,
  user: UserEntity,
  { attempt, tries, isAgain, createdAt }: Making,
): Promise<Stripe.Customer> {
  const params: Stripe.CustomerCreateParams = {
    ...(user.email === null ? {} : { email: user.email }),
    ...(user.name === null || user.name === "" ? {} : { name: user.name.slice(0, 250) }),
    metadata: { latchkey_user: toPublicId("user", user.id), latchkey_attempt: attempt },
  };
  return askAccount(deps, connection, (stripe) =>
    makeOnce({
      name: `customer-${attempt}`,
      tries,
      isAgain,
      params,
      create: (options) => stripe.customers.create(params, options),
      find: () => findMade(stripe, { attempt, createdAt }),
    }),
  );
}

const LOOKED_AT_MAX = 1_000;

/** The number of the attempt is known to nobody else before the customer has it. */
async function findMade(
  stripe: Stripe,
  { attempt, createdAt }: Pick<Making, "attempt" | "createdAt">,
): Promise<Stripe.Customer | null> {
  const since = Math.floor((createdAt.getTime() - 5 * MINUTE) / 1_000);
  let looked = 0;
  for await (const customer of stripe.customers.list({ created: { gte: since }, limit: 100 })) {
    if (customer.metadata["latchkey_attempt"] === attempt) return customer;
    if (++looked === LOOKED_AT_MAX) break;
  }
  return null;
}
