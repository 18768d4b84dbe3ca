import type Stripe from "stripe";
import { Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import type { Db } from "../database/db";
import { isGone, toFailure } from "../stripe/read-error";
import type { ConnectionEntity } from "./connection.entity";
import { stripeOf } from "./stripe-of";

export interface AccountDeps {
  db: Db;
  config: Pick<Config, "sealingKeys" | "stripe">;
}

type Asking<Answer> = (stripe: Stripe) => Promise<Answer>;

/** Asks the account for a caller who waits. Whatever Stripe says instead of an answer becomes a failure of ours. */
export async function askAccount<Answer>(
  deps: Pick<AccountDeps, "config">,
  connection: ConnectionEntity,
  ask: Asking<Answer>,
): Promise<Answer> {
  try {
    return await ask(stripeOf(deps, connection));
  } catch (error) {
    throw ofOtherMode(error) ?? toFailure(error);
  }
}

/** The same; null when Stripe says that there is no such thing. */
export async function findInAccount<Answer>(
  deps: Pick<AccountDeps, "config">,
  connection: ConnectionEntity,
  ask: Asking<Answer>,
): Promise<Answer | null> {
  try {
    return await ask(stripeOf(deps, connection));
  } catch (error) {
    const mismatch = ofOtherMode(error);
    if (mismatch === null && isGone(error)) return null;
    throw mismatch ?? toFailure(error);
  }
}

/** Stripe has no code of its own for this, only a sentence. */
const OTHER_MODE = /a similar object exists in (live|test) mode/i;

function ofOtherMode(error: unknown): Refusal | null {
  const mode = error instanceof Error ? OTHER_MODE.exec(error.message)?.[1] : undefined;
  if (mode === undefined) return null;
  return new Refusal("STRIPE_MODE_MISMATCH", {
    say: `In Stripe this exists in ${mode} mode, and this credential works in the other one.`,
    cause: error,
  });
}
