import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Bug } from "./refusal";
import type { NamedKey, SealingKey } from "./sealing-key";

// Secrets at rest: AES-256-GCM under a key whose id stands in the sealed text, bound to the row it lives in. A sealed text
// copied into another row, or opened with another key, does not open.

/** A sealed text that does not open. Nothing else is a reason to doubt the encryption key. */
export class UnsealFailure extends Bug {
  /** @param isKeyMissing whether the key that sealed the text is not among those that the server has */
  constructor(
    message: string,
    note: Record<string, unknown>,
    readonly isKeyMissing: boolean,
  ) {
    super(message, note);
  }
}

const TAG_LENGTH = 16;
const VERSION = "v2";

/** @param boundTo names the row and the column, for example `signing_keys/<id>/private`. */
export function seal(key: SealingKey, boundTo: string, plain: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce).setAAD(Buffer.from(boundTo));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return [
    VERSION,
    key.id,
    nonce.toString("base64url"),
    Buffer.concat([sealed, cipher.getAuthTag()]).toString("base64url"),
  ].join(".");
}

export function unseal(keys: readonly SealingKey[], boundTo: string, text: string): string {
  const [version, keyId, nonce, body] = text.split(".");
  if ((version !== VERSION && version !== "v1") || !nonce || !body) {
    throw new UnsealFailure("a sealed text is malformed", { boundTo }, false);
  }
  const derived = version === VERSION ? keys : keys.map(({ older }) => older);
  const key = derived.find((candidate: NamedKey) => candidate.id === keyId);
  if (!key) {
    throw new UnsealFailure("a secret was sealed with a key that this server does not have", { boundTo, keyId }, true);
  }
  const bytes = Buffer.from(body, "base64url");
  try {
    // Without a length of its own, a shortened tag would be taken, and four bytes can be guessed.
    const lengths = { authTagLength: TAG_LENGTH };
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, Buffer.from(nonce, "base64url"), lengths);
    decipher.setAAD(Buffer.from(boundTo)).setAuthTag(bytes.subarray(-TAG_LENGTH));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_LENGTH)), decipher.final()]).toString("utf8");
  } catch {
    const message = "a sealed text does not open: it was changed, or it belongs to another row";
    throw new UnsealFailure(message, { boundTo }, false);
  }
}

/** The same secret under the first key, as it is derived now; null when that is what seals it already. */
export function reseal(keys: readonly SealingKey[], boundTo: string, text: string): string | null {
  const [first] = keys;
  if (!first) throw new UnsealFailure("there is no sealing key", { boundTo }, true);
  const plain = unseal(keys, boundTo, text);
  return text.startsWith(`${VERSION}.${first.id}.`) ? null : seal(first, boundTo, plain);
}
