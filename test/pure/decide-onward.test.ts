import { decideOnward } from "../../src/http/decide-onward";

const publicUrl = "http://127.0.0.1:4000";

test.each<[string, string[], string | undefined, object | null]>([
  ["to the demo shop", [], "/demo", { address: `${publicUrl}/demo`, words: "Back to the demo shop" }],
  [
    "to the only website",
    ["https://shop.example", "shopapp://"],
    undefined,
    { address: "https://shop.example", words: "Back to shop.example" },
  ],
  ["nowhere: several websites", ["https://shop.example", "https://blog.example"], undefined, null],
  ["nowhere: an app alone", ["shopapp://"], undefined, null],
  ["nowhere: no website", [], undefined, null],
])("a purchase leads on %s", (_, allowedUrls, demoPath, onward) => {
  expect(decideOnward({ allowedUrls, publicUrl }, demoPath)).toEqual(onward);
});
