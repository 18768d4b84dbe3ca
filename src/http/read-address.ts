import { isIP } from "node:net";

/**
 * Returns the caller that limits count: an IPv4 address, or the /64 network of an IPv6 address, because one household
 * or server owns a whole /64. Each proxy appends its caller to X-Forwarded-For, and anybody can send the beginning, so
 * the chain is read from its end and only as far as there are trusted proxies.
 */
export function readAddress(
  peer: string | undefined,
  forwardedFor: string | string[] | undefined,
  trustedProxies: number,
): string {
  const own = groupOf(peer ?? "") ?? "unknown";
  if (trustedProxies === 0 || forwardedFor === undefined) return own;
  const claimed = String(forwardedFor)
    .split(",")
    .slice(-trustedProxies)
    .map((address) => groupOf(withoutPort(address.trim())));
  // A proxy that sends an unreadable address hides everything before it.
  const readable = claimed.slice(claimed.lastIndexOf(null) + 1);
  return readable[0] ?? own;
}

/** Some proxies write `1.2.3.4:5678` and `[2001:db8::1]:5678`. */
function withoutPort(address: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^(\d[\d.]+):\d+$/.exec(address)?.[1] ?? address;
}

function groupOf(address: string): string | null {
  const text = address.replace(/%.*$/, "");
  const version = isIP(text);
  if (version !== 6) return version === 4 ? text : null;
  const words = wordsOf(text);
  return ipv4Inside(words) ?? `${words.slice(0, NETWORK_WORDS).map(hex).join(":")}::/64`;
}

const WORDS = 8;
const NETWORK_WORDS = 4;
const MAPPED_MARK = 0xffff;

/** The eight numbers of an IPv6 address, whichever way it is written. */
function wordsOf(address: string): number[] {
  const [head = [], tail] = address.split("::").map(parseWords);
  if (!tail) return head;
  return [...head, ...Array<number>(WORDS - head.length - tail.length).fill(0), ...tail];
}

function parseWords(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((part) => {
    if (!part.includes(".")) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** An IPv4 caller on an IPv6 socket (`::ffff:1.2.3.4`) is the same caller. */
function ipv4Inside(words: readonly number[]): string | null {
  const [high = 0, low = 0] = words.slice(6);
  const isMapped = words.slice(0, 5).every((word) => word === 0) && words[5] === MAPPED_MARK;
  return isMapped ? [high >> 8, high & 255, low >> 8, low & 255].join(".") : null;
}

function hex(word: number): string {
  return word.toString(16);
}
