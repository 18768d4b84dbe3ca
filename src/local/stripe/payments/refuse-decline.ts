import { StripeRefusal } from "../refuse";
import type { Rendered } from "../stored";

interface Told {
  charge?: string | undefined;
  code?: string | undefined;
  decline_code?: string | undefined;
  doc_url?: string | undefined;
  message?: string | undefined;
}

/** 402. The refusal keeps what was written: the failed charge, the intent that waits, and their events. */
export function cardRefusal(
  told: Told,
  about: { payment_intent?: Rendered; setup_intent?: Rendered; payment_method?: Rendered | null },
): StripeRefusal {
  const { charge, code = "card_declined", decline_code, doc_url, message = "Your card was declined." } = told;
  const error = {
    type: "card_error" as const,
    message,
    code,
    ...(charge ? { charge } : {}),
    ...(decline_code ? { decline_code } : {}),
    ...(doc_url ? { doc_url } : {}),
    ...about,
  };
  return new StripeRefusal(402, error, true);
}
