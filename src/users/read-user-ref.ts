import { readPublicIdOf } from "../base/ids";

/** A user as callers name one: by our id or by their own. */
export type UserRef = { id: string; externalId: null } | { id: null; externalId: string };

export function readUserRef(text: string): UserRef {
  const id = readPublicIdOf("user", text);
  return id ? { id, externalId: null } : { id: null, externalId: text };
}
