import { createHmac } from "node:crypto";
import { toHandBackUrl } from "../../src/links/hand-back-url";
import { hostileUrls } from "../kit/hostile-urls";
import { makeCustomer } from "../kit/link-operations";
import { operationsOf } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";
import { isLong } from "../kit/is-long";

let shop: Shop;
let user: string;
let token: string;

beforeAll(async () => {
  shop = await startShop({
    env: {
      LATCHKEY_ALLOWED_URLS: "https://shop.example,shopapp://",
      LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER: "100000",
    },
  });
  const customer = await makeCustomer(shop, "ada@shop.example");
  user = (await operationsOf(shop.latchkey).createUser({ externalId: "ada", stripeCustomerId: customer })).id;
  token = await shop.latchkey.tokenOf(user);
});
afterAll(() => shop.stop());

const PORTAL = "mutation ($input: CreatePortalSessionInput!) { createPortalSession(input: $input) { url } }";

// `pure/return-url` reads each of them; the way through HTTP is the same for all.
const asked = isLong ? hostileUrls : hostileUrls.filter((_, at) => at % 4 === 0);

test("there are at least sixty", () => {
  expect(new Set(hostileUrls.map(([, url]) => url)).size).toBeGreaterThanOrEqual(60);
});

test.each(asked)("RWS-X32: the portal leads nobody back to %s", async (_, returnUrl) => {
  const made = () => shop.simulator.world.shelves["billing_portal.session"].inOrder.length;
  const before = made();
  const refused = await shop.latchkey.refused(PORTAL, { input: { returnUrl } }, token);
  // A zero is refused in any text, before the address is read.
  const code = returnUrl.includes("\0") ? "INVALID_INPUT" : "URL_NOT_ALLOWED";
  expect(refused.extensions).toMatchObject({ code, field: "input.returnUrl" });
  expect(made()).toBe(before);
});

test("TA-X28: Stripe replaces nothing in the portal, so its placeholder is none there", async () => {
  const returnUrl = "https://shop.example/account?s={CHECKOUT_SESSION_ID}";
  const refused = await shop.latchkey.refused(PORTAL, { input: { returnUrl } }, token);
  expect(refused.extensions).toMatchObject({ code: "URL_NOT_ALLOWED" });
});

/** Everything that a stranger, or one who once had a link of ours, can make of an address. */
function forgeriesOf(url: string): string[] {
  const good = toHandBackUrl(shop.latchkey.server.deps.config, "shopapp://account").split("/return/")[1] ?? "";
  const [body = "", signature = ""] = good.split(".");
  const encoded = Buffer.from(url).toString("base64url");
  const own = createHmac("sha256", "a key of their own").update(encoded).digest("base64url");
  const query = encodeURIComponent(url);
  return [
    query,
    `${encoded}.${signature}`,
    `${encoded}.${own}`,
    `${encoded}.`,
    encoded,
    `${body}.${own}?session=${query}`,
    `?to=${query}`,
  ].filter((ticket) => ticket !== "");
}

test.each(asked)("TA-X28: the hand-back page forwards nobody to %s", async (_, url) => {
  for (const forgery of forgeriesOf(url)) {
    const answer = await fetch(`${shop.latchkey.url}/return/${forgery}`, { redirect: "manual" });
    const page = await answer.text();
    // A name that is too long for a request is refused before it is read.
    expect([404, 431]).toContain(answer.status);
    expect(answer.headers.get("location")).toBeNull();
    // The one link is to the shop's own website, which the owner allowed.
    const rest = page.replace('<a href="https://shop.example" class="button" rel="noreferrer">', "");
    expect(rest).not.toMatch(/http-equiv="refresh"|<a |evil|alert/);
  }
});

test.each(asked)("TA-X28: a good address of ours becomes no other by a session that is %s", async (_, url) => {
  const address = toHandBackUrl(shop.latchkey.server.deps.config, "shopapp://done?s={CHECKOUT_SESSION_ID}");
  const answer = await fetch(`${address.split("?")[0]}?session=${encodeURIComponent(url)}`, { redirect: "manual" });
  if (answer.status === 431) return;
  expect(await answer.text()).toContain('content="0;url=shopapp://done?s={CHECKOUT_SESSION_ID}"');
});
