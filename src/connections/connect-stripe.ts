import type Stripe from "stripe";
import type { ActivityLine } from "../activities/record-activities";
import { recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { newUuid } from "../base/ids";
import type { Logger } from "../base/log";
import type { Mode } from "../base/mode";
import { Bug } from "../base/refusal";
import type { Config } from "../config/config";
import type { Db, Tx } from "../database/db";
import type { Signals } from "../database/open-signals";
import { openStripe } from "../stripe/open-stripe";
import { blameKey } from "./blame-key";
import { ConnectionEntity } from "./connection.entity";
import {
  CONNECTIONS_CHANGED,
  announceConnection,
  findConnectionByAccount,
  insertConnection,
  lockConnection,
  updateConnection,
} from "./connections.store";
import { type EnsuredPortal, ensurePortal, portalChanges } from "./ensure-portal";
import { type EnsuredEndpoint, ensureWebhookEndpoint, removeEndpoints, webhookUrlOf } from "./ensure-webhook-endpoint";
import { type Account, findAccount } from "./find-account";
import { findEndpointAt, listEndpoints, readEndpointState } from "./find-endpoint-at";
import { findMissingPermissions, refuseMissingPermissions } from "./find-missing-permissions";
import { readSecretKey, readWebhookSecretText } from "./read-secret-key";
import { rotateWebhookSecret } from "./rotate-webhook-secret";
import { sealOf } from "./seal-connection";

export interface ConnectDeps {
  db: Db;
  clock: Clock;
  signals: Signals;
  log: Logger;
  config: Pick<Config, "sealingKeys" | "stripe" | "publicUrl">;
}

export interface ConnectStripe {
  mode: Mode;
  secretKey: string;
  /** None: we make the webhook endpoint. */
  webhookSecret?: string | null;
  allowPromotionCodes?: boolean | null;
  exposePurchaseOptions?: boolean | null;
  fromEnvironment?: boolean;
  /** For addresses of ours that Stripe cannot reach: the connection stands without an endpoint. */
  withoutEndpoint?: boolean;
  by: Pick<ActivityLine, "actor" | "actorRef" | "origin">;
}

/** What Stripe said, before anything of it is written. */
interface Prepared {
  account: Account;
  /** As the connection was when we began. */
  before: ConnectionEntity | null;
  id: string;
  endpoint: EnsuredEndpoint | null;
  /** The endpoint at our address whose secret was given; null: none, or its secret is ours. */
  theirs: Stripe.WebhookEndpoint | null;
  portal: EnsuredPortal;
}

/** Attaches an account in one mode. An account that was attached before comes back as it was, with links and history. */
export function connectStripe(deps: ConnectDeps, input: ConnectStripe): Promise<ConnectionEntity> {
  return blameKey("input.secretKey", () => connect(deps, input));
}

async function connect(deps: ConnectDeps, input: ConnectStripe): Promise<ConnectionEntity> {
  const key = readSecretKey(input.secretKey, input.mode, "input.secretKey");
  const webhookSecret = input.webhookSecret ? readWebhookSecretText(input.webhookSecret, "input.webhookSecret") : null;
  const stripe = openStripe({ secretKey: key.text, apiBase: deps.config.stripe.apiBase });
  const account = await findAccount(stripe);
  if (key.restricted) refuseMissingPermissions(await findMissingPermissions(stripe), "input.secretKey");
  const before = await findConnectionByAccount(deps.db, account.id, input.mode);
  const id = before?.id ?? newUuid(deps.clock.now());
  const url = webhookUrlOf(deps.config, id);
  const [endpoint, theirs, portal] = await Promise.all([
    webhookSecret || input.withoutEndpoint ? null : ensureWebhookEndpoint(stripe, wishOf(deps, id, before)),
    webhookSecret ? listEndpoints(stripe).then((all) => findEndpointAt(all, url)) : null,
    ensurePortal(stripe, { configuration: before?.portalConfiguration ?? null, choices: before?.portal ?? {} }),
  ]);
  const prepared = { account, before, id, endpoint, theirs, portal };
  return finish(deps, stripe, prepared, { ...input, secretKey: key.text, webhookSecret });
}

function wishOf({ config }: ConnectDeps, id: string, before: ConnectionEntity | null) {
  const known = before?.webhookSecretSealed ? before.webhookEndpoint : null;
  return { url: webhookUrlOf(config, id), publicUrl: config.publicUrl, known };
}

/** Writes it down; whatever was made in Stripe and could not be written down is taken back. */
async function finish(
  deps: ConnectDeps,
  stripe: Stripe,
  prepared: Prepared,
  input: ConnectStripe,
): Promise<ConnectionEntity> {
  const { endpoint, id } = prepared;
  const takeBack = () => removeEndpoints(stripe, endpoint?.secret ? [endpoint.id] : []);
  let written: { connection: ConnectionEntity; isOurs: boolean };
  try {
    written = await deps.signals.untilHeard(CONNECTIONS_CHANGED, id, () =>
      deps.db.transaction((tx) => write(tx, deps, prepared, input)),
    );
  } catch (error) {
    await takeBack();
    throw error;
  }
  // Somebody else connected the same account meanwhile, and theirs stands.
  if (written.isOurs) await removeEndpoints(stripe, endpoint?.obsolete ?? []);
  else await takeBack();
  return written.connection;
}

async function write(
  tx: Tx,
  deps: ConnectDeps,
  prepared: Prepared,
  input: ConnectStripe,
): Promise<{ connection: ConnectionEntity; isOurs: boolean }> {
  const now = deps.clock.now();
  const held = (await holdRow(tx, prepared.before)) ?? (await insert(tx, deps, prepared, input, now));
  if (!("status" in held)) return { connection: held.inserted, isOurs: true };
  // Two that connect at once may each have made an endpoint: the first one's stands.
  const isLate =
    held.status !== "DISCONNECTED" && held.webhookSecretSealed !== (prepared.before?.webhookSecretSealed ?? null);
  const endpoint = isLate ? null : prepared.endpoint;
  const changes = changesOf(deps, { ...prepared, id: held.id, endpoint }, held, input, now);
  await updateConnection(tx, held.id, changes);
  if (held.status === "DISCONNECTED") await record(tx, held, input, now);
  return { connection: Object.assign(held, changes), isOurs: endpoint === prepared.endpoint };
}

async function holdRow(tx: Tx, before: ConnectionEntity | null): Promise<ConnectionEntity | null> {
  return before && lockConnection(tx, before.id);
}

/** The new row, or the one of somebody who was faster. */
async function insert(
  tx: Tx,
  deps: ConnectDeps,
  prepared: Prepared,
  input: ConnectStripe,
  now: Date,
): Promise<ConnectionEntity | { inserted: ConnectionEntity }> {
  const row = Object.assign(
    new ConnectionEntity(),
    blank(prepared.id, now),
    changesOf(deps, prepared, null, input, now),
  );
  if (await insertConnection(tx, row)) {
    await announceConnection(tx, row.id);
    await record(tx, row, input, now);
    return { inserted: row };
  }
  const winner = await holdRow(tx, await findConnectionByAccount(tx, row.account, row.mode));
  if (!winner) throw new Bug("a connection vanished while it was made", { account: row.account });
  return winner;
}

function changesOf(
  deps: ConnectDeps,
  prepared: Prepared,
  held: ConnectionEntity | null,
  input: ConnectStripe,
  now: Date,
): Partial<ConnectionEntity> {
  const { account, id, portal } = prepared;
  return {
    account: account.id,
    accountName: account.name,
    mode: input.mode,
    status: "CONNECTED",
    lastError: portal.trouble,
    keyTrouble: null,
    missingPermissions: [],
    secretKeySealed: sealOf(deps, id, "secret_key", input.secretKey),
    ...webhookChanges(deps, prepared, held, input, now),
    ...portalChanges(portal, held, now),
    portal: { ...held?.portal, ...portal.choices },
    ...(typeof input.allowPromotionCodes === "boolean" && { allowPromotionCodes: input.allowPromotionCodes }),
    ...(typeof input.exposePurchaseOptions === "boolean" && { exposePurchaseOptions: input.exposePurchaseOptions }),
    fromEnvironment: input.fromEnvironment ?? false,
    updatedAt: now,
  };
}

function webhookChanges(
  deps: ConnectDeps,
  { id, endpoint, theirs }: Prepared,
  held: ConnectionEntity | null,
  { webhookSecret }: ConnectStripe,
  now: Date,
): Partial<ConnectionEntity> {
  const next = webhookSecret ?? endpoint?.secret;
  const holder = { id, webhookSecretSealed: held?.webhookSecretSealed ?? null };
  return {
    ...(next && rotateWebhookSecret(deps, holder, { next }, now)),
    ...(theirs && theirs.id !== held?.webhookEndpoint && { webhookEndpoint: null }),
    ...(theirs && readEndpointState(theirs, theirs.url, now)),
    ...(endpoint && {
      webhookEndpoint: endpoint.id,
      webhookApiVersion: endpoint.apiVersion,
      webhookEventTypes: endpoint.eventTypes,
      webhookCheckedAt: now,
    }),
  };
}

function blank(id: string, now: Date): Partial<ConnectionEntity> {
  return {
    id,
    lastError: null,
    webhookEndpoint: null,
    webhookSecretSealed: null,
    previousWebhookSecretSealed: null,
    previousWebhookSecretUntil: null,
    webhookApiVersion: null,
    webhookEventTypes: [],
    webhookCheckedAt: null,
    portalConfiguration: null,
    portalDeactivatedAt: null,
    portal: {},
    allowPromotionCodes: false,
    exposePurchaseOptions: true,
    disconnectedAt: null,
    createdAt: now,
  };
}

async function record(tx: Tx, { account, mode }: ConnectionEntity, { by }: ConnectStripe, now: Date): Promise<void> {
  const message = `Stripe account ${account} was connected.`;
  await recordActivities(tx, now, [{ ...by, mode, type: "STRIPE_CONNECTED", at: now, stripeObject: account, message }]);
}
