import type Stripe from "stripe";
import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { bool, listParams, object, type ParamsOf, required, text } from "../params";
import { changedFeatures, featureParams, merged, noFeatures } from "../portal/portal-features";
import { invalid } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered, Stored } from "../stored";
import { webAddress } from "../web-address";
import { pageUrl } from "./page-address";

export type PortalConfigurationRow = Stored<Stripe.BillingPortal.Configuration>;

const shared = {
  business_profile: object({ headline: text(60), privacy_policy_url: webAddress, terms_of_service_url: webAddress }),
  default_return_url: webAddress,
  login_page: object({ enabled: required(bool()) }),
  metadata,
  name: text(),
};
const creatable = { ...shared, features: required(featureParams) };
const changeable = { ...shared, active: bool(), features: featureParams };
const listable = { ...listParams, active: bool(), is_default: bool() };

const PATH = "/v1/billing_portal/configurations";

export const portalConfiguration: Kind<"billing_portal.configuration"> = {
  prefix: "bpc",
  idLength: 24,
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => createConfiguration(draft, params)),
    retrieves("billing_portal.configuration", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, changeable, ({ draft, params, ids }) => updateConfiguration(draft, ids.id, params)),
    route("GET", PATH, listable, ({ draft, params }) => listConfigurations(draft, params)),
  ],
};

/** The one that sessions use when they name none. */
export function defaultConfiguration(draft: Draft): PortalConfigurationRow | null {
  return draft.rows("billing_portal.configuration").find(({ is_default }) => is_default) ?? null;
}

/** What a person does who saves the portal's settings in the Dashboard: only there, a default comes into being. */
export function savePortalSettings(draft: Draft): PortalConfigurationRow {
  const known = defaultConfiguration(draft);
  if (known) return known;
  const row = draft.put({ ...blankConfiguration(draft), is_default: true, features: USUAL_FEATURES });
  draft.emit("billing_portal.configuration.created", draft.render(row));
  return row;
}

const USUAL_FEATURES: PortalConfigurationRow["features"] = {
  ...noFeatures,
  customer_update: { allowed_updates: ["email", "name", "address", "phone", "tax_id"], enabled: true },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true, payment_method_configuration: null },
  subscription_cancel: { ...noFeatures.subscription_cancel, enabled: true },
};

function createConfiguration(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const row = draft.put(changed(draft, blankConfiguration(draft), params));
  const rendered = draft.render(row);
  draft.emit("billing_portal.configuration.created", rendered);
  return rendered;
}

function updateConfiguration(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("billing_portal.configuration", id);
  if (row.is_default && params.active === false) {
    throw invalid("The default portal configuration cannot be deactivated.", { param: "active" });
  }
  const before = draft.render(row);
  const next = changed(draft, { ...row, active: params.active ?? row.active }, params);
  const after = draft.render(draft.put({ ...next, updated: draft.now }));
  draft.emit("billing_portal.configuration.updated", after, { before });
  return after;
}

function blankConfiguration(draft: Draft): PortalConfigurationRow {
  return {
    id: draft.newId("billing_portal.configuration"),
    object: "billing_portal.configuration",
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: draft.now,
    default_return_url: null,
    features: noFeatures,
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: draft.now,
  };
}

function changed(
  draft: Draft,
  row: PortalConfigurationRow,
  params: ParamsOf<typeof shared> & Features,
): PortalConfigurationRow {
  const { business_profile: profile, default_return_url: url, features, login_page: login, name } = params;
  return {
    ...row,
    business_profile: merged(row.business_profile, profile),
    default_return_url: url === undefined ? row.default_return_url : url,
    features: features ? changedFeatures(row.features, features) : row.features,
    login_page: login
      ? { enabled: login.enabled, url: login.enabled ? pageUrl(draft, "/p/login/test") : null }
      : row.login_page,
    metadata: mergeMetadata(row.metadata ?? {}, params.metadata),
    name: name === undefined ? row.name : name,
  };
}

type Features = ParamsOf<{ features: typeof featureParams }>;

function listConfigurations(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { active, is_default: wanted } = params;
  return listPage(draft, "billing_portal.configuration", params, {
    url: PATH,
    keep: (row) => (active ?? row.active) === row.active && (wanted ?? row.is_default) === row.is_default,
  });
}
