import { createHash, hkdfSync, scryptSync } from "node:crypto";

/** 256 bits, with a name that a sealed text carries. */
export interface NamedKey {
  id: string;
  bytes: Buffer;
}

/** The keys that come from one secret. They are derived when they are first used, and kept. */
export interface SealingKey extends NamedKey {
  /** Signs addresses that we give out. */
  signing: Buffer;
  /** Derived as version 1 did. It opens what that version sealed and signed, and seals nothing. */
  older: NamedKey;
}

// 32 MB and about a tenth of a second for each guess of a secret.
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
// One secret has one key, so the salt is the same everywhere; the secret itself has to be random.
const SALT = "latchkey sealing key v2";
const BYTES = 32;

const known = new Map<string, SealingKey>();
const KNOWN_MAX = 100;

export function sealingKey(secret: string): SealingKey {
  const kept = known.get(secret);
  if (kept) return kept;
  const key = lazyKey(secret);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(secret, key);
  return key;
}

function lazyKey(secret: string): SealingKey {
  const root = once(() => scryptSync(secret, SALT, BYTES, COST));
  const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", root(), "", `latchkey ${purpose}`, BYTES));
  const id = once(() => derive("key id").toString("hex").slice(0, 8));
  const bytes = once(() => derive("sealing"));
  const signing = once(() => derive("signing"));
  const older = once(() => olderKey(secret));
  return {
    get id() {
      return id();
    },
    get bytes() {
      return bytes();
    },
    get signing() {
      return signing();
    },
    get older() {
      return older();
    },
  };
}

function olderKey(secret: string): NamedKey {
  const bytes = createHash("sha256").update(`latchkey sealing key\n${secret}`).digest();
  return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes };
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
