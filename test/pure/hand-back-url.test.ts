import { sealingKey } from "../../src/base/sealing-key";
import { readAppScheme, readHandBack, toHandBackUrl } from "../../src/links/hand-back-url";

const [first, second] = [sealingKey("first"), sealingKey("second")];
const config = {
  publicUrl: "https://access.shop.example",
  allowedUrls: ["https://shop.example", "shopapp://"],
  sealingKeys: [first],
};

function partsOf(address: string): { ticket: string; session: string | null } {
  const url = new URL(address);
  expect(url.origin).toBe(config.publicUrl);
  return { ticket: url.pathname.replace("/return/", ""), session: url.searchParams.get("session") };
}

/** What Stripe sends the browser to, and what we forward to then. */
function forwarded(appAddress: string, session: string): string | null {
  const stripes = toHandBackUrl(config, appAddress).replace("{CHECKOUT_SESSION_ID}", session);
  const parts = partsOf(stripes);
  return readHandBack(config, parts.ticket, parts.session);
}

test.each([
  "shopapp://",
  "shopapp://done",
  "shopapp://done?a=%7B1%7D&b=c%20d#e%2Ff",
  "ShopApp://Done/../x?q=%25",
  "shopapp://done?next=https%3A%2F%2Fshop.example%2F",
  "shopapp://done?a=1&a=2&;'()*~",
])("TA-X28: %s is forwarded to byte for byte", (address) => {
  expect(forwarded(address, "cs_test_1")).toBe(address);
});

test("RWS-X16: the place of the session reaches Stripe to the letter, and the app with the session in it", () => {
  const app = "shopapp://done?session={CHECKOUT_SESSION_ID}&again={CHECKOUT_SESSION_ID}";
  expect(toHandBackUrl(config, app).endsWith("?session={CHECKOUT_SESSION_ID}")).toBe(true);
  expect(forwarded(app, "cs_test_a1B2")).toBe("shopapp://done?session=cs_test_a1B2&again=cs_test_a1B2");
});

test.each(["", "{CHECKOUT_SESSION_ID}", "cs_test_1&x=2", "cs_test_1/../..", "javascript:alert(1)", "cs_test_\n"])(
  "a session that is none (%j) is put nowhere",
  (session) => {
    const app = "shopapp://done?session={CHECKOUT_SESSION_ID}";
    const { ticket } = partsOf(toHandBackUrl(config, app));
    expect(readHandBack(config, ticket, session)).toBe(app);
  },
);

test("what we did not sign leads nowhere, whatever it is", () => {
  const { ticket } = partsOf(toHandBackUrl(config, "shopapp://done"));
  const [body = "", signature = ""] = ticket.split(".");
  const other = Buffer.from("shopapp://pwned").toString("base64url");
  const foreign = partsOf(toHandBackUrl({ ...config, sealingKeys: [second] }, "shopapp://done")).ticket;
  for (const forged of [`${other}.${signature}`, body, `${body}.`, `.${signature}`, "", `${body}.${"A".repeat(43)}`]) {
    expect(readHandBack(config, forged, null)).toBeNull();
  }
  expect(readHandBack(config, foreign, null)).toBeNull();
  expect(readHandBack(config, `${ticket} `, null)).toBeNull();
  expect(readHandBack(config, `${ticket}\n`, null)).toBeNull();
});

test("a scheme that leaves the allow-list is forwarded to no more, and a key that is replaced is still known", () => {
  const { ticket } = partsOf(toHandBackUrl(config, "shopapp://done"));
  expect(readHandBack({ ...config, allowedUrls: ["https://shop.example"] }, ticket, null)).toBeNull();
  expect(readHandBack({ ...config, sealingKeys: [second, first] }, ticket, null)).toBe("shopapp://done");
  const { ticket: signed } = partsOf(toHandBackUrl(config, "javascript://x/%0aalert(1)"));
  expect(readHandBack(config, signed, null)).toBeNull();
});

test.each([
  ["shopapp://x", "shopapp://"],
  ["SHOP.app+1-x://", "shop.app+1-x://"],
  ["https://shop.example", null],
  ["HTTP://shop.example", null],
  ["shopapp:done", null],
  ["shopapp:/done", null],
  ["//shop.example", null],
  [" shopapp://x", null],
  ["shopapp://x\n", null],
  ["shopapp://a b", null],
  ["shopapp://a\\b", null],
  ["shopapp://a\u0000b", null],
  ["shopapp://ä", null],
  ['shopapp://a"b', null],
  ["shopapp://a<b", null],
  ["1app://x", null],
])("the scheme of %j is %j", (address, scheme) => {
  expect(readAppScheme(address)).toBe(scheme);
});
