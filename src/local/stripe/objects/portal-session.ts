import type Stripe from "stripe";
import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { choice, integer, object, type ParamsOf, required, text } from "../params";
import { flowFor, flowParams } from "../portal/portal-flow";
import { invalid, missingParam } from "../refuse";
import type { Rendered, Stored } from "../stored";
import { webAddress } from "../web-address";
import { pageUrl } from "./page-address";
import { defaultConfiguration, type PortalConfigurationRow } from "./portal-configuration";

/** open until `ends`; the first visit after that is told that the link is too old. The letters in the address are the key. */
export type PortalSessionRow = Stored<Stripe.BillingPortal.Session> & { ours: { ends: number; secret: string } };

const LIVES_S = 3_600;
const LOCALES =
  "auto bg cs da de el en en-AU en-CA en-GB en-IE en-IN en-NZ en-SG es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW";

const creatable = {
  after_expiration: object({
    customer_login: object({ expires_at: integer({ min: 0 }) }),
    type: required(choice("customer_login")),
  }),
  configuration: text(),
  customer: text(),
  customer_account: text(),
  flow_data: flowParams,
  locale: choice(...LOCALES.split(" ")),
  on_behalf_of: text(),
  return_url: webAddress,
};

export const portalSession: Kind<"billing_portal.session"> = {
  prefix: "bps",
  idLength: 24,
  indexes: { secret: (row) => row.ours.secret },
  expands: { configuration: "billing_portal.configuration" },
  routes: [
    route("POST", "/v1/billing_portal/sessions", creatable, ({ draft, params }) => createSession(draft, params)),
  ],
};

function createSession(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  if (!params.customer) throw missingParam("customer");
  const customer = draft.get("customer", params.customer, "customer").id;
  const configuration = configurationFor(draft, params.configuration ?? null);
  const flow = params.flow_data ? flowFor(draft, params.flow_data, { customer, configuration }) : null;
  const secret = draft.newLetters(48);
  const row = draft.put<PortalSessionRow>({
    id: draft.newId("billing_portal.session"),
    object: "billing_portal.session",
    after_expiration: afterExpiration(params.after_expiration ?? null),
    configuration: configuration.id,
    created: draft.now,
    customer,
    customer_account: null,
    flow,
    livemode: false,
    locale: params.locale ?? null,
    on_behalf_of: params.on_behalf_of ?? null,
    return_url: params.return_url ?? configuration.default_return_url,
    url: pageUrl(draft, `/p/session/test_${secret}`),
    ours: { ends: draft.now + LIVES_S, secret },
  });
  const rendered = draft.render(row);
  draft.emit("billing_portal.session.created", rendered);
  return rendered;
}

function configurationFor(draft: Draft, id: string | null): PortalConfigurationRow {
  const row = id ? draft.get("billing_portal.configuration", id, "configuration") : defaultConfiguration(draft);
  if (!row) {
    throw invalid(
      "No configuration provided and your test mode default configuration has not been created. Provide a " +
        "configuration or create your default by saving your customer portal settings in test mode at " +
        "https://dashboard.stripe.com/test/settings/billing/portal.",
    );
  }
  if (!row.active) throw invalid("The portal configuration is inactive.", { param: "configuration" });
  return row;
}

type AfterExpiration = NonNullable<PortalSessionRow["after_expiration"]>;

function afterExpiration(given: ParamsOf<typeof creatable>["after_expiration"]): AfterExpiration | null {
  if (!given) return null;
  const { customer_login: login, type } = given;
  return { customer_login: { expires_at: login?.expires_at ?? null }, type };
}
