import type Stripe from "stripe";
import { Failure } from "../base/refusal";
import { askStripe } from "../stripe/ask-stripe";
import type { PortalChoices } from "./connection.entity";
import { toPortalFeatures } from "./to-portal-features";

export type EnsuredPortal = { configuration: string; trouble: null } | { configuration: null; trouble: string };

const METADATA = { made_by: "latchkey" };

/** Without a configuration, no portal session can be made. One that is there is left as its administrator set it. */
export async function ensurePortal(
  stripe: Stripe,
  held: { configuration: string | null; choices: PortalChoices },
): Promise<EnsuredPortal> {
  try {
    const known = await findConfiguration(stripe, held.configuration);
    const { id } = known ?? (await create(stripe, held.choices));
    return { configuration: id, trouble: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { configuration: null, trouble: `The customer portal has no configuration. ${error.message}` };
  }
}

/** The one that we use, or ours of an earlier time, or the account's default. */
async function findConfiguration(stripe: Stripe, held: string | null): Promise<{ id: string } | null> {
  const list = stripe.billingPortal.configurations.list({ active: true, limit: 100 });
  const all = await askStripe(() => list.autoPagingToArray({ limit: 1_000 }));
  const isOurs = ({ metadata }: Stripe.BillingPortal.Configuration) => metadata?.["made_by"] === METADATA.made_by;
  return all.find(({ id }) => id === held) ?? all.find(isOurs) ?? all.find((one) => one.is_default) ?? null;
}

function create(stripe: Stripe, choices: PortalChoices): Promise<{ id: string }> {
  const wanted = { ...toPortalFeatures(choices), metadata: METADATA };
  return askStripe(() => stripe.billingPortal.configurations.create(wanted));
}
