import type Stripe from "stripe";
import { Failure, Refusal } from "../base/refusal";
import { askStripe } from "../stripe/ask-stripe";
import { isGone } from "../stripe/read-error";
import type { ConnectionEntity, PortalChoices } from "./connection.entity";
import { deactivatedText } from "./deactivated-text";
import { readPortalChoices } from "./read-portal-choices";
import { toPortalFeatures } from "./to-portal-features";

/** The configuration that we use, and what its administrator set; null: there is none. */
export interface HeldPortal {
  configuration: string | null;
  choices: PortalChoices;
}

/** `choices` are what the configuration says now, whoever made it say so. */
export interface EnsuredPortal {
  configuration: string | null;
  choices: PortalChoices | null;
  /** The configuration is there, and somebody deactivated it in Stripe; null: Stripe did not answer. */
  isDeactivated: boolean | null;
  /** The fault in a sentence. Null if there is none. */
  trouble: string | null;
}

const METADATA = { made_by: "latchkey" };

/**
 * Without a configuration, no portal session can be made. One that is there is left as its administrator set it, and one
 * that was deactivated is not replaced.
 */
export async function ensurePortal(stripe: Stripe, held: HeldPortal): Promise<EnsuredPortal> {
  try {
    const deactivated = await findDeactivated(stripe, held.configuration);
    return deactivated ? toDeactivated(deactivated) : toActive(await ensureConfiguration(stripe, held));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const trouble = `The customer portal has no configuration. ${error.message}`;
    // An outage says nothing about the configuration that we had.
    if (error.retryable) return { configuration: held.configuration, choices: null, isDeactivated: null, trouble };
    return { configuration: null, choices: null, isDeactivated: false, trouble };
  }
}

/** The same, for those who only look: nothing is made. */
export async function findPortal(stripe: Stripe, held: HeldPortal): Promise<EnsuredPortal> {
  const deactivated = await findDeactivated(stripe, held.configuration);
  if (deactivated) return toDeactivated(deactivated);
  const found = choose(await listActive(stripe), held.configuration);
  if (found) return toActive(found);
  const trouble = "The customer portal has no configuration.";
  return { configuration: null, choices: null, isDeactivated: false, trouble };
}

/** The one that we use, or ours of an earlier time, or the account's default, or a new one. */
export async function ensureConfiguration(
  stripe: Stripe,
  held: HeldPortal,
): Promise<Stripe.BillingPortal.Configuration> {
  const known = choose(await listActive(stripe), held.configuration);
  if (known) return known;
  const wanted = { ...toPortalFeatures(held.choices), metadata: METADATA };
  const made = await askStripe(() => stripe.billingPortal.configurations.create(wanted));
  // Two who looked at once both found none. The older one stands, for both of them; the other one is put aside.
  const first = (await listActive(stripe)).filter(isOurs).at(-1) ?? made;
  if (first.id !== made.id) {
    await askStripe(() => stripe.billingPortal.configurations.update(made.id, { active: false }));
  }
  return first;
}

/** The part of it that is stored with the connection. */
export function portalChanges(
  { configuration, isDeactivated }: EnsuredPortal,
  held: { portalDeactivatedAt: Date | null } | null,
  now: Date,
): Pick<ConnectionEntity, "portalConfiguration"> & Partial<Pick<ConnectionEntity, "portalDeactivatedAt">> {
  const since = isDeactivated ? (held?.portalDeactivatedAt ?? now) : null;
  return { portalConfiguration: configuration, ...(isDeactivated !== null && { portalDeactivatedAt: since }) };
}

/** Refuses to go on with a configuration that somebody deactivated in Stripe: another one is a decision of theirs. */
export async function refuseDeactivated(stripe: Stripe, held: HeldPortal): Promise<void> {
  const deactivated = await findDeactivated(stripe, held.configuration);
  if (deactivated) throw new Refusal("PORTAL_NOT_CONFIGURED", { say: deactivatedText(deactivated.id) });
}

type Configuration = Stripe.BillingPortal.Configuration;

function toActive({ id, ...configuration }: Configuration): EnsuredPortal {
  return { configuration: id, choices: readPortalChoices(configuration), isDeactivated: false, trouble: null };
}

function toDeactivated({ id, ...configuration }: Configuration): EnsuredPortal {
  const choices = readPortalChoices(configuration);
  return { configuration: id, choices, isDeactivated: true, trouble: deactivatedText(id) };
}

/** The held configuration, if it is there and not active. Stripe deletes none, so one that is gone was of another world. */
async function findDeactivated(stripe: Stripe, held: string | null): Promise<Configuration | null> {
  if (held === null) return null;
  const { configurations } = stripe.billingPortal;
  const found = await askStripe(() =>
    configurations.retrieve(held).catch((error: unknown) => {
      if (isGone(error, held)) return null;
      throw error;
    }),
  );
  return found && !found.active ? found : null;
}

function choose(all: readonly Configuration[], held: string | null): Configuration | null {
  const oldest = all.filter(isOurs).at(-1);
  return all.find(({ id }) => id === held) ?? oldest ?? all.find((one) => one.is_default) ?? null;
}

/** The newest first, as Stripe lists them: of two that were made in one second their times say nothing. */
function listActive(stripe: Stripe): Promise<Configuration[]> {
  const list = stripe.billingPortal.configurations.list({ active: true, limit: 100 });
  return askStripe(() => list.autoPagingToArray({ limit: 1_000 }));
}

function isOurs({ metadata }: Configuration): boolean {
  return metadata?.["made_by"] === METADATA.made_by;
}
