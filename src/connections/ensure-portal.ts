import type Stripe from "stripe";
import { Failure } from "../base/refusal";
import { askStripe } from "../stripe/ask-stripe";
import type { PortalChoices } from "./connection.entity";
import { readPortalChoices } from "./read-portal-choices";
import { toPortalFeatures } from "./to-portal-features";

/** `choices` are what the configuration says now, whoever made it say so. */
export type EnsuredPortal =
  | { configuration: string; choices: PortalChoices; trouble: null }
  | { configuration: null; choices: null; trouble: string };

const METADATA = { made_by: "latchkey" };

/** Without a configuration, no portal session can be made. One that is there is left as its administrator set it. */
export async function ensurePortal(
  stripe: Stripe,
  held: { configuration: string | null; choices: PortalChoices },
): Promise<EnsuredPortal> {
  try {
    const { id, ...configuration } = await ensureConfiguration(stripe, held);
    return { configuration: id, choices: readPortalChoices(configuration), trouble: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const trouble = `The customer portal has no configuration. ${error.message}`;
    return { configuration: null, choices: null, trouble };
  }
}

/** The same, for those who only look: nothing is made. */
export async function findPortal(
  stripe: Stripe,
  held: { configuration: string | null; choices: PortalChoices },
): Promise<EnsuredPortal> {
  const found = choose(await listActive(stripe), held.configuration);
  if (!found) return { configuration: null, choices: null, trouble: "The customer portal has no configuration." };
  const { id, ...configuration } = found;
  return { configuration: id, choices: readPortalChoices(configuration), trouble: null };
}

/** The one that we use, or ours of an earlier time, or the account's default, or a new one. */
export async function ensureConfiguration(
  stripe: Stripe,
  held: { configuration: string | null; choices: PortalChoices },
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

type Configuration = Stripe.BillingPortal.Configuration;

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
