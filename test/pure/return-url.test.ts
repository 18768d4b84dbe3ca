import { Refusal } from "../../src/base/refusal";
import { sealingKey } from "../../src/base/sealing-key";
import { readHandBack } from "../../src/links/hand-back-url";
import { readReturnUrl } from "../../src/links/return-url";
import { hostileUrls } from "../kit/hostile-urls";

const config = {
  localMode: false,
  publicUrl: "https://access.shop.example",
  allowedUrls: ["https://shop.example", "https://app.shop.example:8443", "http://127.0.0.1:3000", "shopapp://"],
  sealingKeys: [sealingKey("4f1c9b7de2a85306bd94e17c60fa3528ce7d19b04a6f83e5")],
};
const read = (text: string) => readReturnUrl(config, text, "input.successUrl", { mayHoldSession: true });

const good = [
  "https://shop.example",
  "https://shop.example/",
  "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
  "https://shop.example/thanks/{CHECKOUT_SESSION_ID}/done?a=1&b=%20c&d=%C3%A9",
  "https://shop.example/#/thanks?session={CHECKOUT_SESSION_ID}",
  "https://shop.example:443/thanks",
  "https://SHOP.example/Thanks",
  "https://app.shop.example:8443/thanks",
  "http://127.0.0.1:3000/thanks?next=https://shop.example/a",
  "https://shop.example/a.b/..c/.well-known?x=../y",
  "https://shop.example/@ada?mail=a@b.example",
];

test.each(good)("RWS-X16: %s reaches Stripe byte for byte, query and placeholder and all", (url) => {
  expect(read(url)).toEqual({ url, stripeUrl: url });
});

test.each(hostileUrls)("RWS-X32: nobody is led to %s", (_, url) => {
  expect(() => read(url)).toThrow(Refusal);
});

test.each(["shopapp://thanks?session={CHECKOUT_SESSION_ID}&a=%20", "shopapp://", "ShopApp://a/b"])(
  "TA-X28: Stripe is given an address of ours for the app's %s, which leads there and nowhere else",
  (url) => {
    const { stripeUrl } = read(url);
    expect(stripeUrl).toMatch(/^https:\/\/access\.shop\.example\/return\/[\w.-]+(\?session=\{CHECKOUT_SESSION_ID\})?$/);
    const ticket = /return\/([^?]+)/.exec(stripeUrl)?.[1] ?? "";
    expect(readHandBack(config, ticket, "cs_test_1")).toBe(url.replace("{CHECKOUT_SESSION_ID}", "cs_test_1"));
  },
);

