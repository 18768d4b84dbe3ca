import type { Fault } from "../faults";
import { choice, integer, list, required, text } from "../params";
import { command, type Command } from "./command";

const kinds = [
  "rate-limit",
  "lock-timeout",
  "error-before",
  "error-after",
  "slow",
  "reset",
  "truncated",
  "html",
] as const;

export const troubleCommands: Record<string, Command> = {
  "plan-fault": command(
    "Trouble",
    "The next requests of the API that fit go wrong: before or after their effect.",
    {
      fields: {
        kind: required(choice(...kinds)),
        ms: integer({ min: 0, max: 600_000 }),
        when: choice("before", "after"),
        method: choice("GET", "POST", "DELETE"),
        path: text(),
        count: integer({ min: 1 }),
        skip: integer({ min: 0 }),
      },
      shows: {
        kind: kinds.join(", "),
        ms: "1000 (slow)",
        when: "before or after (reset)",
        method: "POST",
        path: "/v1/customers or /v1/c*",
        count: "1",
        skip: "0",
      },
    },
    ({ simulator: { control } }, { kind, ms, when, method, path, count, skip }) => {
      const limits = { ...(method ? { method } : {}), ...(path ? { path } : {}) };
      control.plan({
        fault: faultOf(kind, ms ?? 1_000, when ?? "before"),
        ...limits,
        count: count ?? 1,
        skip: skip ?? 0,
      });
      return { planned: control.faults.planned() };
    },
  ),
  "clear-faults": command("Trouble", "Forgets the planned faults.", { fields: {}, shows: {} }, (room) => {
    room.simulator.control.faults.clear();
    return { planned: [] };
  }),
  "limit-rates": command(
    "Trouble",
    "Requests per second; more are answered 429. Nothing set means no limit.",
    { fields: { read: integer({ min: 0 }), write: integer({ min: 0 }) }, shows: { read: "25", write: "25" } },
    ({ simulator: { control } }, { read, write }) => {
      const limits = { ...(typeof read === "number" ? { read } : {}), ...(typeof write === "number" ? { write } : {}) };
      control.limitRates(limits);
      return { limits };
    },
  ),
  "restrict-key": command(
    "Trouble",
    "Takes permissions from a restricted key (rk_test_...): customer_write, price_read, *.",
    {
      fields: { key: required(text()), missing: list(text()) },
      shows: { key: "rk_test_abc", missing: "a list: customer_write, *" },
    },
    ({ simulator: { control } }, { key, missing }) => {
      control.restrictKey(key, missing ?? []);
      return { key, missing: missing ?? [] };
    },
  ),
};

function faultOf(kind: Fault["kind"], ms: number, when: "before" | "after"): Fault {
  if (kind === "slow") return { kind, ms };
  return kind === "reset" ? { kind, when } : { kind };
}
