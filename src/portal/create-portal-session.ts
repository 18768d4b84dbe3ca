import { createHash } from "node:crypto";
import type { ErrorCode } from "../base/error-codes";
import { errorCodes } from "../base/error-codes";
import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import { ensureCustomer } from "../checkout/ensure-customer";
import { withinPatience } from "../checkout/within-patience";
import { askAccount } from "../connections/ask-account";
import { connectionOf } from "../connections/find-connection";
import type { ConnectionEntity } from "../connections/connection.entity";
import { writeConnection } from "../connections/write-connection";
import type { Context } from "../graphql/context";
import { scopeOf } from "../idempotency/scope-of";
import { readReturnUrl } from "../links/return-url";
import { subjectOf } from "../users/subject";
import type { UserEntity } from "../users/user.entity";
import { findUser, userNotFound } from "../users/users.store";
import type { Door } from "./decide-portal";
import { findPortal } from "./find-portal";
import { type PortalFlow, isAboutSubscription, planFlow } from "./plan-flow";
import { readRefused } from "./read-refused";

export interface AskedPortal {
  user?: string | null | undefined;
  returnUrl: string;
  flow?: PortalFlow | null | undefined;
  subscription?: string | null | undefined;
  connection?: string | null | undefined;
  locale?: string | null | undefined;
  createCustomerIfMissing?: boolean | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface PortalSession {
  url: string;
  returnUrl: string;
}

/**
 * A way into the customer portal, for one person and a few minutes. Its address opens somebody's invoices without a
 * login, so we keep none: what makes the same key mean the same session is Stripe's memory, not ours.
 */
export async function createPortalSession(ctx: Context, input: AskedPortal): Promise<PortalSession> {
  const user = await userOf(ctx, input.user);
  const back = readReturnUrl(ctx.config, input.returnUrl, "input.returnUrl");
  if (ctx.identity.role === "USER") ctx.take(`portal ${user.id}`, ctx.config.limits.checkoutsPerMinutePerUser);
  return withinPatience(async (until) => {
    const door = await openDoor(ctx, user, input, until);
    const url = await askForSession(ctx, user, door, input, back.stripeUrl);
    return { url, returnUrl: back.url };
  });
}

async function userOf(ctx: Context, named: string | null | undefined): Promise<UserEntity> {
  const ref = await subjectOf(ctx, named);
  if (!ref) throw new Refusal("INVALID_INPUT", { say: "A server key names the user.", field: "input.user" });
  const user = await findUser(ctx.db, ref);
  if (!user) throw userNotFound("input.user");
  return user;
}

async function openDoor(
  ctx: Context,
  user: UserEntity,
  input: AskedPortal,
  until: number,
): Promise<Door<ConnectionEntity>> {
  const { mode } = ctx.identity;
  const field = "input.connection";
  const named = input.connection ? await connectionOf(ctx, mode, input.connection, field) : null;
  const asked = { subscription: input.subscription ?? null, connection: named?.id ?? null };
  const found = await findPortal(ctx.db, mode, user.id, asked);
  if (found.door) return found.door;
  if (found.blocker === "AMBIGUOUS_CUSTOMER") throw ambiguous(found.fitting);
  if (found.blocker === "NOT_FOUND") throw subscriptionNotFound();
  if (found.blocker !== "NO_STRIPE_CUSTOMER" || !input.createCustomerIfMissing) throw blocked(found.blocker);
  const connection = named ?? (await connectionOf(ctx, mode, null, field));
  if (connection.portal.enabled === false) throw blocked("PORTAL_DISABLED");
  if (!connection.portalConfiguration || connection.portalDeactivatedAt) throw blocked("PORTAL_NOT_CONFIGURED");
  const customer = await ensureCustomer(ctx, connection, user, { until, field: "input.user" });
  return { connection, customer, isOwn: true, hasSameAddress: true, isEmpty: true, subscriptions: [], known: [] };
}

/** Says what can be named instead of the customers themselves. */
function ambiguous(fitting: readonly Door<ConnectionEntity>[]): Refusal {
  return new Refusal("AMBIGUOUS_CUSTOMER", {
    say: `The user has ${fitting.length} customers that fit. Name a subscription, or the connection.`,
    field: "input.subscription",
    details: {
      customers: fitting.map(({ connection, subscriptions }) => ({
        connection: toPublicId("connection", connection.id),
        subscriptions,
      })),
    },
  });
}

function subscriptionNotFound(): Refusal {
  return new Refusal("NOT_FOUND", { say: "The user has no such subscription.", field: "input.subscription" });
}

function blocked(code: ErrorCode): Refusal {
  return new Refusal(code, { say: errorCodes[code], ...(code === "NO_STRIPE_CUSTOMER" && { field: "input.user" }) });
}

async function askForSession(
  ctx: Context,
  user: UserEntity,
  { connection, customer, subscriptions }: Door<ConnectionEntity>,
  input: AskedPortal,
  returnUrl: string,
): Promise<string> {
  const flow = input.flow ?? "HOME";
  const subscription = isAboutSubscription(flow) ? chooseSubscription(subscriptions, input.subscription) : null;
  const task = planFlow(flow, subscription, returnUrl);
  const params = {
    customer,
    configuration: connection.portalConfiguration ?? "",
    return_url: returnUrl,
    locale: input.locale ?? "auto",
    ...(task && { flow_data: task }),
  };
  const options = input.idempotencyKey ? { idempotencyKey: keyOf(ctx, user, input.idempotencyKey) } : {};
  try {
    const session = await askAccount(ctx, connection, (stripe) =>
      stripe.billingPortal.sessions.create(params, options),
    );
    return session.url;
  } catch (error) {
    const refused = readRefused(error, { flow, configuration: connection.portalConfiguration ?? "" });
    if (refused instanceof Refusal && refused.code === "PORTAL_NOT_CONFIGURED") await noteDeactivated(ctx, connection);
    throw refused;
  }
}

/** Pages stop showing the way. `testStripeConnection` finds out more, and takes it back once the configuration is active. */
async function noteDeactivated(ctx: Context, { id, portalConfiguration: refused }: ConnectionEntity): Promise<void> {
  await writeConnection(ctx, id, ({ portalConfiguration, portalDeactivatedAt }, _tx, now) =>
    portalConfiguration === refused ? { portalDeactivatedAt: portalDeactivatedAt ?? now } : {},
  );
}

/** The named one, or the only one. Whose it is, Stripe knows best. */
function chooseSubscription(held: readonly string[], named: string | null | undefined): string {
  const [only, ...others] = held;
  const chosen = named ?? (others.length === 0 ? only : undefined);
  if (chosen) return chosen;
  const say =
    others.length > 0
      ? `The user has ${held.length} subscriptions: name one.`
      : "The user has no subscription that could be changed.";
  throw new Refusal("INVALID_INPUT", { say, field: "input.subscription", details: { subscriptions: held } });
}

/** Of each credential and user their own: a caller with the key of another gets nothing of theirs, and uses nothing up. */
function keyOf({ identity }: Context, user: UserEntity, key: string): string {
  const hash = createHash("sha256")
    .update(`${scopeOf(identity)}\n${user.id}\n${key}`)
    .digest("hex");
  return `latchkey-portal-${hash}`;
}
