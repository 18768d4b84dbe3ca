import { DAY } from "../../src/base/durations";
import { linkOperationsOf } from "../kit/link-operations";
import { openStall, type Stall } from "../kit/open-stall";
import { type ShopCli, shopCli, startShopNow } from "../kit/shop-cli";
import type { Shop } from "../kit/start-shop";

let shop: Shop;
let stall: Stall;
let cli: ShopCli;
beforeEach(async () => {
  shop = await startShopNow({ agoMs: 2 * DAY });
  stall = await openStall(shop, "course");
  cli = shopCli(shop);
});
afterEach(() => shop.stop());

const drop = () => shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
const holders = async () => {
  const { out } = await cli.run(["export", "users", "--has-access-to", "course", "--format", "jsonl"]);
  return out
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { email: string }).email]))
    .sort();
};

interface JobAnswer {
  id: string;
  status: string;
  created: number;
  updated: number;
  done: number;
  problemCount: number;
  problems: { subject: string; code: string; message: string }[];
}

test("reconcile, beside a server: what differs is said by a dry run and code 3, then mended, then nothing differs", async () => {
  shop.clock.moveTo(new Date());
  await stall.link();
  const subscription = await stall.subscribe(await stall.customer("ada@a.example"));
  await stall.subscribe(await stall.customer("bob@a.example"));
  await shop.settled();
  await drop();
  await shop.stripe.subscriptions.cancel(subscription.id);
  await shop.settled();

  const dry = await cli.json<JobAnswer>(["reconcile", "--dry-run"]);
  expect(dry).toMatchObject({ code: 3, kind: "RECONCILIATION", mode: "TEST", status: "SUCCEEDED", dryRun: true });
  expect(dry).toMatchObject({ done: 2, updated: 1, problemCount: 1, createdBy: "command line" });
  expect(dry.problems).toEqual([
    { row: expect.any(Number), subject: subscription.id, code: "CONFLICT", message: expect.any(String) },
  ]);
  expect(await stall.allowed("ada@a.example")).toBe(true);

  const closed = await cli.run(["reconcile"], {
    LATCHKEY_ENCRYPTION_KEY: "d81f7b2e40c95a63f1e8b7d20a4c6935e7f18b2d4c60a9e3",
  });
  expect(closed).toMatchObject({ code: 2, out: "", said: expect.stringContaining("LATCHKEY_ENCRYPTION_KEY") });
  const mended = await cli.run(["reconcile", "--connection", shop.connection]);
  expect(mended).toMatchObject({ code: 0, said: "" });
  expect(mended.out).toMatch(/^Reconciliation: done\.\n {2}2 purchases compared: 1 different, 1 alike\.\n/);
  expect(mended.out).toContain(subscription.id);
  expect(await stall.allowed("ada@a.example")).toBe(false);
  expect(await cli.json(["reconcile", "--dry-run", "--user", "nobody@a.example"]).catch(String)).toMatch(
    /no such user/i,
  );
  expect(await cli.run(["reconcile", "--dry-run"])).toMatchObject({ code: 0 });
});

test("alone: replay brings what no webhook brought, with the access that it opens, and import-link what was before", async () => {
  await drop();
  await stall.subscribe(await stall.customer("early@a.example"));
  await linkOperationsOf(shop).linkProduct({
    product: "course",
    stripeProductId: stall.stripeProduct,
    importExisting: false,
  });
  shop.clock.moveTo(new Date());
  await shop.settled();
  await shop.latchkey.stop();
  await stall.subscribe(await stall.customer("late@a.example"));
  await shop.simulator.deliveries.settled();
  expect(await holders()).toEqual([]);

  const replayed = await cli.json<JobAnswer>(["replay", "--since", "1h"]);
  expect(replayed).toMatchObject({ code: 0, kind: "REPLAY", status: "SUCCEEDED" });
  expect(replayed.created).toBeGreaterThan(0);
  expect(await holders()).toEqual(["late@a.example"]);
  const imported = await cli.run(["import-link", "course"]);
  expect(imported).toMatchObject({ code: 0, said: "" });
  expect(imported.out).toMatch(/^Import of earlier purchases: done\.\n/);
  expect(await holders()).toEqual(["early@a.example", "late@a.example"]);

  const listed = await cli.run(["jobs"]);
  expect(listed.out.split("\n").filter((line) => line.startsWith("job_")).length).toBeGreaterThanOrEqual(4);
  expect(listed.out).toMatch(/SUCCEEDED {2}Replay of events/);
});

test("Ctrl-C leaves a job where it stands and says how to go on; jobs watch goes on with it, jobs cancel ends it", async () => {
  shop.clock.moveTo(new Date());
  await stall.link();
  for (const name of ["a", "b", "c"]) await stall.subscribe(await stall.customer(`${name}@a.example`));
  await shop.settled();
  await shop.latchkey.stop();

  const interrupted = await cli.start(["reconcile"], { LATCHKEY_STRIPE_REQUESTS_PER_SECOND: "1" });
  const { id } = await untilJob("RECONCILIATION");
  interrupted.child.kill("SIGINT");
  const { code, out, said } = await interrupted.ended;
  expect([code, out]).toEqual([130, ""]);
  expect(said).toContain(`latchkey jobs watch ${id}`);
  expect(said).toContain(`latchkey jobs cancel ${id}`);

  const watched = await cli.json<JobAnswer>(["jobs", "watch", id]);
  expect(watched).toMatchObject({ code: 0, id, status: "SUCCEEDED", done: 3 });
  expect(await cli.json(["jobs", id])).toMatchObject({ id, status: "SUCCEEDED" });
  expect(await cli.run(["jobs", "cancel", id])).toMatchObject({ code: 1, said: expect.stringMatching(/over already/) });
});

/** The latest job of a kind, once it is being worked on. */
async function untilJob(kind: string): Promise<JobAnswer> {
  for (;;) {
    const { out } = await cli.run(["jobs", "--kind", kind, "--json"]);
    const [job] = JSON.parse(out) as JobAnswer[];
    if (job?.status === "RUNNING") return job;
  }
}
