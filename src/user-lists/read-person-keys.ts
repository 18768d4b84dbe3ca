import { emailKeyOf } from "../users/email-key";
import type { SaidUser } from "./read-listed-user";

/** By what a row names its person, each as a short name that tells nothing of them. */
export function readPersonKeys({ id, hasOwnIds, externalId, email }: SaidUser): number[] {
  const keys: number[] = [];
  const own = externalId ?? (hasOwnIds ? undefined : id);
  if (own !== undefined) keys.push(hash(`x${own.trim()}`));
  if (hasOwnIds && id !== undefined) keys.push(hash(`i${id.trim()}`));
  if (email !== undefined) keys.push(hash(`e${emailKeyOf(email)}`));
  return keys;
}

/**
 * 53 bits. Two people of a million share a name once in some thousand lists, and then are only looked at more closely.
 * (cyrb53, which is in the public domain.)
 */
function hash(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    a = Math.imul(a ^ unit, 2_654_435_761);
    b = Math.imul(b ^ unit, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0);
}
