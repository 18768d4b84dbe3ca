import { toFailure } from "./read-error";

/** Asks Stripe; what goes wrong comes back as a failure of ours, with a code and without anything secret. */
export async function askStripe<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw toFailure(error);
  }
}
