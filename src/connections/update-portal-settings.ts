import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import { isWebAddress } from "../products/read-product-input";
import { askStripe } from "../stripe/ask-stripe";
import type { ConnectionEntity, PortalChoices } from "./connection.entity";
import { ensureConfiguration, refuseDeactivated } from "./ensure-portal";
import { getConnection } from "./find-connection";
import { planPortalUpdate } from "./plan-portal-update";
import { readPortalChoices } from "./read-portal-choices";
import { stripeOf } from "./stripe-of";
import { type WriteDeps, refuseDisconnected, writeConnection } from "./write-connection";

export type PortalChange = { connection: string } & { [Choice in keyof PortalChoices]?: PortalChoices[Choice] | null };

/**
 * Changes what the customer portal offers. The configuration in Stripe is found, or made where there is none, and told
 * only what differs; what Stripe then has is what we show.
 */
export async function updatePortalSettings(
  deps: WriteDeps & { config: Pick<Config, "sealingKeys" | "stripe"> },
  mode: Mode,
  input: PortalChange,
): Promise<ConnectionEntity> {
  const connection = await getConnection(deps, mode, input.connection, "input.connection");
  refuseDisconnected(connection);
  const { enabled, ...wanted } = readChange(input);
  // Switching it off is ours alone, and has to work when Stripe does not.
  const isOurs = Object.keys(wanted).length === 0 && enabled === false;
  const told = isOurs ? null : await tellStripe(deps, connection, wanted);
  return writeConnection(deps, connection.id, (held) => ({
    ...(told && { portalConfiguration: told.configuration, portalDeactivatedAt: null }),
    portal: { ...held.portal, ...told?.choices, ...(enabled !== undefined && { enabled }) },
  }));
}

async function tellStripe(
  deps: { config: Pick<Config, "sealingKeys" | "stripe"> },
  connection: ConnectionEntity,
  wanted: PortalChoices,
): Promise<{ configuration: string; choices: PortalChoices }> {
  const stripe = stripeOf(deps, connection);
  const held = { configuration: connection.portalConfiguration, choices: { ...connection.portal, ...wanted } };
  try {
    await refuseDeactivated(stripe, held);
    const found = await ensureConfiguration(stripe, held);
    const update = planPortalUpdate(found, wanted);
    const { configurations } = stripe.billingPortal;
    const now = update === null ? found : await askStripe(() => configurations.update(found.id, update));
    return { configuration: now.id, choices: readPortalChoices(now) };
  } catch (error) {
    throw naming(error);
  }
}

function readChange(input: PortalChange): PortalChoices {
  const { privacyPolicyUrl, termsOfServiceUrl, ...others } = input;
  // Null clears an address; a switch cannot be cleared, so null says nothing.
  const said = Object.entries(others).filter(([, value]) => typeof value === "boolean");
  return {
    ...Object.fromEntries(said),
    ...(privacyPolicyUrl !== undefined && { privacyPolicyUrl: readUrl(privacyPolicyUrl, "privacyPolicyUrl") }),
    ...(termsOfServiceUrl !== undefined && { termsOfServiceUrl: readUrl(termsOfServiceUrl, "termsOfServiceUrl") }),
  };
}

function readUrl(address: string | null, name: string): string | null {
  if (address === null || isWebAddress(address)) return address;
  throw new Refusal("URL_NOT_ALLOWED", { say: "That is not a web address (https://…).", field: `input.${name}` });
}

const fields: ReadonlyMap<unknown, string> = new Map([
  ["business_profile[privacy_policy_url]", "input.privacyPolicyUrl"],
  ["business_profile[terms_of_service_url]", "input.termsOfServiceUrl"],
]);

/** What Stripe found fault with, by our name. */
function naming(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.code !== "STRIPE_REFUSED") return error;
  const field = fields.get(error.details?.["stripeParam"]);
  if (field === undefined) return error;
  return new Refusal(error.code, { say: error.message, field, ...(error.details && { details: error.details }) });
}
