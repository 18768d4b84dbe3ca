import { Refusal } from "../base/refusal";

/** Names the input of which a parameter is made that Stripe refused. */
export function nameRefusedInput(error: unknown): never {
  const param = error instanceof Refusal ? error.details?.["stripeParam"] : undefined;
  const name = typeof param === "string" ? /\w+(?=\]?$)/.exec(param)?.[0] : undefined;
  const field = name === undefined ? undefined : inputs[name];
  if (!(error instanceof Refusal) || error.field !== undefined || field === undefined) throw error;
  const { code, message: say, details, note, cause } = error;
  throw new Refusal(code, { say, field, note, cause, ...(details && { details }) });
}

const inputs: Readonly<Record<string, string>> = {
  currency: "input.currency",
  unit_amount: "input.unitAmount",
  interval: "input.interval",
  interval_count: "input.intervalCount",
  trial_period_days: "input.trialPeriodDays",
};
