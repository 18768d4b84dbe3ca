import type Stripe from "stripe";
import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { bool, list, listParams, type ParamsOf, required, text } from "../params";
import { invalid } from "../refuse";
import { apiVersions } from "./api-versions";
import { eventNames } from "./event-names";
import { deletes, retrieves } from "../standard-routes";
import type { Rendered, Stored } from "../stored";

/** The secret is shown in the answer to the creation and never again. Two secrets are valid while one rolls over. */
export type WebhookEndpointRow = Omit<Stored<Stripe.WebhookEndpoint>, "secret"> & { ours: { secrets: string[] } };

const changeable = {
  description: text(),
  disabled: bool(),
  enabled_events: list(text()),
  metadata,
  url: text(),
};
const creatable = {
  api_version: text(),
  connect: bool(),
  description: text(),
  enabled_events: required(list(text())),
  metadata,
  url: required(text()),
};

const PATH = "/v1/webhook_endpoints";

export const webhookEndpoint: Kind<"webhook_endpoint"> = {
  prefix: "we",
  idLength: 24,
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => createEndpoint(draft, params)),
    retrieves("webhook_endpoint", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, changeable, ({ draft, params, ids }) => updateEndpoint(draft, ids.id, params)),
    deletes("webhook_endpoint", `${PATH}/:id`),
    route("GET", PATH, listParams, ({ draft, params }) => listPage(draft, "webhook_endpoint", params, { url: PATH })),
  ],
};

function createEndpoint(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const secret = `whsec_${draft.newLetters(32)}`;
  const row = draft.put<WebhookEndpointRow>({
    id: draft.newId("webhook_endpoint"),
    object: "webhook_endpoint",
    api_version: knownVersion(params.api_version),
    application: null,
    created: draft.now,
    description: params.description ?? null,
    enabled_events: knownNames(params.enabled_events),
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    status: "enabled",
    url: webAddress(params.url),
    ours: { secrets: [secret] },
  });
  return { ...draft.render(row), secret };
}

function updateEndpoint(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("webhook_endpoint", id);
  const { description, disabled, enabled_events: names, url } = params;
  const status = disabled ? "disabled" : "enabled";
  const next: WebhookEndpointRow = {
    ...row,
    description: description === undefined ? row.description : description,
    enabled_events: names ? knownNames(names) : row.enabled_events,
    metadata: mergeMetadata(row.metadata, params.metadata),
    status: disabled === undefined || disabled === null ? row.status : status,
    url: url ? webAddress(url) : row.url,
  };
  return draft.render(draft.put(next));
}

function knownNames(names: string[]): string[] {
  const wrong = names.findIndex((name) => name !== "*" && !eventNames.has(name));
  if (names.length === 0) throw invalid("Invalid enabled_events: the list is empty", { param: "enabled_events" });
  if (wrong < 0) return names;
  const message = `Invalid enabled_events[${wrong}]: ${names[wrong]} is no event of this version of the API.`;
  throw invalid(message, { param: `enabled_events[${wrong}]` });
}

function knownVersion(version: string | null | undefined): string | null {
  if (version === null || version === undefined || apiVersions.has(version)) return version ?? null;
  throw invalid(`Invalid Stripe API version: ${version}`, { param: "api_version" });
}

// Unlike Stripe, an address of this machine is welcome.
function webAddress(url: string): string {
  if (/^https?:\/\/\S+$/.test(url) && URL.canParse(url)) return url;
  throw invalid("Invalid URL: An explicit scheme (such as https) must be provided.", {
    param: "url",
    code: "url_invalid",
  });
}
