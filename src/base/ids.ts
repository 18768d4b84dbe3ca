import { randomFillSync } from "node:crypto";

/**
 * Inside, an id is a time-ordered UUID (version 7). Outside, it is an opaque string that says what it names: `usr_` and
 * the same 128 bits in lower-case Crockford base 32, which keeps the order and can be read over a telephone.
 */
export const idPrefixes = {
  user: "usr",
  product: "prd",
  resource: "res",
  grant: "grt",
  activity: "act",
  apiKey: "key",
  connection: "con",
  link: "lnk",
  customerLink: "cul",
  job: "job",
  unclaimedPurchase: "upc",
} as const;

export type IdKind = keyof typeof idPrefixes;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
// Twenty bits are five hexadecimal digits and four letters. In front are the eight bits that remain, in two letters.
const [DIGITS, LETTERS] = [5, 4];
const [FIRST_DIGITS, FIRST_LETTERS] = [2, 2];
const SHAPE = /^([a-z]{3})_([0-9a-hjkmnp-tv-z]{26})$/;
const kinds = new Map<string, IdKind>(Object.entries(idPrefixes).map(([kind, prefix]) => [prefix, kind as IdKind]));

let askedMs = 0;
let writtenMs = 0;
let sequence = 0;

const BYTES = 16;
const pool = Buffer.alloc(256 * BYTES);
let taken = pool.length;

/** Bytes that are used once. The generator is asked for many at a time: each question costs as much as the rest of an id. */
function takeRandom(): Buffer {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  return pool.subarray(taken, (taken += BYTES));
}

/**
 * A new UUID of version 7. Ids made by one process keep their order through a 12 bit sequence; when a millisecond has used
 * that up, the next one is begun early.
 */
export function newUuid(now: Date = new Date()): string {
  const ms = Math.max(now.getTime(), 0);
  if (ms >= askedMs && ms <= writtenMs) {
    sequence = (sequence + 1) & 0xfff;
    if (sequence === 0) writtenMs++;
  } else {
    sequence = 0;
    writtenMs = ms;
  }
  askedMs = ms;
  const bytes = takeRandom();
  bytes.writeUIntBE(writtenMs, 0, 6);
  bytes[6] = 0x70 | (sequence >> 8);
  bytes[7] = sequence & 0xff;
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The lowest UUID of version 7 that `newUuid` can make at this moment: ids made then or later sort after it. */
export function firstUuidAt(moment: Date): string {
  const hex = Math.max(moment.getTime(), 0).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}

export function toPublicId(kind: IdKind, uuid: string): string {
  const hex = uuid.replaceAll("-", "");
  let text = writeLetters(parseInt(hex.slice(0, FIRST_DIGITS), 16), FIRST_LETTERS);
  for (let at = FIRST_DIGITS; at < hex.length; at += DIGITS) {
    text += writeLetters(parseInt(hex.slice(at, at + DIGITS), 16), LETTERS);
  }
  return `${idPrefixes[kind]}_${text}`;
}

/** The kind and UUID behind a public id, or null for anything that we cannot have made. */
export function readPublicId(id: string): { kind: IdKind; uuid: string } | null {
  const match = SHAPE.exec(id);
  const kind = kinds.get(match?.[1] ?? "");
  if (!match?.[2] || !kind) return null;
  const text = match[2];
  const first = readLetters(text, 0, FIRST_LETTERS);
  if (first > 0xff) return null;
  let hex = first.toString(16).padStart(FIRST_DIGITS, "0");
  for (let at = FIRST_LETTERS; at < text.length; at += LETTERS) {
    hex += readLetters(text, at, LETTERS).toString(16).padStart(DIGITS, "0");
  }
  return {
    kind,
    uuid: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
  };
}

function writeLetters(value: number, count: number): string {
  let text = "";
  for (let shift = (count - 1) * 5; shift >= 0; shift -= 5) text += ALPHABET.charAt((value >> shift) & 31);
  return text;
}

function readLetters(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) value = (value << 5) | ALPHABET.indexOf(text.charAt(at));
  return value;
}

/** The UUID of a public id of this kind, or null. */
export function readPublicIdOf(kind: IdKind, id: string): string | null {
  const read = readPublicId(id);
  return read?.kind === kind ? read.uuid : null;
}
