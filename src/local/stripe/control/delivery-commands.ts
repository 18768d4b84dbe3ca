import { callApi } from "../call-api";
import { bool, choice, type Field, integer, list, map, required, text } from "../params";
import { invalid } from "../refuse";
import { command, type Command } from "./command";
import { definedOf } from "./defined-of";

/** Between 0 and 1. */
const share: Field<number, false> = {
  required: false,
  read: (value, param) => {
    const given = Number(text().read(value, param));
    if (given >= 0 && given <= 1) return given;
    throw invalid("A share is a number from 0 to 1.", { param });
  },
};

const whole = integer({ min: 0 });
const signature = choice("wrong", "missing", "old");
const manner = { signature, api_version: text(), truncated: bool(), thin: bool(), override: map(anything()) };
const mannerShows = {
  signature: "wrong, missing or old",
  api_version: "2024-09-30.acacia",
  truncated: "true",
  thin: "true",
  override: "fields of the event: livemode, account",
};

export const deliveryCommands: Record<string, Command> = {
  "add-endpoint": command(
    "Deliveries",
    "Registers an endpoint and shows its secret.",
    {
      fields: { url: required(text()), events: list(text()), api_version: text(), thin: bool() },
      shows: { url: "http://127.0.0.1:4000/webhooks", events: "a list; all without it", api_version: "", thin: "true" },
    },
    ({ simulator: { control } }, { url, events, api_version: version, thin }) =>
      control.act((draft) => {
        const form: Record<string, string> = { url };
        (events ?? ["*"]).forEach((name, at) => (form[`enabled_events[${at}]`] = name));
        if (version) form["api_version"] = version;
        if (thin) form["metadata[event_payload]"] = "thin";
        return callApi(draft, "POST", "/v1/webhook_endpoints", form);
      }),
  ),
  "roll-secret": command(
    "Deliveries",
    "Gives an endpoint a new secret; the old one stays valid beside it until it is dropped.",
    {
      fields: { endpoint: required(text()), keep_old: bool() },
      shows: { endpoint: "we_...", keep_old: "true or false" },
    },
    ({ simulator: { control } }, { endpoint, keep_old: keeps }) =>
      control.act((draft) => {
        const { secrets } = draft.get("webhook_endpoint", endpoint, "endpoint").ours;
        const secret = `whsec_${draft.newLetters(32)}`;
        const next = [secret, ...(keeps === false ? [] : secrets.slice(0, 1))];
        draft.update("webhook_endpoint", endpoint, { ours: { secrets: next } });
        return { endpoint, secret, secrets: next };
      }),
  ),
  "plan-deliveries": command(
    "Deliveries",
    "Trouble by lot, the same for the same seed: shares of events that repeat, drop or wait; a delay; an order.",
    {
      fields: { seed: required(whole), delay: whole, repeat: share, reorder: whole, drop: share, hold: share },
      shows: {
        seed: "1",
        delay: "ms at most",
        repeat: "0 to 1",
        reorder: "among how many",
        drop: "0 to 1",
        hold: "0 to 1",
      },
    },
    ({ deliveries }, plan) => {
      deliveries.planDeliveries({
        seed: plan.seed,
        ...definedOf(plan, ["delay", "repeat", "reorder", "drop", "hold"]),
      });
      return deliveries.state();
    },
  ),
  "stop-plan": command(
    "Deliveries",
    "Ends the plan; instructions stay.",
    { fields: {}, shows: {} },
    ({ deliveries }) => {
      deliveries.planDeliveries(null);
      return deliveries.state();
    },
  ),
  "hold-deliveries": command("Deliveries", "From now on, events wait.", { fields: {}, shows: {} }, ({ deliveries }) => {
    deliveries.holdAll();
    return deliveries.state();
  }),
  "release-deliveries": command(
    "Deliveries",
    "Sends what waits: named events first and in their order, or all in an order by lot.",
    { fields: { events: list(text()), seed: whole }, shows: { events: "a list: evt_2, evt_1", seed: "by lot" } },
    async ({ deliveries }, { events, seed }) => {
      await deliveries.release({ ...(events ? { events } : {}), ...(typeof seed === "number" ? { seed } : {}) });
      return deliveries.state();
    },
  ),
  "settle-deliveries": command(
    "Deliveries",
    "Answers when nothing is on its way any more.",
    { fields: {}, shows: {} },
    async ({ deliveries }) => {
      await deliveries.settled();
      return deliveries.state();
    },
  ),
  "instruct-delivery": command(
    "Deliveries",
    "What happens to one event, or to the next few of a type.",
    {
      fields: {
        ...manner,
        event: required(text()),
        endpoint: text(),
        count: integer({ min: 1 }),
        drop: bool(),
        hold: bool(),
        repeat: integer({ min: 1, max: 1_000 }),
        delay: whole,
      },
      shows: {
        ...mannerShows,
        event: "evt_..., invoice.paid, invoice.* or *",
        endpoint: "we_...",
        count: "1",
        drop: "true",
        hold: "true",
        repeat: "3",
        delay: "ms",
      },
    },
    ({ deliveries }, given) => {
      const { event, delay, api_version: apiVersion } = given;
      deliveries.instruct({
        event,
        ...definedOf(given, [
          "endpoint",
          "count",
          "drop",
          "hold",
          "repeat",
          "signature",
          "truncated",
          "thin",
          "override",
        ]),
        ...(typeof delay === "number" ? { delayMs: delay } : {}),
        ...(apiVersion ? { apiVersion } : {}),
      });
      return deliveries.state();
    },
  ),
  "clear-instructions": command("Deliveries", "Forgets them.", { fields: {}, shows: {} }, ({ deliveries }) => {
    deliveries.instructions.clear();
    return deliveries.state();
  }),
  "resend-event": command(
    "Deliveries",
    "Sends an event once more, now, in any manner.",
    {
      fields: { ...manner, event: required(text()), endpoint: text(), copies: integer({ min: 1, max: 1_000 }) },
      shows: { ...mannerShows, event: "evt_...", endpoint: "we_...; all without it", copies: "1" },
    },
    ({ deliveries }, { event, api_version: apiVersion, ...how }) =>
      deliveries.resend(event, {
        ...definedOf(how, ["endpoint", "copies", "signature", "truncated", "thin", "override"]),
        ...(apiVersion ? { apiVersion } : {}),
      }),
  ),
  "send-body": command(
    "Deliveries",
    "Sends any bytes at all, signed for this endpoint.",
    {
      fields: { endpoint: required(text()), body: required(text(1_000_000)), signature },
      shows: { endpoint: "we_...", body: "{}", signature: mannerShows.signature },
    },
    ({ deliveries }, { endpoint, body, signature: fault }) =>
      deliveries.sendBody(endpoint, body, fault ? { signature: fault } : {}),
  ),
};

// A value of JSON: `true` and `1` mean what they look like.
function anything(): Field<unknown> {
  return {
    required: false,
    read: (value) => {
      if (value === "true" || value === "false") return value === "true";
      if (value === "null") return null;
      return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
    },
  };
}
