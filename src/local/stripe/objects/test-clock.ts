import type Stripe from "stripe";
import { addCycles, cycleOf } from "../billing/period";
import { ENDED, itemsOf } from "../billing/subscription-row";
import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { integer, listParams, type ParamsOf, required, text } from "../params";
import { invalid } from "../refuse";
import { deletes, retrieves } from "../standard-routes";
import type { Rendered, Stored } from "../stored";

/** ready -> advancing (due work runs in order of time, by `passTime`) -> ready. Only forward. */
export type TestClockRow = Stored<Stripe.TestHelpers.TestClock>;

const creatable = { frozen_time: required(integer({ min: 0 })), name: text(300) };
const advanceable = { frozen_time: required(integer({ min: 0 })) };
const PATH = "/v1/test_helpers/test_clocks";

export const testClock: Kind<"test_helpers.test_clock"> = {
  prefix: "clock",
  idLength: 24,
  indexes: { status: (row) => row.status },
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => createClock(draft, params)),
    retrieves("test_helpers.test_clock", `${PATH}/:id`),
    route("POST", `${PATH}/:id/advance`, advanceable, ({ draft, params, ids }) =>
      advanceClock(draft, ids.id, params.frozen_time),
    ),
    deletes("test_helpers.test_clock", `${PATH}/:id`, "test_helpers.test_clock.deleted"),
    route("GET", PATH, listParams, ({ draft, params }) =>
      listPage(draft, "test_helpers.test_clock", params, { url: PATH }),
    ),
  ],
};

function createClock(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const row = draft.put<TestClockRow>({
    id: draft.newId("test_helpers.test_clock"),
    object: "test_helpers.test_clock",
    created: draft.now,
    deletes_after: draft.now + 30 * 86_400,
    frozen_time: params.frozen_time,
    livemode: false,
    name: params.name ?? null,
    status: "ready",
    status_details: {},
  });
  const rendered = draft.render(row);
  draft.emit("test_helpers.test_clock.created", rendered);
  return rendered;
}

function advanceClock(draft: Draft, id: string, target: number): Rendered {
  const row = draft.get("test_helpers.test_clock", id);
  if (row.status !== "ready") throw invalid("Test clock advancement underway - cannot perform modifications.");
  if (target <= row.frozen_time) {
    throw invalid("A test clock can only be advanced: frozen_time must be later than it is.", { param: "frozen_time" });
  }
  refuseFar(draft, row, target);
  const status_details = { advancing: { target_frozen_time: target } };
  const rendered = draft.render(draft.put({ ...row, status: "advancing", status_details }));
  draft.emit("test_helpers.test_clock.advancing", rendered);
  return rendered;
}

// Stripe's own limit: no renewal is jumped over unseen.
function refuseFar(draft: Draft, { id, frozen_time: from }: TestClockRow, target: number): void {
  const cycles = draft
    .rows("subscription", { test_clock: id })
    .filter(({ status }) => !ENDED.has(status))
    .flatMap((row) => itemsOf(draft, row.id).map((item) => cycleOf(draft.get("price", item.price))));
  const limit = Math.min(...cycles.map((cycle) => addCycles(from, 2, cycle)));
  if (target <= limit) return;
  throw invalid("You can only advance a test clock by at most two intervals of the shortest subscription on it.", {
    param: "frozen_time",
  });
}

/** Moves the frozen time of a clock under way; work that is due by then has just run, or runs next. */
export function stepClock(draft: Draft, id: string, time: number): void {
  draft.update("test_helpers.test_clock", id, { frozen_time: time });
}

export function finishAdvance(draft: Draft, id: string): void {
  const row = draft.get("test_helpers.test_clock", id);
  const frozen_time = row.status_details.advancing?.target_frozen_time ?? row.frozen_time;
  const ready = draft.put<TestClockRow>({ ...row, frozen_time, status: "ready", status_details: {} });
  draft.emit("test_helpers.test_clock.ready", draft.render(ready));
}
