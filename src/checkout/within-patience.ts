import { SECOND } from "../base/durations";
import { Refusal } from "../base/refusal";

// Somebody looks at a button. What Stripe answers later is not lost: whoever asks again goes on from there.
const PATIENCE_MS = 9.5 * SECOND;

/** Answers in time, or says that Stripe does not. */
export async function withinPatience<Result>(
  work: (until: number) => Promise<Result>,
  msMax = PATIENCE_MS,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(tooLate()), msMax);
  });
  const working = work(performance.now() + msMax);
  // Nobody waits for it any more once it is late; it ends in its own time.
  working.catch(() => {});
  try {
    return await Promise.race([working, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function tooLate(): Refusal {
  return new Refusal("STRIPE_UNAVAILABLE", { say: "Stripe takes too long to answer. Try again." });
}
