import type { Draft } from "../draft";
import { invalid } from "../refuse";
import { type Completed, openSession } from "./complete-checkout";
import { answerPayment } from "./pay-by-checkout";
import { answerSetup } from "./set-up-by-checkout";

/** After `requires_action`: the owner of the card agrees or not. */
export function answerCheckout(draft: Draft, sessionId: string, agrees: boolean): Completed {
  const session = openSession(draft, sessionId);
  const { paymentIntent, setupIntent } = session.ours;
  const payment = paymentIntent && draft.get("payment_intent", paymentIntent);
  if (payment && payment.status === "requires_action") return answerPayment(draft, session, agrees);
  const setup = setupIntent && draft.get("setup_intent", setupIntent);
  if (setup && setup.status === "requires_action") return answerSetup(draft, session, agrees);
  throw invalid("Nobody is being asked about this session.");
}