const hostile: [what: string, url: string][] = [
  ["nothing", ""],
  ["a space", " "],
  ["a word", "thanks"],
  ["a path", "/thanks"],
  ["another scheme's host", "//shop.example/thanks"],
  ["another origin", "https://evil.example/"],
  ["another port", "https://shop.example:8443/"],
  ["no port where one is listed", "https://app.shop.example/"],
  ["http where https is listed", "http://shop.example/"],
  ["https where http is listed", "https://127.0.0.1:3000/"],
  ["a subdomain", "https://www.shop.example/"],
  ["a parent domain", "https://example/"],
  ["a longer host", "https://shop.example.evil.example/"],
  ["a host that ends alike", "https://evilshop.example/"],
  ["a host that begins alike", "https://shop.examples/"],
  ["a trailing dot", "https://shop.example./"],
  ["two dots", "https://shop..example/"],
  ["a dash for the dot", "https://shop-example/"],
  ["a user", "https://shop.example@evil.example/"],
  ["a user of the right host", "https://ada@shop.example/"],
  ["a user and a password", "https://ada:secret@shop.example/"],
  ["an empty user", "https://@shop.example/"],
  ["a port that is a user", "https://shop.example:443@evil.example/"],
  ["an escaped user", "https://shop.example%40evil.example/"],
  ["a user behind a fragment", "https://evil.example#@shop.example/"],
  ["a user behind a question", "https://evil.example?@shop.example/"],
  ["a backslash", "https://shop.example\\@evil.example/"],
  ["a backslash for a slash", "https:\\\\shop.example\\"],
  ["a backslash in the path", "https://shop.example/\\evil.example"],
  ["an escaped backslash", "https://shop.example/%5cevil.example"],
  ["a slash too few", "https:/shop.example/"],
  ["no slashes", "https:shop.example/"],
  ["a slash too many", "https:///shop.example/"],
  ["a path of two slashes", "https://shop.example//evil.example"],
  ["a hidden second slash", "https://shop.example/%2fevil.example"],
  ["an encoded dot in the host", "https://shop%2eexample/"],
  ["an encoded dot that adds a host", "https://shop.example%2eevil.example/"],
  ["steps up", "https://shop.example/a/../../b"],
  ["encoded steps up", "https://shop.example/a/%2e%2e/b"],
  ["half encoded steps up", "https://shop.example/a/.%2E/b"],
  ["steps up behind an encoded slash", "https://shop.example/a%2f..%2fb"],
  ["a step in place", "https://shop.example/./b"],
  ["a line feed", "https://shop.example/\n"],
  ["a line feed in the scheme", "ht\ntps://shop.example/"],
  ["a carriage return", "https://shop.example/\r\nLocation: https://evil.example"],
  ["a tab in the host", "https://shop\t.example/"],
  ["a leading space", " https://shop.example/"],
  ["a trailing space", "https://shop.example/ "],
  ["a leading control character", "\u0001https://shop.example/"],
  ["NUL", "https://shop.example/\u0000"],
  ["an encoded NUL", "https://shop.example/%00"],
  ["an encoded line feed", "https://shop.example/a%0d%0aSet-Cookie:b"],
  ["a broken escape", "https://shop.example/%zz"],
  ["an escape cut short", "https://shop.example/%2"],
  ["a Cyrillic letter", "https://shоp.example/"],
  ["punycode of it", "https://xn--shp-tmc.example/"],
  ["a wide full stop", "https://shop。example/"],
  ["a wide letter", "https://shop.exampleｅ/"],
  ["a soft hyphen", "https://sh\u00adop.example/"],
  ["a joiner of no width", "https://shop\u200d.example/"],
  ["text that runs backwards", "https://shop.example/\u202eexe"],
  ["a letter with an accent in the path", "https://shop.example/é"],
  ["another way to write the number", "http://2130706433:3000/"],
  ["a number in hexadecimal", "http://0x7f.0.0.1:3000/"],
  ["a short number", "http://127.1:3000/"],
  ["a number in IPv6", "http://[::ffff:127.0.0.1]:3000/"],
  ["a name of this machine", "http://localhost:3000/"],
  ["a wildcard", "https://*.shop.example/"],
  ["the address of a cloud's secrets", "http://169.254.169.254/latest/meta-data"],
  ["a script", "javascript:alert(1)//https://shop.example/"],
  ["a script with slashes", "javascript://shop.example/%0aalert(1)"],
  ["a script in capitals", "JaVaScRiPt:alert(1)"],
  ["data", "data:text/html,<script>alert(1)</script>"],
  ["a file", "file:///etc/passwd"],
  ["a blob", "blob:https://shop.example/1"],
  ["a view of source", "view-source:https://shop.example/"],
  ["an intent", "intent://shop.example/#Intent;scheme=https;end"],
  ["an app that is not listed", "otherapp://thanks"],
  ["an app that begins alike", "shopapp2://thanks"],
  ["an app without slashes", "shopapp:thanks"],
  ["an app with one slash", "shopapp:/thanks"],
  ["an app with a user", "shopapp://ada@thanks"],
  ["an app with a fragment", "shopapp://thanks#a"],
  ["an app with a control character", "shopapp://thanks%0a"],
  ["our own hand-back", "https://access.shop.example/return/abc.def"],
  ["other braces", "https://shop.example/{CUSTOMER_ID}"],
  ["the placeholder in the host", "https://{CHECKOUT_SESSION_ID}.shop.example/"],
  ["half a placeholder", "https://shop.example/{CHECKOUT_SESSION_ID"],
  ["a placeholder that is escaped", "https://shop.example/{CHECKOUT%5FSESSION_ID}"],
  ["a quote", 'https://shop.example/"onclick="'],
  ["angles", "https://shop.example/<script>"],
  ["a bar", "https://shop.example/a|b"],
  ["much too long", `https://shop.example/${"a".repeat(2_000)}`],
];

test(`sixty hostile addresses and more are looked at`, () => expect(hostile.length).toBeGreaterThanOrEqual(60));

test.each(hostile)("RWS-X16: nobody is sent to %s", (_, url) => {
  expect(() => read(url)).toThrow(Refusal);
  try {
    read(url);
  } catch (error) {
    expect(error).toMatchObject({ code: "URL_NOT_ALLOWED", field: "input.successUrl" });
    // The refusal does not repeat it: what was sent may be somebody's trap for logs.
    expect(url.length < 3 || !String(error).includes(url)).toBe(true);
  }
});

test("nothing is allowed where nothing is listed", () => {
  const nothing = { ...config, allowedUrls: [] };
  for (const url of good) expect(() => readReturnUrl(nothing, url, "input.returnUrl")).toThrow(Refusal);
});

test("where Stripe puts no session, its placeholder is no address", () => {
  expect(() => readReturnUrl(config, "https://shop.example/{CHECKOUT_SESSION_ID}", "input.cancelUrl")).toThrow(Refusal);
});

test("local mode leads back to every page on this machine, whatever its port, and nowhere else", () => {
  const here = { ...config, localMode: true, allowedUrls: [] };
  const readHere = (text: string) => readReturnUrl(here, text, "input.successUrl", { mayHoldSession: true });
  for (const url of [
    "http://localhost:5173/thanks?session={CHECKOUT_SESSION_ID}",
    "http://127.0.0.1:3000/",
    "http://[::1]:3000/a",
    "http://shop.localhost/",
    "https://localhost:8443/",
  ]) {
    expect(readHere(url)).toEqual({ url, stripeUrl: url });
    expect(() => readReturnUrl({ ...config, allowedUrls: [] }, url, "input.successUrl")).toThrow(Refusal);
  }
  const elsewhere = hostileUrls
    .map(([, each]) => each)
    .filter((each) => !/^https?:\/\/(localhost|127\.0\.0\.1)[:/]/.test(each));
  const strangers = [
    "http://localhost.evil.example/",
    "http://127.0.0.1@evil.example/",
    "http://192.168.1.2/",
    "http://127.1/",
  ];
  for (const url of [...strangers, ...elsewhere]) expect(() => readHere(url)).toThrow(Refusal);
});
