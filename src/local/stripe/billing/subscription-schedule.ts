import { type Draft, timeFor } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import {
  bool,
  choice,
  either,
  integer,
  list,
  listParams,
  object,
  type ParamsOf,
  required,
  text,
  timeRange,
} from "../params";
import { invalid, missingParam } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { changeSubscription } from "./change-subscription";
import { phaseFields, readPhases } from "./read-phases";
import {
  cancelSchedule,
  endPhase,
  enterPhase,
  releaseSchedule,
  startSchedule,
  syncCancel,
  tellExpiring,
} from "./run-schedule";
import { blankSchedule, DONE, type Phase, type ScheduleRow } from "./schedule-row";
import { itemsOf } from "./subscription-row";
import { tell } from "./tell";

const changeable = {
  end_behavior: choice("cancel", "none", "release", "renew"),
  metadata,
  phases: list(object(phaseFields), 10),
  proration_behavior: choice("always_invoice", "create_prorations", "none"),
};
const creatable = {
  billing_mode: object({ type: required(choice("classic", "flexible")) }),
  customer: text(),
  default_settings: object({
    billing_cycle_anchor: choice("automatic", "phase_start"),
    collection_method: choice("charge_automatically", "send_invoice"),
    default_payment_method: text(),
    description: text(),
  }),
  end_behavior: changeable.end_behavior,
  from_subscription: text(),
  metadata,
  phases: changeable.phases,
  start_date: either(text(), integer()),
};
const listable = { ...listParams, created: timeRange, customer: text(), scheduled: bool() };
const PATH = "/v1/subscription_schedules";

export const subscriptionSchedule: Kind<"subscription_schedule"> = {
  prefix: "sub_sched",
  idLength: 24,
  indexes: { customer: (row) => row.customer },
  expands: {
    customer: "customer",
    subscription: "subscription",
    "phases.items.price": "price",
    test_clock: "test_helpers.test_clock",
  },
  timers: { start: startSchedule, phase: endPhase, expiring: tellExpiring },
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => {
      const row = params.from_subscription
        ? fromSubscription(draft, params.from_subscription)
        : createSchedule(draft, params);
      return draft.render(draft.get("subscription_schedule", row.id));
    }),
    retrieves("subscription_schedule", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, changeable, ({ draft, params, ids }) => updateSchedule(draft, ids.id, params)),
    route("POST", `${PATH}/:id/cancel`, { invoice_now: bool(), prorate: bool() }, ({ draft, ids }) =>
      draft.render(cancelSchedule(draft, ids.id)),
    ),
    route("POST", `${PATH}/:id/release`, { preserve_cancel_date: bool() }, ({ draft, params, ids }) =>
      draft.render(releaseSchedule(draft, ids.id, params.preserve_cancel_date ?? false)),
    ),
    route("GET", PATH, listable, ({ draft, params }) => {
      const { customer, scheduled } = params;
      return listPage(draft, "subscription_schedule", params, {
        url: PATH,
        by: customer ? { customer } : undefined,
        created: params.created,
        keep: (row) => (customer ? true : row.test_clock === null) && (!scheduled || row.status === "not_started"),
      });
    }),
  ],
};

function createSchedule(draft: Draft, params: ParamsOf<typeof creatable>): ScheduleRow {
  if (!params.customer) throw missingParam("customer");
  if (!params.phases) throw missingParam("phases");
  const customer = draft.get("customer", params.customer, "customer").id;
  const { at, clock } = timeFor(draft, customer);
  const begin = beginOf(params.start_date, at);
  const row = draft.put<ScheduleRow>({
    ...blankSchedule(draft, customer),
    end_behavior: params.end_behavior ?? "release",
    metadata: mergeMetadata({}, params.metadata),
    phases: readPhases(draft, params.phases, begin),
  });
  tell(draft, "subscription_schedule.created", row);
  if (begin <= at) startSchedule(draft, row.id);
  else draft.setTimer({ kind: "subscription_schedule", id: row.id, what: "start", at: begin, clock });
  return row;
}

function beginOf(given: string | number | null | undefined, at: number): number {
  if (given === null || given === undefined) throw missingParam("start_date");
  if (given === "now") return at;
  if (!/^\d+$/.test(String(given)))
    throw invalid("start_date must be a Unix timestamp or `now`.", { param: "start_date" });
  if (Number(given) < at) {
    throw invalid("A start in the past is not simulated.", { param: "start_date" });
  }
  return Number(given);
}

/** A schedule whose only phase is what the subscription is now, until the end of its period. */
function fromSubscription(draft: Draft, id: string): ScheduleRow {
  const row = draft.get("subscription", id, "from_subscription");
  if (row.schedule) throw invalid("This subscription has a schedule already.", { param: "from_subscription" });
  const [base] = readPhases(
    draft,
    [
      {
        items: itemsOf(draft, id).map(({ price, quantity }) => ({ price, quantity })),
        end_date: row.ours.periodEnd,
        metadata: row.metadata,
      },
    ],
    row.ours.periodStart,
  );
  const phases: Phase[] = base ? [base] : [];
  const made = draft.put<ScheduleRow>({
    ...blankSchedule(draft, row.customer),
    end_behavior: row.cancel_at === null ? "release" : "cancel",
    phases,
    status: "active",
    subscription: id,
  });
  changeSubscription(draft, id, (current) => ({ ...current, schedule: made.id }));
  enterPhase(draft, made.id, 0);
  tell(draft, "subscription_schedule.created", draft.get("subscription_schedule", made.id));
  return made;
}

function updateSchedule(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("subscription_schedule", id);
  if (DONE.has(row.status) && params.phases) throw invalid(`This schedule has ended: its status is ${row.status}.`);
  const before = draft.render(row);
  const begin = row.phases[0]?.start_date ?? timeFor(draft, row.customer).at;
  draft.put<ScheduleRow>({
    ...row,
    end_behavior: params.end_behavior ?? row.end_behavior,
    metadata: mergeMetadata(row.metadata ?? {}, params.metadata),
    phases: params.phases ? readPhases(draft, params.phases, begin) : row.phases,
  });
  if (params.phases && row.status === "active") enterPhase(draft, id, Math.max(0, row.ours.phase));
  const after = draft.get("subscription_schedule", id);
  const ends = after.end_behavior === "cancel" || row.end_behavior === "cancel";
  if (ends && after.status === "active" && after.subscription) syncCancel(draft, after, after.subscription);
  tell(draft, "subscription_schedule.updated", after, before);
  return draft.render(after);
}
