import { BlockList, isIP } from "node:net";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Pure: whether an IP address leads to this machine itself. An IPv4 address in IPv6 form counts as the IPv4 address. */
export function isLoopbackAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 6 ? "ipv6" : "ipv4");
}

// Proxies and tunnels add these. Whoever is behind one calls from elsewhere, although the connection is local.
const FORWARDING = /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/;

/** Pure: whether a request was sent by a program on this machine: from loopback, and through no proxy that says so. */
export function isLocalCaller(peer: string | undefined, headers: Headers): boolean {
  if (peer === undefined || !isLoopbackAddress(peer)) return false;
  return !Object.keys(headers).some((name) => FORWARDING.test(name));
}

/** Pure: whether the Host header names this machine. A page whose name was pointed here cannot make a browser say so. */
export function isLocalHost(host: string | undefined): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host ?? "");
}
