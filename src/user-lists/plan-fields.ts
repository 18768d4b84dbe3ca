import { GraphQLError } from "graphql";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import { type JsonObject, JsonScalar } from "../graphql/scalars";
import { emailKeyOf } from "../users/email-key";
import { isProved, unproved, withProof } from "../users/proofs";
import type { UserEntity } from "../users/user.entity";
import type { ListedUser } from "./read-listed-user";

export type ListedFields = Pick<ListedUser, "externalId" | "email" | "emailVerified" | "name" | "metadata">;

/** The user as the row wants them: what it does not say stays. The very same object if nothing changes. */
export function planFields(user: UserEntity, row: ListedFields, { now, mode }: { now: Date; mode: Mode }): UserEntity {
  const email = row.email ?? user.email;
  const emailKey = row.email === undefined ? user.emailKey : emailKeyOf(row.email);
  // An address that has just been written is unproved, unless the list says otherwise.
  const kept = emailKey === user.emailKey ? user : unproved;
  const proofs = withProof(kept, mode, email !== null && (row.emailVerified ?? isProved(kept, mode)));
  const externalId = row.externalId ?? user.externalId;
  const name = row.name ?? user.name;
  const metadata = planMetadata(user.metadata as JsonObject, row.metadata);
  const isSame =
    email === user.email &&
    proofs.emailVerifiedLive === user.emailVerifiedLive &&
    proofs.emailVerifiedTest === user.emailVerifiedTest &&
    externalId === user.externalId &&
    name === user.name &&
    metadata === user.metadata;
  return isSame ? user : { ...user, email, emailKey, ...proofs, externalId, name, metadata, updatedAt: now };
}

function planMetadata(held: JsonObject, wanted: JsonObject): JsonObject {
  const keys = Object.keys(wanted);
  if (keys.every((key) => Object.hasOwn(held, key) && isSame(held[key], wanted[key]))) return held;
  const merged = { ...held, ...wanted };
  try {
    return JsonScalar.parseValue(merged);
  } catch (error) {
    if (error instanceof GraphQLError) throw new Refusal("INVALID_INPUT", { say: `Metadata: ${error.message}` });
    throw error;
  }
}

/** The database gives keys back in an order of its own. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame((a as JsonObject)[key], (b as JsonObject)[key]))
  );
}
