import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import { invalid } from "../refuse";
import type { Stored } from "../stored";
import { momentOf } from "./confirm-payment";
import type { Failure } from "./new-charge";
import { attachPaymentMethod, getPaymentMethod, type PaymentMethodRow } from "./new-payment-method";

/** requires_payment_method -> requires_confirmation -> (requires_action) -> succeeded | canceled. No money moves. */
export type SetupIntentRow = Stored<Stripe.SetupIntent> & { ours: { failedWith: string | null } };

export interface SetupTerms {
  customer: string | null;
  paymentMethod?: string | null | undefined;
  description?: string | null | undefined;
  metadata?: Record<string, string> | undefined;
  usage?: string | null | undefined;
}

export function newSetupIntent(draft: Draft, terms: SetupTerms): SetupIntentRow {
  const id = draft.newId("setup_intent");
  const row = draft.put<SetupIntentRow>({
    id,
    object: "setup_intent",
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: { allow_redirects: "always", enabled: true },
    cancellation_reason: null,
    client_secret: `${id}_secret_${draft.newLetters(24)}`,
    created: timeFor(draft, terms.customer).at,
    customer: terms.customer,
    customer_account: null,
    description: terms.description ?? null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: terms.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: terms.paymentMethod ?? null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card", "sepa_debit", "us_bank_account"],
    single_use_mandate: null,
    status: terms.paymentMethod ? "requires_confirmation" : "requires_payment_method",
    usage: terms.usage ?? "off_session",
    ours: { failedWith: null },
  });
  draft.emit("setup_intent.created", draft.render(row), momentOf(draft, row));
  return row;
}

/** Stores the method for later payments. `asked`: the owner has just agreed. */
export function confirmSetup(draft: Draft, intent: SetupIntentRow, methodId: string, asked = false): SetupIntentRow {
  const method = getPaymentMethod(draft, methodId);
  const { act } = method.ours;
  const ready = { ...intent, payment_method: method.id, last_setup_error: null, next_action: null };
  if (act.does === "asks" && !asked) return ask(draft, ready);
  if (act.does === "declines") return fail(draft, ready, method, act);
  return store(draft, ready, method);
}

function ask(draft: Draft, intent: SetupIntentRow): SetupIntentRow {
  const url = `https://hooks.stripe.com/3d_secure_2/${intent.id}`;
  const row = draft.put<SetupIntentRow>({
    ...intent,
    next_action: { type: "redirect_to_url", redirect_to_url: { return_url: null, url } },
    status: "requires_action",
  });
  draft.emit("setup_intent.requires_action", draft.render(row), momentOf(draft, row));
  return row;
}

export function fail(draft: Draft, intent: SetupIntentRow, method: PaymentMethodRow, failure: Failure): SetupIntentRow {
  const { code, decline, message } = failure;
  const row = draft.put<SetupIntentRow>({
    ...intent,
    last_setup_error: { code, decline_code: decline, message, type: "card_error" },
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
    ours: { failedWith: method.id },
  });
  draft.emit("setup_intent.setup_failed", draft.render(row), momentOf(draft, row));
  return row;
}

function store(draft: Draft, intent: SetupIntentRow, method: PaymentMethodRow): SetupIntentRow {
  const setUp = draft.put({ ...method, ours: { ...method.ours, setUp: true } });
  if (intent.customer) attachPaymentMethod(draft, setUp, intent.customer);
  const row = draft.put<SetupIntentRow>({ ...intent, status: "succeeded" });
  draft.emit("setup_intent.succeeded", draft.render(row), momentOf(draft, row));
  return row;
}

/** The owner of the card was asked, and agreed or not. */
export function answerSetupChallenge(draft: Draft, id: string, agrees: boolean): SetupIntentRow {
  const intent = draft.get("setup_intent", id);
  if (intent.status !== "requires_action") {
    throw invalid(`Nobody is being asked about this setup: its status is ${intent.status}.`);
  }
  const method = draft.get("payment_method", intent.payment_method ?? "");
  if (agrees) return confirmSetup(draft, intent, method.id, true);
  const message = "The owner of the card did not confirm it.";
  return fail(draft, intent, method, {
    code: "setup_intent_authentication_failure",
    decline: "authentication_required",
    message,
  });
}
