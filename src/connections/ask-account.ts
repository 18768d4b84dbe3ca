import type Stripe from "stripe";
import { Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import type { Db } from "../database/db";
import { isGone, readOtherMode, toFailure } from "../stripe/read-error";
import { confirmAccount } from "./confirm-account";
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

/**
 * Asks for the object with this id. Null when Stripe says that the account of the connection has no such object. A key of
 * another account cannot say so: the account is confirmed before the answer is believed.
 */
export async function findInAccount<Answer>(
  deps: Pick<AccountDeps, "config">,
  connection: ConnectionEntity,
  id: string,
  ask: Asking<Answer>,
): Promise<Answer | null> {
  const stripe = stripeOf(deps, connection);
  try {
    return await ask(stripe);
  } catch (error) {
    if (!isGone(error, id)) throw ofOtherMode(error) ?? toFailure(error);
  }
  await confirmAccount(stripe, connection);
  return null;
}

function ofOtherMode(error: unknown): Refusal | null {
  const mode = readOtherMode(error);
  if (mode === null) return null;
  return new Refusal("STRIPE_MODE_MISMATCH", {
    say: `In Stripe this exists in ${mode} mode, and this credential works in the other one.`,
    cause: error,
  });
}
