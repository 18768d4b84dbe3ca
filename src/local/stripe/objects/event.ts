import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { bool, list, listParams, type ParamsOf, text, timeRange } from "../params";
import { invalid } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";

/** An event is rendered when it is made, and never again: its object stays as it was. */
export interface EventRow {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: Rendered; previous_attributes?: Rendered };
  livemode: false;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
  ours: {
    /** Endpoints that have not taken it yet. */
    waiting: string[];
    /** The world's time when it happened, which under a test clock is not `created`. */
    recorded: number;
  };
}

export const EVENTS_KEPT_S = 30 * 86_400;

const listable = {
  ...listParams,
  created: timeRange,
  delivery_success: bool(),
  type: text(),
  types: list(text(), 20),
};

export const event: Kind<"event"> = {
  prefix: "evt",
  idLength: 24,
  render: (row) => ({ ...row, pending_webhooks: row.ours.waiting.length }),
  routes: [
    retrieves("event", "/v1/events/:id"),
    route("GET", "/v1/events", listable, ({ draft, params }) => listEvents(draft, params)),
  ],
};

function listEvents(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { created, delivery_success: delivered, type, types } = params;
  if (type && types) throw invalid("You may only specify one of these parameters: type, types.");
  const wanted = typeFilter(type ? [type] : (types ?? null));
  return listPage(draft, "event", params, {
    url: "/v1/events",
    keep: (row) =>
      row.ours.recorded > draft.now - EVENTS_KEPT_S &&
      wanted(row.type) &&
      (delivered ?? row.ours.waiting.length === 0) === (row.ours.waiting.length === 0),
    created,
  });
}

// `customer.*` and `*` are allowed in `type`.
function typeFilter(names: string[] | null): (type: string) => boolean {
  if (!names) return () => true;
  return (type) => names.some((name) => (name.endsWith("*") ? type.startsWith(name.slice(0, -1)) : type === name));
}

/** An endpoint has taken the event: it counts no more in `pending_webhooks`. */
export function recordDelivered(draft: Draft, eventId: string, endpointId: string): void {
  const row = draft.find("event", eventId);
  if (!row?.ours.waiting.includes(endpointId)) return;
  draft.put({ ...row, ours: { ...row.ours, waiting: row.ours.waiting.filter((id) => id !== endpointId) } });
}
