import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type RunningCli, runCli, startCli } from "../kit/run-cli";
import { untilTrue } from "../kit/until";

let dataDir: string;
let running: RunningCli[] = [];

beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "latchkey-stripe-"));
});

afterEach(async () => {
  for (const cli of running) cli.child.kill("SIGTERM");
  await Promise.all(running.map((cli) => cli.ended));
  running = [];
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function startDev(env: Record<string, string> = {}): Promise<{ cli: RunningCli; printed: string }> {
  const cli = await startCli(["dev"], { PORT: "0", LATCHKEY_DATA_DIR: dataDir, ...env });
  running.push(cli);
  return { cli, printed: await cli.until(/Ctrl-C stops the server/) };
}

const linkIn = (printed: string, name: string) => new RegExp(`${name} +(http\\S+)`).exec(printed)?.[1] ?? "";

async function look<Answer>(printed: string, list: string): Promise<Answer> {
  const response = await fetch(new URL(`/_control/${list}`, linkIn(printed, "Control room")));
  return (await response.json()) as Answer;
}

test("local mode brings a simulated Stripe whose links can be clicked, with somebody in every state", async () => {
  const { printed } = await startDev();
  for (const [name, text] of [
    ["Control room", "Control room"],
    ["Checkout", "Bread for beginners"],
    ["Portal", "Membership"],
  ] as const) {
    const page = await fetch(linkIn(printed, name));
    expect([name, page.status]).toEqual([name, 200]);
    expect(await page.text()).toContain(text);
  }
  const { data } = await look<{ data: { status: string; cancel_at_period_end: boolean }[] }>(printed, "subscriptions");
  const states = ["active", "trialing", "past_due", "canceled", "paused", "incomplete", "unpaid"];
  expect(new Set(data.map(({ status }) => status))).toEqual(new Set(states));
  expect(data.filter((subscription) => subscription.cancel_at_period_end)).toHaveLength(1);
});

test("the simulated Stripe is connected by itself, and what happens there arrives here", async () => {
  const { printed } = await startDev();
  const ours = new URL(linkIn(printed, "GraphiQL")).origin;
  const endpoints = () => look<{ data: { url: string }[] }>(printed, "endpoints");
  await untilTrue(async () =>
    (await endpoints()).data.some(({ url }) => url.startsWith(`${ours}/stripe/webhook/con_`)),
  );
  const post = { method: "POST", headers: { "content-type": "application/json" } };
  const { data } = await look<{ data: { id: string }[] }>(printed, "customers");
  const customer = data[0]?.id;
  const gone = { ...post, body: JSON.stringify({ customer }) };
  await fetch(new URL("/_control/delete-customer", linkIn(printed, "Control room")), gone);
  const deliveries = () => look<{ data: { status: string }[] }>(printed, "deliveries?type=customer.deleted");
  await untilTrue(async () => (await deliveries()).data.some(({ status }) => status === "delivered"));
});

test("a restart finds the simulated world again, and adds nothing", async () => {
  const first = await startDev();
  const before = await look<{ data: { id: string }[] }>(first.printed, "customers");
  first.cli.child.kill("SIGKILL");
  await first.cli.ended;
  const second = await startDev();
  expect(await look(second.printed, "customers")).toEqual(before);
  expect(before.data).toHaveLength(11);
  expect(new URL(linkIn(second.printed, "Checkout")).pathname).toBe(
    new URL(linkIn(first.printed, "Checkout")).pathname,
  );
});

test("two processes do not write one world", async () => {
  await startDev();
  const { code, said } = await runCli(["dev"], { PORT: "0", LATCHKEY_DATA_DIR: dataDir });
  expect([code, said]).toEqual([1, expect.stringContaining("is used by another process")]);
});

test("whoever brings a Stripe of their own gets no simulated one", async () => {
  const nobody = "http://127.0.0.1:9";
  const { printed } = await startDev({ STRIPE_SECRET_KEY: "sk_test_0123456789abcdefghijkl", STRIPE_API_BASE: nobody });
  expect(printed).not.toContain("simulated Stripe");
});

test("local mode refuses to start beside a live key", async () => {
  const { code, said } = await runCli(["dev"], {
    PORT: "0",
    LATCHKEY_DATA_DIR: dataDir,
    STRIPE_SECRET_KEY: "sk_live_0123456789abcdefghijklmn",
  });
  expect([code, said]).toEqual([2, expect.stringContaining("STRIPE_SECRET_KEY")]);
  expect(said).not.toContain("sk_live_0");
});
