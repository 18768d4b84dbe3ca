import { cancelAsOwner, planNextPayment, renewNow, retryNow } from "../billing/act-as-owner";
import { setBillingSettings } from "../billing/settings";
import { callApi } from "../call-api";
import { bool, choice, integer, list, required, text } from "../params";
import { command, type Command } from "./command";
import { renew } from "./renew";

const one = required(text());
const id = { fields: { subscription: one }, shows: { subscription: "sub_..." } };

export const subscriptionCommands: Record<string, Command> = {
  "next-payment": command(
    "Subscriptions",
    "How the next renewal of a subscription ends, whatever its card says.",
    {
      fields: { subscription: one, ends: required(choice("fails", "succeeds")) },
      shows: { subscription: "sub_...", ends: "fails or succeeds" },
    },
    (room, { subscription, ends }) =>
      room.simulator.control.act((draft) => draft.render(planNextPayment(draft, subscription, ends))),
  ),
  "renew-now": command(
    "Subscriptions",
    "Ends its period now, without time passing, and collects the new one: the payment succeeds or fails as asked.",
    {
      fields: { subscription: one, ends: choice("fails", "succeeds") },
      shows: { subscription: "sub_...", ends: "as the card says without it" },
    },
    (room, { subscription, ends }) =>
      room.simulator.control.act((draft) => draft.render(renewNow(draft, subscription, ends ?? null))),
  ),
  "retry-now": command("Subscriptions", "Tries its open invoice once more, now.", id, (room, { subscription }) =>
    room.simulator.control.act((draft) => draft.render(retryNow(draft, subscription))),
  ),
  renew: command(
    "Subscriptions",
    "Lets time pass until the subscription has renewed, with a payment that succeeds or fails, whatever the card says.",
    {
      fields: { subscription: one, ends: choice("fails", "succeeds") },
      shows: { subscription: "sub_...", ends: "as the card says without it" },
    },
    (room, { subscription, ends }) => renew(room, subscription, ends ?? null),
  ),
  "cancel-subscription": command(
    "Subscriptions",
    "An administrator ends it in the Dashboard: now, or when its period ends.",
    {
      fields: { subscription: one, at_period_end: bool() },
      shows: { subscription: "sub_...", at_period_end: "true; now without it" },
    },
    (room, { subscription, at_period_end: later }) =>
      room.simulator.control.act((draft) =>
        draft.render(cancelAsOwner(draft, subscription, later ? "period_end" : "now")),
      ),
  ),
  "pause-subscription": command("Subscriptions", "Pauses it in the Dashboard.", id, (room, { subscription }) =>
    room.simulator.control.act((draft) => callApi(draft, "POST", `/v1/subscriptions/${subscription}/pause`)),
  ),
  "resume-subscription": command("Subscriptions", "Resumes a paused one.", id, (room, { subscription }) =>
    room.simulator.control.act((draft) => callApi(draft, "POST", `/v1/subscriptions/${subscription}/resume`)),
  ),
  "billing-settings": command(
    "Subscriptions",
    "What the owner of the account has set for payments that fail.",
    {
      fields: {
        after_retries: choice("cancel", "unpaid", "pause", "past_due"),
        retry_after_s: list(integer({ min: 0 })),
        pause_at_first_failure: bool(),
        draft_for_s: integer({ min: 0 }),
        tells_first_payment: bool(),
        upcoming_before_s: integer({ min: 0 }),
        due_notice_before_s: integer({ min: 0 }),
      },
      shows: {
        after_retries: "cancel, unpaid, pause or past_due",
        retry_after_s: "a list: 259200, 432000",
        pause_at_first_failure: "true or false",
        draft_for_s: "3600",
        tells_first_payment: "true: created as incomplete, then updated to active",
        upcoming_before_s: "604800: when invoice.upcoming comes; 0 for never",
        due_notice_before_s: "259200: when invoice.will_be_due comes; 0 for never",
      },
    },
    (room, given) =>
      room.simulator.control.act((draft) => {
        const { after_retries: end, retry_after_s: pauses, pause_at_first_failure: first, draft_for_s: wait } = given;
        const { tells_first_payment: tells, upcoming_before_s: upcoming, due_notice_before_s: due } = given;
        setBillingSettings(draft, {
          ...(end ? { afterRetries: end } : {}),
          ...(pauses ? { retryAfterS: pauses } : {}),
          ...(typeof first === "boolean" ? { pauseAtFirstFailure: first } : {}),
          ...(typeof tells === "boolean" ? { tellsFirstPayment: tells } : {}),
          ...(typeof wait === "number" ? { draftForS: wait } : {}),
          ...(typeof upcoming === "number" ? { upcomingBeforeS: upcoming } : {}),
          ...(typeof due === "number" ? { dueNoticeBeforeS: due } : {}),
        });
        return draft.rows("billing_settings")[0];
      }),
  ),
};
