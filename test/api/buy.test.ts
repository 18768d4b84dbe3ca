import { linkOperationsOf } from "../kit/link-operations";
import { type Stall, openStall } from "../kit/open-stall";
import { operationsOf } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";

let shop: Shop;
let stall: Stall;
let ops: ReturnType<typeof operationsOf>;
let links: ReturnType<typeof linkOperationsOf>;
let link: string;

beforeAll(async () => {
  shop = await startShop({
    env: {
      LATCHKEY_ALLOWED_URLS: "https://shop.example,shopapp://",
      LATCHKEY_GUEST_CHECKOUTS_PER_MINUTE_PER_ADDRESS: "40",
    },
  });
  ops = operationsOf(shop.latchkey);
  links = linkOperationsOf(shop);
  stall = await openStall(shop, "pro");
  // Both prices can be bought, and one is enough where nobody has to choose.
  link = (await stall.link({ checkoutPriceId: stall.once, offeredPriceIds: [stall.once] })).link;
});
afterAll(() => shop.stop());

const open = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${shop.latchkey.url}/buy/${path}`, { redirect: "manual", headers });
const urlOf = async (key: string) =>
  (
    await shop.latchkey.get<{ product: { purchaseUrl: string } }>(
      "query ($key: String!) { product(key: $key) { purchaseUrl } }",
      { key },
    )
  ).product.purchaseUrl;

async function openSessions() {
  return (await shop.stripe.checkout.sessions.list({ limit: 100 })).data;
}

async function sessionOf(answer: Response) {
  const location = answer.headers.get("location") ?? "";
  return (await openSessions()).find(({ url }) => url === location);
}

describe("the public address of a product", () => {
  test("CH-S18, CH-S24: leads whoever has it to a fresh checkout of the chosen price, without any credential", async () => {
    const address = await urlOf("pro");
    const [first, second] = [
      await fetch(address, { redirect: "manual" }),
      await fetch(address, { redirect: "manual" }),
    ];
    expect([first.status, second.status]).toEqual([302, 302]);
    expect(first.headers.get("location")).not.toBe(second.headers.get("location"));
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect(first.headers.get("referrer-policy")).toBe("no-referrer");
    const session = await sessionOf(first);
    expect(session).toMatchObject({ mode: "payment", customer: null, status: "open", livemode: false });
    const lines = await shop.stripe.checkout.sessions.listLineItems(session?.id ?? "");
    expect(lines.data.map(({ price }) => price?.id)).toEqual([stall.once]);
  });

  test("RWS-S19: what is bought there opens the product for whoever paid, without anybody's help", async () => {
    const session = await sessionOf(await open("pro?mode=test"));
    await shop.control("complete-checkout", {
      session: session?.id,
      email: "stranger@shop.example",
      card: "4242424242424242",
    });
    await shop.settled();
    expect(await stall.allowed("stranger@shop.example")).toBe(true);
    expect(await (await fetch(`${shop.latchkey.url}/bought`)).text()).toContain("Thank you");
    expect(session?.success_url).toBe(`${shop.latchkey.server.deps.config.publicUrl}/bought`);
  });

  test("RWS-S19: whoever comes back with the id of the session is told how the purchase went", async () => {
    const session = await sessionOf(await open("pro?mode=test"));
    const document = "query ($id: String!) { checkoutSession(id: $id) { id status paymentStatus product { key } } }";
    const page = await shop.latchkey.key("PUBLISHABLE");
    const ask = async (credential: string) =>
      (await shop.latchkey.get<{ checkoutSession: object | null }>(document, { id: session?.id }, credential))
        .checkoutSession;
    expect(await ask(page)).toMatchObject({ id: session?.id, status: "open", product: { key: "pro" } });
    const paid = { session: session?.id, email: "back@shop.example", card: "4242424242424242" };
    await shop.control("hold-deliveries");
    await shop.control("complete-checkout", paid);
    expect(await ask(page)).toMatchObject({ status: "complete", paymentStatus: "paid" });
    // The purchase opens before Stripe's event is here.
    expect(await stall.allowed("back@shop.example")).toBe(true);
    await shop.control("release-deliveries");
  });

  test("a request for the headers alone opens no checkout, and says what the page would say", async () => {
    const before = (await openSessions()).length;
    const head = (path: string) =>
      fetch(`${shop.latchkey.url}/buy/${path}`, { method: "HEAD", redirect: "manual" }).then(({ status }) => status);
    expect(await head("pro?mode=test")).toBe(200);
    expect(await head("no-such-thing?mode=test")).toBe(404);
    expect(await openSessions()).toHaveLength(before);
  });

  test("CH-S18: several prices are a choice, and each leads to its own checkout with the same way back", async () => {
    await links.updateProductLink({ link, offeredPriceIds: [stall.once, stall.monthly] });
    const before = (await openSessions()).length;
    const cancel = encodeURIComponent("https://shop.example/cart?a=1&b=2");
    const answer = await open(`pro?mode=test&cancel=${cancel}`);
    const page = await answer.text();
    expect([answer.status, answer.headers.get("location")]).toEqual([200, null]);
    expect(page).toMatch(/\$19<\/a>.*\$9 per month<\/a>/);
    expect(await openSessions()).toHaveLength(before);
    const addresses = [...page.matchAll(/href="(\?[^"]+)"/g)].map(([, href = ""]) => href.replaceAll("&amp;", "&"));
    const sessions = await Promise.all(addresses.map(async (address) => sessionOf(await open(`pro${address}`))));
    expect(sessions.map((session) => session?.mode)).toEqual(["payment", "subscription"]);
    expect(new Set(sessions.map((session) => session?.cancel_url))).toEqual(
      new Set(["https://shop.example/cart?a=1&b=2"]),
    );
  });

  test("RWS-X18: another price is sold when it is offered, and no other", async () => {
    const session = await sessionOf(await open(`pro?mode=test&price=${stall.monthly}`));
    expect(session).toMatchObject({ mode: "subscription", payment_method_collection: "if_required" });
    const other = await shop.stripe.prices.create({
      currency: "usd",
      unit_amount: 1,
      product_data: { name: "Something else" },
    });
    const refused = await open(`pro?mode=test&price=${other.id}`);
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining("PRICE_NOT_OF_PRODUCT")]);
  });

  test("RWS-X16: it leads back to where the page says, if that is on the list", async () => {
    const back = encodeURIComponent("https://shop.example/thanks?s={CHECKOUT_SESSION_ID}");
    const session = await sessionOf(
      await open(`pro?mode=test&price=${stall.once}&success=${back}&cancel=shopapp%3A%2F%2Fcart`),
    );
    expect(session?.success_url).toBe("https://shop.example/thanks?s={CHECKOUT_SESSION_ID}");
    expect(session?.cancel_url).toContain("/return/");
    for (const name of ["success", "cancel"]) {
      const refused = await open(`pro?mode=test&${name}=https%3A%2F%2Fevil.example`);
      expect([refused.status, refused.headers.get("location")]).toEqual([400, null]);
      expect(await refused.text()).toContain("URL_NOT_ALLOWED");
    }
  });

  test("CH-S20, CH-S21, TA-X30: a sales page and a page elsewhere are redirected to, and Stripe is not asked", async () => {
    const salesPageUrl = "https://shop.example/course?ref=1";
    const externalUrl = "https://elsewhere.example/buy";
    await ops.createProduct({ key: "sales", purchaseMethod: "SALES_PAGE", salesPageUrl });
    await ops.createProduct({ key: "elsewhere", purchaseMethod: "EXTERNAL_URL", externalUrl });
    const before = (await openSessions()).length;
    for (const [key, location] of Object.entries({ sales: salesPageUrl, elsewhere: externalUrl })) {
      const answer = await open(`${key}?mode=test&success=https%3A%2F%2Fevil.example`);
      expect([answer.status, answer.headers.get("location")]).toEqual([302, location]);
    }
    expect(await openSessions()).toHaveLength(before);
  });

  test("an address with letters outside Latin-1 is redirected to in percent-encoding", async () => {
    const wide = { sales: "https://shop.example/курс?名=値", elsewhere: "https://bücher.example/日本" };
    await ops.createProduct({ key: "wide-sales", purchaseMethod: "SALES_PAGE", salesPageUrl: wide.sales });
    await ops.createProduct({ key: "wide-elsewhere", purchaseMethod: "EXTERNAL_URL", externalUrl: wide.elsewhere });
    const locations = await Promise.all(
      ["wide-sales", "wide-elsewhere"].map(async (key) => (await open(`${key}?mode=test`)).headers.get("location")),
    );
    expect(locations).toEqual([new URL(wide.sales).href, new URL(wide.elsewhere).href]);
  });

  test("without users that purchases create there is no public address of a checkout", async () => {
    const policy = (autoCreateUsers: string) =>
      shop.latchkey.get("mutation ($input: UpdatePolicyInput!) { updatePolicy(input: $input) { autoCreateUsers } }", {
        input: { autoCreateUsers },
      });
    await policy("NEVER");
    expect([await urlOf("pro"), (await open("pro?mode=test")).status]).toEqual([null, 409]);
    expect(await urlOf("sales")).not.toBeNull();
    await policy("ON_PURCHASE");
    expect(await urlOf("pro")).not.toBeNull();
  });

  test("a price with a trial is tried, unless trials are counted", async () => {
    const { id } = await shop.stripe.prices.create({
      currency: "usd",
      unit_amount: 500,
      product: stall.stripeProduct,
      recurring: { interval: "month", trial_period_days: 14 },
    });
    await links.updateProductLink({ link, offeredPriceIds: [stall.once, stall.monthly, id] });
    const trialOf = async () => {
      const session = await sessionOf(await open(`pro?mode=test&price=${id}`));
      await shop.control("complete-checkout", {
        session: session?.id,
        email: `trial-${session?.id ?? ""}@shop.example`,
        card: "4242424242424242",
      });
      const bought = await shop.stripe.checkout.sessions.retrieve(session?.id ?? "", { expand: ["subscription"] });
      return typeof bought.subscription === "object" ? bought.subscription?.status : null;
    };
    expect(await trialOf()).toBe("trialing");
    const policy = (trialsPerUser: number | null) =>
      shop.latchkey.get("mutation ($input: UpdatePolicyInput!) { updatePolicy(input: $input) { trialsPerUser } }", {
        input: { trialsPerUser },
      });
    await policy(1);
    expect(await trialOf()).toBe("active");
    await policy(null);
  });
});

describe("a small page says so when nothing can be bought", () => {
  const expectPage = async (answer: Response, status: number, code: string) => {
    const page = await answer.text();
    expect([answer.status, answer.headers.get("location")]).toEqual([status, null]);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(page).toContain(`<small>${code}</small>`);
    expect(page).not.toMatch(/<script|STRIPE_SECRET|updateProductLink/);
  };

  test("a product that is not there, and one that nobody may see, alike", async () => {
    await ops.createProduct({ key: "secret-draft", status: "DRAFT", purchaseMethod: "CHECKOUT" });
    const [none, draft] = [await open("no-such-thing?mode=test"), await open("secret-draft?mode=test")];
    await expectPage(none.clone(), 404, "NOT_FOUND");
    expect(await draft.text()).toBe(await none.text());
  });

  test("one that is not offered, not linked, or whose checkout is switched off", async () => {
    await ops.createProduct({ key: "unsold", purchaseMethod: "NONE" });
    await expectPage(await open("unsold?mode=test"), 409, "NOT_FOR_SALE");
    await ops.createProduct({ key: "unlinked", purchaseMethod: "CHECKOUT" });
    await expectPage(await open("unlinked?mode=test"), 409, "NOT_LINKED");
    const other = await openStall(shop, "switched-off");
    const { link } = await other.link();
    await links.updateProductLink({ link, checkoutEnabled: false });
    await expectPage(await open("switched-off?mode=test"), 409, "CHECKOUT_DISABLED");
  });

  test("the other mode, in which no account is connected", async () => {
    await expectPage(await open("pro"), 409, "STRIPE_NOT_CONNECTED");
    await expectPage(await open("pro?mode=live"), 409, "STRIPE_NOT_CONNECTED");
  });

  test("a Stripe that is down: try again", async () => {
    await shop.control("plan-fault", { kind: "error-before", path: "/v1/*", count: 10 });
    const answer = await open(`pro?mode=test&price=${stall.once}`);
    await shop.control("clear-faults");
    await expectPage(answer, 503, "STRIPE_UNAVAILABLE");
  });

  test.each([
    ["a zero", "%00"],
    ["steps up", "..%2F..%2Fgraphql"],
    ["a script", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"],
    ["a very long name", "a".repeat(3_000)],
    ["half a character", "%ff"],
    ["a second header", "pro%0d%0aX: 1"],
  ])("an address that somebody made up: %s", async (_, path) => {
    const answer = await open(`${path}?mode=test`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toMatch(/<script>alert/);
  });
});

test("a browser that guesses what will be clicked opens no checkout", async () => {
  const before = (await openSessions()).length;
  for (const headers of [{ "sec-purpose": "prefetch;prerender" }, { purpose: "prefetch" }]) {
    expect((await open("pro?mode=test", headers)).status).toBe(204);
  }
  expect(await openSessions()).toHaveLength(before);
});

test("one address does not open checkouts without end", async () => {
  const statuses = new Set<number>();
  let last: Response | null = null;
  for (let index = 0; index <= 40 && !statuses.has(429); index++) {
    last = await open(`pro?mode=test&price=${stall.once}`);
    statuses.add(last.status);
  }
  expect(statuses).toEqual(new Set([302, 429]));
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await last?.text()).toContain("RATE_LIMITED");
});
