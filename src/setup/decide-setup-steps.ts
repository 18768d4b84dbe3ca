import { DAY, MINUTE } from "../base/durations";
import type { ConnectionEntity } from "../connections/connection.entity";
import { deactivatedText } from "../connections/deactivated-text";
import { PINNED_VERSION } from "../connections/pinned-version";
import type { WebhookState } from "../connections/read-webhook-state";
import type { InactiveLink } from "./setup-status.store";

export interface SetupStep {
  key: string;
  done: boolean;
  /** Without it, nothing that is bought opens anything. */
  required: boolean;
  detail: string;
  fix: string | null;
}

/** A connection that was not disconnected, with what is known of its events. */
export interface SetupConnection extends WebhookState {
  connection: Pick<
    ConnectionEntity,
    | "account"
    | "status"
    | "keyTrouble"
    | "missingPermissions"
    | "webhookEndpoint"
    | "webhookEventTypes"
    | "webhookApiVersion"
    | "webhookCheckedAt"
    | "portalConfiguration"
    | "portalDeactivatedAt"
    | "portal"
  >;
  lastEventAt: Date | null;
  /** When an event was last refused, while several different ones say that our secret is wrong. */
  secretDoubtedAt: Date | null;
  pending: number;
  failed: number;
  oldestPendingAt: Date | null;
  /** Somebody's subscription goes on, so events are to be expected now and then. */
  isSelling: boolean;
}

export interface Setup {
  connections: readonly SetupConnection[];
  hasProduct: boolean;
  hasLink: boolean;
  inactiveLinks: readonly InactiveLink[];
  hasAllowedUrls: boolean;
  /** Purchases that would open something and have no owner. */
  unclaimed: number;
  now: Date;
}

interface Look {
  key: string;
  required: boolean;
  good: string;
  fix: string;
  /** What is wrong with a connection, in a sentence that begins after its account's id; null: nothing. */
  wrong(one: SetupConnection, now: Date): string | null;
}

const QUIET_MS_MAX = 8 * DAY;
const PENDING_MS_MAX = 10 * MINUTE;

const looks: readonly Look[] = [
  {
    key: "key_accepted",
    required: true,
    good: "Stripe takes the key.",
    fix: "updateStripeConnection(secretKey)",
    wrong: ({ connection }) => connection.keyTrouble,
  },
  {
    key: "key_permissions",
    required: true,
    good: "The key may do what is needed.",
    fix: "Add the permissions to the restricted key in Stripe's Dashboard, then testStripeConnection",
    wrong: ({ connection: { missingPermissions: missing } }) =>
      missing.length > 0 ? `The restricted key lacks ${missing.join("; ")}.` : null,
  },
  {
    key: "webhook_endpoint",
    required: true,
    good: "The webhook endpoint is there and enabled.",
    fix: "repairWebhookEndpoint",
    wrong: (one) => (isHeard(one) ? null : "There is no enabled webhook endpoint at our address."),
  },
  {
    key: "webhook_events",
    required: true,
    good: "The endpoint is subscribed to every event that is needed.",
    fix: "repairWebhookEndpoint",
    wrong: (one) =>
      isHeard(one) && one.missingEventTypes.length > 0
        ? `The endpoint is not subscribed to ${one.missingEventTypes.join(", ")}.`
        : null,
  },
  {
    key: "webhook_version",
    required: false,
    good: "The endpoint speaks the version that we read, as far as we know.",
    fix:
      "repairWebhookEndpoint, which replaces an endpoint that we created. Where you created it: create another one at the " +
      "current version, and give its secret by updateStripeConnection(webhookSecret)",
    wrong: (one) => {
      const { webhookApiVersion: version } = one.connection;
      return isHeard(one) && one.apiVersionMatches === false
        ? `The endpoint sends events of ${version ?? "the account's own version"}. They count, but it should be renewed for ${PINNED_VERSION}.`
        : null;
    },
  },
  {
    key: "webhook_secret",
    required: true,
    good: "Events are signed with our secret, as far as we know.",
    fix: "repairWebhookEndpoint, or updateStripeConnection(webhookSecret) if you look after the endpoint yourself",
    wrong: ({ secretDoubtedAt: at }) =>
      at
        ? `Several events of Stripe were refused, the last at ${at.toISOString()}: their signatures do not fit our secret.`
        : null,
  },
  {
    key: "events_arriving",
    required: false,
    good: "Events arrive, none is to be expected, or another step says why none comes.",
    fix: "repairWebhookEndpoint, then replayEvents",
    wrong: (one, now) => {
      const { isSelling, lastEventAt } = one;
      if (!isHeard(one) || one.secretDoubtedAt) return null;
      if (!isSelling || (lastEventAt && now.getTime() - lastEventAt.getTime() < QUIET_MS_MAX)) return null;
      return `There are subscriptions, and ${lastEventAt ? `the last event came at ${lastEventAt.toISOString()}` : "no event ever came"}.`;
    },
  },
  {
    key: "events_done",
    required: false,
    good: "No event failed, and none waits long.",
    fix: "replayEvents",
    wrong: ({ failed, oldestPendingAt }, now) => {
      if (failed > 0) return `${failed} events failed after the last try.`;
      if (!oldestPendingAt || now.getTime() - oldestPendingAt.getTime() < PENDING_MS_MAX) return null;
      return `An event waits since ${oldestPendingAt.toISOString()}.`;
    },
  },
  {
    key: "portal_configuration",
    required: false,
    good: "The customer portal has a configuration.",
    fix: "activateCustomerPortal",
    wrong: ({ connection: { portalConfiguration, portalDeactivatedAt } }) => {
      if (portalConfiguration === null) return "The customer portal has no configuration.";
      return portalDeactivatedAt ? deactivatedText(portalConfiguration) : null;
    },
  },
  {
    key: "portal_addresses",
    required: false,
    good: "The customer portal shows a privacy policy and terms of service, or is switched off.",
    fix: "updatePortalSettings(privacyPolicyUrl, termsOfServiceUrl)",
    wrong: ({ connection: { portal } }) => {
      if (portal.enabled === false || (portal.privacyPolicyUrl && portal.termsOfServiceUrl)) return null;
      return "The customer portal shows no privacy policy or no terms of service, which Stripe asks for.";
    },
  },
];

