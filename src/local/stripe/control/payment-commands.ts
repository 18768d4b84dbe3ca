import { payOutOfBand } from "../billing/act-as-owner";
import { moveDispute, openDispute } from "../payments/move-dispute";
import { refundPayment, settleRefund } from "../payments/refund-payment";
import { answerChallenge, settlePayment } from "../payments/settle-payment";
import { bool, choice, integer, required, text } from "../params";
import { command, type Command } from "./command";

const payment = { fields: { payment: required(text()) }, shows: { payment: "pi_..." } };

export const paymentCommands: Record<string, Command> = {
  "payment-arrives": command("Payments", "The bank sends the delayed money.", payment, (room, params) =>
    room.simulator.control.act((draft) => draft.render(settlePayment(draft, params.payment, "succeeded"))),
  ),
  "payment-fails": command("Payments", "The bank sends the delayed payment back.", payment, (room, params) =>
    room.simulator.control.act((draft) => draft.render(settlePayment(draft, params.payment, "failed"))),
  ),
  "answer-challenge": command(
    "Payments",
    "The owner of the card was asked (3D Secure), and agrees or not.",
    {
      fields: { payment: required(text()), agrees: required(bool()) },
      shows: { payment: "pi_...", agrees: "true or false" },
    },
    (room, params) =>
      room.simulator.control.act((draft) => draft.render(answerChallenge(draft, params.payment, params.agrees))),
  ),
  refund: command(
    "Payments",
    "Gives money back from the Dashboard: all that is left, or a part.",
    {
      fields: {
        charge: required(text()),
        amount: integer({ min: 1 }),
        status: choice("succeeded", "pending", "requires_action"),
      },
      shows: { charge: "ch_...", amount: "in the smallest unit; all without it", status: "succeeded, pending" },
    },
    (room, { charge, amount, status }) =>
      room.simulator.control.act((draft) =>
        draft.render(refundPayment(draft, { charge, amount, status: status ?? undefined })),
      ),
  ),
  "settle-refund": command(
    "Payments",
    "The bank takes a refund, or sends it back, even after it had succeeded.",
    {
      fields: { refund: required(text()), status: required(choice("succeeded", "failed", "canceled")) },
      shows: { refund: "re_...", status: "succeeded, failed or canceled" },
    },
    (room, { refund, status }) =>
      room.simulator.control.act((draft) => draft.render(settleRefund(draft, refund, status))),
  ),
  "pay-out-of-band": command(
    "Payments",
    "The money for an invoice came, and not through Stripe.",
    { fields: { invoice: required(text()) }, shows: { invoice: "in_..." } },
    (room, { invoice }) => room.simulator.control.act((draft) => draft.render(payOutOfBand(draft, invoice))),
  ),
  "open-dispute": command(
    "Payments",
    "The owner of the card disputes the payment, or the bank inquires.",
    {
      fields: { charge: required(text()), amount: integer({ min: 1 }), reason: text(), inquiry: bool() },
      shows: { charge: "ch_...", amount: "all without it", reason: "fraudulent", inquiry: "true: no money moves" },
    },
    (room, { charge, amount, reason, inquiry }) =>
      room.simulator.control.act((draft) => {
        const status = inquiry ? "warning_needs_response" : "needs_response";
        const terms = { charge, status, amount: amount ?? undefined, reason: reason ?? undefined } as const;
        return draft.render(openDispute(draft, terms));
      }),
  ),
  "move-dispute": command(
    "Payments",
    "How a dispute goes on: under_review, won, lost, warning_closed, appeal_needs_response ...",
    {
      fields: {
        dispute: required(text()),
        status: required(
          choice(
            "warning_under_review",
            "warning_closed",
            "needs_response",
            "under_review",
            "appeal_needs_response",
            "appeal_under_review",
            "won",
            "lost",
            "prevented",
          ),
        ),
      },
      shows: { dispute: "dp_...", status: "won, lost, warning_closed ..." },
    },
    (room, { dispute, status }) =>
      room.simulator.control.act((draft) => draft.render(moveDispute(draft, dispute, status))),
  ),
};
