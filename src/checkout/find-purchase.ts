import type { SourceFacts } from "../access/fact";
import { findSources } from "../access/facts.store";
import { Failure, Refusal } from "../base/refusal";
import { findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnected } from "../connections/connections.store";
import { getConnection } from "../connections/find-connection";
import type { Deps, Identity } from "../graphql/context";
import { type Sighting, lookAt } from "../projection/look-at";
import type { NamedPurchase } from "./read-claimed-purchase";

type Parts = Deps & { identity: Identity };

/** A purchase as Stripe has it now. */
export interface FoundPurchase {
  connection: ConnectionEntity;
  sighting: Sighting;
  /** The part of it that sells something. */
  bought: readonly SourceFacts[];
}

/** Looks for the purchase in the named account, else in each that is connected, first where it is known already. */
export async function findPurchase(
  deps: Parts,
  target: NamedPurchase,
  named: string | null | undefined,
): Promise<FoundPurchase> {
  const failures: Failure[] = [];
  for (const connection of await findPlaces(deps, target, named)) {
    try {
      const found = await findIn(deps, connection, target);
      if (found) return found;
    } catch (error) {
      // Another account may have it, whatever is wrong with this one.
      if (!(error instanceof Failure)) throw error;
      failures.push(error);
    }
  }
  throw failures[0] ?? purchaseNotFound(target);
}

export function purchaseNotFound({ field }: NamedPurchase): Refusal {
  return new Refusal("PURCHASE_NOT_FOUND", { say: "There is no such purchase.", field });
}

async function findPlaces(
  { db, identity: { mode } }: Parts,
  { id: source }: NamedPurchase,
  named: string | null | undefined,
): Promise<ConnectionEntity[]> {
  if (named) return [await getConnection({ db }, mode, named, "input.connection")];
  const connected = await findConnected(db, mode);
  if (connected.length === 0) {
    throw new Refusal("STRIPE_NOT_CONNECTED", {
      say: `No Stripe account is connected in ${mode.toLowerCase()} mode. \`connectStripe\` connects one.`,
    });
  }
  if (connected.length === 1) return connected;
  const keys = connected.map(({ id: connectionId }) => ({ connectionId, source }));
  const holding = new Set((await findSources(db, keys)).map(({ facts }) => facts.connectionId));
  return [...connected.filter(({ id }) => holding.has(id)), ...connected.filter(({ id }) => !holding.has(id))];
}

async function findIn(
  deps: Parts,
  connection: ConnectionEntity,
  { kind, id }: NamedPurchase,
): Promise<FoundPurchase | null> {
  // Stripe refuses to list what belongs to a payment that it does not know.
  const isThere = kind !== "PAYMENT" || (await findPayment(deps, connection, id)) !== null;
  if (!isThere) return null;
  const sighting = await lookAt(deps, connection, [{ kind, id }]);
  const bought = sighting.facts.filter(({ items }) => items.length > 0);
  return bought.length === 0 ? null : { connection, sighting, bought };
}

function findPayment(deps: Parts, connection: ConnectionEntity, id: string): Promise<unknown> {
  return findInAccount(deps, connection, id, (stripe) => stripe.paymentIntents.retrieve(id));
}
