import fc from "fast-check";
import { readAddress } from "../../src/http/read-address";

test.each<[string, string | undefined, string | undefined, number, string]>([
  ["nobody is trusted", "1.1.1.1", "2.2.2.2", 0, "1.1.1.1"],
  ["one proxy says whom it saw", "10.0.0.1", "6.6.6.6, 2.2.2.2", 1, "2.2.2.2"],
  ["two proxies", "10.0.0.1", "6.6.6.6, 2.2.2.2, 10.0.0.2", 2, "2.2.2.2"],
  ["a chain shorter than believed", "10.0.0.1", "2.2.2.2", 3, "2.2.2.2"],
  ["no header", "10.0.0.1", undefined, 1, "10.0.0.1"],
  ["something unreadable hides what came before it", "10.0.0.1", "2.2.2.2, unknown", 2, "10.0.0.1"],
  ["IPv4 on an IPv6 socket", "::ffff:1.2.3.4", undefined, 0, "1.2.3.4"],
  ["IPv4 on an IPv6 socket, in hex", "::ffff:102:304", undefined, 0, "1.2.3.4"],
  ["IPv4 on an IPv6 socket, written out", "0:0:0:0:0:ffff:1.2.3.4", undefined, 0, "1.2.3.4"],
  ["an IPv6 caller is its /64", "::1", "2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::/64"],
  ["an IPv6 caller in short form", "2001:DB8::9", undefined, 0, "2001:db8:0:0::/64"],
  ["an IPv6 caller with zeros written out", "2001:0db8:0000:0000:ffff::", undefined, 0, "2001:db8:0:0::/64"],
  ["an IPv6 caller with a zone", "fe80::1%eth0", undefined, 0, "fe80:0:0:0::/64"],
  ["loopback", "::1", undefined, 0, "0:0:0:0::/64"],
  ["another network", "2001:db8:0:1::9", undefined, 0, "2001:db8:0:1::/64"],
  ["a proxy that adds the port", "10.0.0.1", "2.2.2.2:4711", 1, "2.2.2.2"],
  ["a proxy that adds brackets and port", "10.0.0.1", "[2001:db8::5]:4711", 1, "2001:db8:0:0::/64"],
  ["no socket", undefined, undefined, 0, "unknown"],
])("the client's address: %s", (_, peer, forwarded, trusted, address) => {
  expect(readAddress(peer, forwarded, trusted)).toBe(address);
});

test("all addresses of one /64 are one caller, and another /64 is another", () => {
  const network = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 });
  const write = (words: number[]) => words.map((word) => word.toString(16)).join(":");
  fc.assert(
    fc.property(network, network, network, (one, host, other) => {
      const caller = readAddress(write([...one, ...host]), undefined, 0);
      const isMapped = one.every((word) => word === 0) && host[0] === 0 && host[1] === 0xffff;
      fc.pre(!isMapped);
      expect(caller).toBe(`${write(one)}::/64`);
      expect(readAddress(write([...one, ...other]), undefined, 0)).toBe(caller);
    }),
    { seed: 11, numRuns: 200 },
  );
});