/** The steps that each account has. */
export const accountSteps: ReadonlySet<string> = new Set(looks.map(({ key }) => key));

/**
 * Where the owner looks after the endpoint and none was found at our address, an event that came since then proves that
 * something sends them: the Stripe CLI, for example.
 */
function isHeard({ configured, connection, lastEventAt }: SetupConnection): boolean {
  const { webhookEndpoint, webhookEventTypes, webhookCheckedAt } = connection;
  if (!configured || webhookEventTypes.length > 0) return configured;
  return webhookEndpoint === null && (webhookCheckedAt === null || (lastEventAt ?? 0) > webhookCheckedAt);
}

/** Pure: what is done, and what is left to do before what is bought in Stripe opens anything, in a sensible order. */
export function decideSetupSteps(setup: Setup): SetupStep[] {
  const { connections, hasProduct, hasLink, inactiveLinks, hasAllowedUrls, unclaimed } = setup;
  const accounts = connections.map(({ connection }) => connection.account).join(", ");
  return [
    step("account_connected", true, connections.length > 0, {
      good: `Connected: ${accounts}.`,
      bad: "No Stripe account is connected in this mode.",
      fix: "connectStripe",
    }),
    ...looks.map((look) => stepOf(look, setup)),
    step("product_exists", true, hasProduct, {
      good: "There is a product.",
      bad: "There is no live product.",
      fix: "createProduct",
    }),
    step("product_linked", true, hasLink, {
      good: "A product is linked to Stripe.",
      bad:
        inactiveLinks.length > 0
          ? "Products are linked to disconnected Stripe accounts only."
          : "No product is linked to a Stripe product.",
      fix: connections.length > 0 ? "linkProduct" : "connectStripe, then linkProduct",
    }),
    step("links_active", true, inactiveLinks.length === 0, {
      good: "Every linked product is linked in a connected account.",
      bad: `These links are inactive, because their Stripe account is disconnected: ${listLinks(inactiveLinks)}.`,
      fix: "connectStripe with a key of the account, or linkProduct in another account, or unlinkProduct",
    }),
    step("return_urls", false, hasAllowedUrls, {
      good: "People may be sent back to the addresses on the list.",
      bad: "People may be sent back nowhere: checkout and portal refuse every return address.",
      fix: "Set LATCHKEY_ALLOWED_URLS",
    }),
    step("purchases_claimed", false, unclaimed === 0, {
      good: "Every purchase that opens something has an owner.",
      bad: `${unclaimed === 1 ? "1 purchase was" : `${unclaimed} purchases were`} paid and opened to nobody.`,
      fix: "unclaimedPurchases lists them; claimPurchase or linkCustomer gives each an owner",
    }),
  ];
}

const LISTED_LINKS_MAX = 20;

function listLinks(links: readonly InactiveLink[]): string {
  const names = links.map(({ product, stripeProduct, account }) => `${product} (${stripeProduct}) of ${account}`);
  const rest = names.length - LISTED_LINKS_MAX;
  return names.slice(0, LISTED_LINKS_MAX).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** Every step that is required is done. */
export function decideReady(steps: readonly SetupStep[]): boolean {
  return steps.every(({ done, required }) => done || !required);
}

function stepOf({ key, required, good, fix, wrong }: Look, { connections, now }: Setup): SetupStep {
  const found = connections.map((one) => ({ account: one.connection.account, trouble: wrong(one, now) }));
  const bad = found.flatMap(({ account, trouble }) => (trouble === null ? [] : [`${account}: ${trouble}`]));
  if (found.length === 0) bad.push("No Stripe account is connected in this mode.");
  return step(key, required, bad.length === 0, {
    good,
    bad: bad.join(" "),
    fix: found.length === 0 ? "connectStripe" : fix,
  });
}

function step(
  key: string,
  required: boolean,
  done: boolean,
  { good, bad, fix }: { good: string; bad: string; fix: string },
): SetupStep {
  return { key, required, done, detail: done ? good : bad, fix: done ? null : fix };
}
