import { readPublicIdOf } from "../base/ids";

/** A product as callers name one: by our id or by its key. */
export type ProductRef = { id: string; key: null } | { id: null; key: string };

export function readProductRef(text: string): ProductRef {
  const id = readPublicIdOf("product", text);
  return id ? { id, key: null } : { id: null, key: text };
}
