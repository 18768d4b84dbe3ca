import { isLocalCaller, isLocalHost, isLoopbackAddress } from "../../src/base/local-caller";

test.each<[string, boolean]>([
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["::1", true],
  ["0:0:0:0:0:0:0:1", true],
  ["::ffff:127.0.0.1", true],
  ["::ffff:7f00:1", true],
  ["0.0.0.0", false],
  ["::", false],
  ["10.0.0.1", false],
  ["169.254.169.254", false],
  ["::ffff:10.0.0.1", false],
  ["2001:db8::1", false],
  ["localhost", false],
  ["", false],
])("%s leads to this machine: %s", (address, expected) => expect(isLoopbackAddress(address)).toBe(expected));

test("a caller is local on a loopback connection that no proxy has touched", () => {
  expect(isLocalCaller("127.0.0.1", { host: "evil.example", accept: "*/*" })).toBe(true);
  expect(isLocalCaller(undefined, {})).toBe(false);
  expect(isLocalCaller("10.0.0.1", { host: "localhost" })).toBe(false);
  for (const name of ["forwarded", "via", "x-forwarded-for", "x-forwarded-anything", "x-real-ip", "cf-connecting-ip"]) {
    expect(isLocalCaller("127.0.0.1", { [name]: "" })).toBe(false);
  }
});

test.each<[string | undefined, boolean]>([
  ["localhost", true],
  ["LOCALHOST:4000", true],
  ["127.0.0.1:1", true],
  ["[::1]:4000", true],
  ["localhost.evil.example", false],
  ["evil.example:4000", false],
  ["127.0.0.1.evil.example", false],
  ["localhost:4000@evil.example", false],
  ["", false],
  [undefined, false],
])("the Host header %s names this machine: %s", (host, expected) => expect(isLocalHost(host)).toBe(expected));
