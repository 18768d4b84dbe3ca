import { createHash } from "node:crypto";
import type { Identity } from "../graphql/context";

/** Who is behind a publishable key, which everybody may hold. */
export interface Visitor {
  address: string;
  /** The guest's e-mail address, as users are found by it. */
  guest: string | null;
}

/**
 * Whose an idempotency key is: an API key's, a user's, or a visitor's. Nobody else can use it up, or get what it stands for by
 * repeating it. A hash, because it names people.
 */
export function scopeOf(identity: Identity, visitor: Visitor | null = null): string {
  return createHash("sha256").update(nameOf(identity, visitor)).digest("hex");
}

function nameOf({ role, userId, apiKeyId }: Identity, visitor: Visitor | null): string {
  if (userId !== null) return `user ${userId}`;
  if (apiKeyId === null) return "command line";
  if (role !== "PUBLISHABLE") return `key ${apiKeyId}`;
  return `key ${apiKeyId} ${JSON.stringify([visitor?.address ?? "", visitor?.guest ?? ""])}`;
}
