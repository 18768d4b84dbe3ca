import { readAddress } from "../../src/http/read-address";

test.each<[string, string | undefined, string | undefined, number, string]>([
  ["nobody is trusted", "1.1.1.1", "2.2.2.2", 0, "1.1.1.1"],
  ["one proxy says whom it saw", "10.0.0.1", "6.6.6.6, 2.2.2.2", 1, "2.2.2.2"],
  ["two proxies", "10.0.0.1", "6.6.6.6, 2.2.2.2, 10.0.0.2", 2, "2.2.2.2"],
  ["a chain shorter than believed", "10.0.0.1", "2.2.2.2", 3, "2.2.2.2"],
  ["no header", "10.0.0.1", undefined, 1, "10.0.0.1"],
  ["something unreadable hides what came before it", "10.0.0.1", "2.2.2.2, unknown", 2, "10.0.0.1"],
  ["IPv4 on an IPv6 socket", "::ffff:1.2.3.4", undefined, 0, "1.2.3.4"],
  ["IPv6", "::1", "2001:db8::1", 1, "2001:db8::1"],
  ["no socket", undefined, undefined, 0, "unknown"],
])("the client's address: %s", (_, peer, forwarded, trusted, address) => {
  expect(readAddress(peer, forwarded, trusted)).toBe(address);
});
