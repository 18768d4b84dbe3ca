import { type Server, createServer } from "node:http";
import { linkOperationsOf, stockProduct } from "../kit/link-operations";
import { operationsOf } from "../kit/operations";
import { startTolledShop } from "../kit/start-tolled-shop";

type TolledShop = Awaited<ReturnType<typeof startTolledShop>>;

let shop: TolledShop;
beforeAll(async () => {
  shop = await startTolledShop();
});
afterAll(() => shop.stop());

/** In place of Stripe, for what the simulated one cannot have: objects of live mode. */
async function inPlaceOfStripe<Answer>(status: number, body: object, work: () => Promise<Answer>): Promise<Answer> {
  const server = createServer((_, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  shop.toll.leadTo(await listen(server));
  try {
    return await work();
  } finally {
    shop.toll.leadTo(shop.simulator.url);
    server.close();
    server.closeAllConnections();
  }
}

function listen(server: Server): Promise<string> {
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      done(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`);
    });
  });
}

const elsewhere = (what: string) => ({
  error: {
    type: "invalid_request_error",
    code: "resource_missing",
    param: "id",
    message: `No such ${what}; a similar object exists in live mode, but a test mode key was used to make this request.`,
  },
});

describe("TA-X14 RWS-X11: what belongs to the other mode is refused as that, and not as unknown", () => {
  const answers: [string, number, object][] = [
    ["when Stripe says so", 404, elsewhere("customer: 'cus_live'")],
    ["when the object says so", 200, { id: "cus_live", object: "customer", livemode: true, email: null }],
  ];
  test.each(answers)("a customer, %s", async (_, status, body) => {
    const links = linkOperationsOf(shop);
    const user = await operationsOf(shop.latchkey).createUser();
    const { extensions } = await inPlaceOfStripe(status, body, () =>
      links.refused("linkCustomer", { input: { user: user.id, customerId: "cus_live" } }),
    );
    expect([extensions.code, extensions.retryable]).toEqual(["STRIPE_MODE_MISMATCH", false]);
    expect(await links.customersOf(user.id)).toEqual([]);
  });

  test("a Stripe product", async () => {
    const links = linkOperationsOf(shop);
    const { key } = await operationsOf(shop.latchkey).createProduct();
    const { product } = await stockProduct(shop, "In live mode");
    const { extensions } = await inPlaceOfStripe(404, elsewhere(`product: '${product}'`), () =>
      links.refused("linkProduct", { input: { product: key, stripeProductId: product } }),
    );
    expect(extensions.code).toBe("STRIPE_MODE_MISMATCH");
    expect((await links.linksOf(key)).links).toEqual([]);
  });
});
