import { decideOnward, decideWayOut, type Visitor } from "../../src/http/decide-onward";

const publicUrl = "http://127.0.0.1:4000";
const two = ["https://shop.example", "https://blog.example"];
const demo = { address: `${publicUrl}/demo`, words: "Back to the demo shop" };
const shop = { address: "https://shop.example", words: "Back to shop.example" };

const configOf = (allowedUrls: string[], localMode = false) => ({ allowedUrls, localMode, publicUrl });

test.each<[string, string[], Partial<Visitor>, object | null]>([
  ["to the demo shop", [], { demoPath: "/demo" }, demo],
  ["to the only website", ["https://shop.example", "shopapp://"], {}, shop],
  ["nowhere: several websites", two, {}, null],
  ["nowhere: an app alone", ["shopapp://"], {}, null],
  ["nowhere: no website", [], {}, null],
  ["to the website that the visitor came from", two, { referer: "https://shop.example/a?b=c" }, shop],
  ["not to a stranger's website", two, { referer: "https://evil.example/https://shop.example" }, null],
  ["not to what is no address", two, { referer: "shop.example" }, null],
  [
    "to the page that the link names, before the demo shop",
    two,
    { demoPath: "/demo", cancelUrl: "https://blog.example/cart?a=1" },
    { address: "https://blog.example/cart?a=1", words: "Back to blog.example" },
  ],
  ["not to a stranger's page that the link names", two, { cancelUrl: "https://evil.example/" }, null],
  ["not to a script that the link names", two, { cancelUrl: "javascript:alert(1)//https://shop.example" }, null],
])("a page of ours leads %s", (_, allowedUrls, visitor, onward) => {
  expect(decideOnward(configOf(allowedUrls), { demoPath: undefined, ...visitor })).toEqual(onward);
});

test("a page of a failure that may pass leads to the same address again, wherever else it could lead", () => {
  const visitor = { demoPath: "/demo", path: "/buy/pro", retryable: true };
  expect(decideWayOut(configOf(["https://shop.example"], true), visitor)).toEqual({
    address: "/buy/pro",
    words: "Try again",
  });
});

test.each<[string, string[], boolean, string, object]>([
  ["where other pages lead", ["https://shop.example"], false, "/buy/pro", shop],
  ["to GraphiQL in local mode", [], true, "/nothing", { address: `${publicUrl}/graphiql`, words: "Open GraphiQL" }],
  ["to the same address again", [], false, "/buy/pro?mode=test", { address: "/buy/pro?mode=test", words: "Try again" }],
  ["never to another host", [], false, "//evil.example/", { address: "/", words: "Try again" }],
  [
    "never to another host, written with a backslash",
    [],
    false,
    "/\\evil.example",
    { address: "/", words: "Try again" },
  ],
])("a page of a failure leads %s", (_, allowedUrls, localMode, path, link) => {
  expect(decideWayOut(configOf(allowedUrls, localMode), { demoPath: undefined, path })).toEqual(link);
});
