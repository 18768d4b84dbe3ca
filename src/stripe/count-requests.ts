import { Counter, type Registry } from "prom-client";

/** Clients of Stripe are shared by everything in a process, and so are the counts of their requests. */
const counts = new Map<string, number>();

/** @param answer Stripe's HTTP status, or `none` when no answer came. */
export function countRequest(answer: string): void {
  counts.set(answer, (counts.get(answer) ?? 0) + 1);
}

export function measureRequests(registry: Registry): void {
  const counter: Counter = new Counter({
    name: "latchkey_stripe_requests_total",
    help: "Requests to Stripe, by the HTTP status of the answer, or none.",
    labelNames: ["answer"],
    registers: [registry],
    collect: (): void => {
      counter.reset();
      for (const [answer, count] of counts) counter.inc({ answer }, count);
    },
  });
}
