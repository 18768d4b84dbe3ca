import { readPublicIdOf } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Reader } from "../database/db";
import type { ConnectionEntity } from "./connection.entity";
import { findConnected, findConnection } from "./connections.store";

/** The named connection of this mode, disconnected or not. */
export async function getConnection(
  deps: { db: Reader },
  mode: Mode,
  named: string,
  field = "connection",
): Promise<ConnectionEntity> {
  const id = readPublicIdOf("connection", named);
  const connection = id && (await findConnection(deps.db, mode, id));
  if (connection) return connection;
  throw new Refusal("NOT_FOUND", { say: "There is no such Stripe connection in this mode.", field });
}

/** The named connection of this mode, or the one that there is. Which of several is never guessed. */
export async function connectionOf(
  deps: { db: Reader },
  mode: Mode,
  named?: string | null,
  field = "connection",
): Promise<ConnectionEntity> {
  if (named) return getConnection(deps, mode, named, field);
  const [only, ...others] = await findConnected(deps.db, mode);
  if (!only) {
    throw new Refusal("STRIPE_NOT_CONNECTED", {
      say: `No Stripe account is connected in ${mode.toLowerCase()} mode. \`connectStripe\` connects one.`,
    });
  }
  if (others.length > 0) {
    throw new Refusal("INVALID_INPUT", {
      say: `${others.length + 1} Stripe accounts are connected in this mode: name the connection.`,
      field,
    });
  }
  return only;
}
