import { request } from "node:http";
import { closeWhole, openWhole, type Whole } from "./whole-kit";

let whole: Whole;
beforeAll(async () => {
  whole = await openWhole();
});
afterAll(closeWhole);

const paths = { api: "/v1/customers", control: "/_control/world", room: "/", page: "/c/pay/cs_test_1" };

function bodyOf(path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: whole.simulator.port, path, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      response.on("end", () => resolve(body));
    })
      .on("error", reject)
      .end();
  });
}

function statusOf(path: string, headers: Record<string, string>, method = "GET"): Promise<number> {
  const { port } = whole.simulator;
  const all = { authorization: "Bearer sk_test_kit", host: `localhost:${port}`, ...headers };
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, method, headers: all }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

test("the simulated Stripe answers callers on this machine, under a name of this machine", async () => {
  for (const path of Object.values(paths)) {
    expect([path, await statusOf(path, {})]).not.toEqual([path, 403]);
    expect([path, await statusOf(path, { host: "evil.example" })]).toEqual([path, 403]);
    expect([path, await statusOf(path, { "x-forwarded-for": "203.0.113.7" })]).toEqual([path, 403]);
  }
});

test("a caller under another name gets a page that leads to localhost, with its style", async () => {
  const { port } = whole.simulator;
  const page = await bodyOf("/", { host: "evil.example" });
  expect(page).toContain(`<a class="button" href="http://localhost:${port}/">Open it as localhost</a>`);
  expect(page).not.toContain("Customers");
  expect(await bodyOf("/assets/style.css", { host: "evil.example" })).toContain(".button");
});

test("pages of other origins reach neither the API nor the control room", async () => {
  const { port } = whole.simulator;
  for (const path of [paths.api, paths.control, paths.room]) {
    for (const origin of ["https://evil.example", "null", "http://localhost:1"]) {
      expect([path, origin, await statusOf(path, { origin })]).toEqual([path, origin, 403]);
    }
    expect(await statusOf(path, { origin: `http://localhost:${port}` })).toBe(200);
  }
  expect(await statusOf("/v1/customers", { origin: "https://evil.example" }, "POST")).toBe(403);
});

test("webhooks are sent to this machine only, by address and by name", async () => {
  const { stripe, simulator } = whole;
  const urls = [
    "http://198.51.100.7/hook",
    "http://169.254.169.254/latest",
    "https://[2001:db8::1]/hook",
    "http://0.0.0.0:1/hook",
    "http://[::ffff:198.51.100.7]/hook",
  ];
  for (const url of urls) await stripe.webhookEndpoints.create({ url, enabled_events: ["customer.created"] });
  await stripe.customers.create({ name: "Ada" });
  await simulator.deliveries.settled();
  const attempts = simulator.world.shelves.delivery.inOrder.flatMap(({ row }) => row.attempts);
  expect(attempts.map(({ error }) => error)).toEqual(
    urls.map(() => "the simulated Stripe sends webhooks to this machine only"),
  );
});
