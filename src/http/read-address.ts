import { isIP } from "node:net";

/**
 * Each proxy adds at the end of X-Forwarded-For whom it was called by, and anybody can send the beginning. So the chain
 * is read from its end, and only as far as there are proxies of ours.
 */
export function readAddress(
  peer: string | undefined,
  forwardedFor: string | string[] | undefined,
  trustedProxies: number,
): string {
  const own = plain(peer ?? "") ?? "unknown";
  if (trustedProxies === 0 || forwardedFor === undefined) return own;
  const claimed = String(forwardedFor)
    .split(",")
    .slice(-trustedProxies)
    .map((address) => plain(address.trim()));
  // A proxy that says nothing readable hides everything before it.
  const readable = claimed.slice(claimed.lastIndexOf(null) + 1);
  return readable[0] ?? own;
}

/** An IPv4 address that arrives on an IPv6 socket is the same address. */
function plain(address: string): string | null {
  const text = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(text) === 0 ? null : text;
}
