import type Stripe from "stripe";
import { Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import { openStripe } from "../stripe/open-stripe";
import type { ConnectionEntity } from "./connection.entity";
import { unsealOf } from "./seal-connection";

// A client keeps its connections to Stripe open, so it is worth keeping; the sealed text changes whenever the key does.
const CLIENTS_MAX = 100;
const clients = new Map<string, Stripe>();

/** The client of a connection: with its own key, at its own account. */
export function stripeOf(
  deps: { config: Pick<Config, "sealingKeys" | "stripe"> },
  connection: ConnectionEntity,
): Stripe {
  const { id, secretKeySealed, status } = connection;
  if (status === "DISCONNECTED" || secretKeySealed === null) {
    throw new Refusal("STRIPE_NOT_CONNECTED", {
      say: "This Stripe account is disconnected. `connectStripe` with a key of the account connects it again.",
      note: { connectionId: id },
    });
  }
  const { apiBase } = deps.config.stripe;
  const name = `${apiBase ?? ""} ${secretKeySealed}`;
  const known = clients.get(name);
  if (known) return known;
  const opened = openStripe({ secretKey: unsealOf(deps, id, "secret_key", secretKeySealed), apiBase });
  if (clients.size >= CLIENTS_MAX) clients.clear();
  clients.set(name, opened);
  return opened;
}
