import { appendFileSync, chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, closeSimulators, openSimulator } from "./simulator-kit";

let dataDir = "";
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "simulated-stripe-"));
});
afterEach(async () => {
  await closeSimulators();
  rmSync(dataDir, { recursive: true, force: true });
});

test("a restart keeps objects, events, deleted customers, idempotency keys, the clock and the next id", async () => {
  const headers = { "Idempotency-Key": "kept" };
  const before = await openSimulator({ dataDir });
  const first = await ask(before.simulator, "POST", "/v1/customers", { form: "name=A", headers });
  const { id: gone } = await before.stripe.customers.create({ name: "B" });
  await before.stripe.customers.del(gone);
  before.simulator.control.moveBy(3_600);
  const now = before.simulator.control.now();
  const events = await before.stripe.events.list();
  await before.simulator.close();

  const after = await openSimulator({ dataDir });
  expect(after.simulator.control.now()).toBe(now);
  expect((await after.stripe.events.list()).data).toEqual(events.data);
  expect(await after.stripe.customers.retrieve(gone)).toMatchObject({ deleted: true });
  const replayed = await ask(after.simulator, "POST", "/v1/customers", { form: "name=A", headers });
  expect(replayed.body).toEqual(first.body);
  const next = await after.stripe.customers.create({ name: "C" });
  expect([first.body.id, gone]).not.toContain(next.id);
});

test("only the owner can read the journal and list its folder, also after both were opened to all", async () => {
  const modesOf = () => [dataDir, join(dataDir, "world.jsonl")].map((place) => statSync(place).mode & 0o777);
  await (await openSimulator({ dataDir })).simulator.close();
  expect(modesOf()).toEqual([0o700, 0o600]);
  chmodSync(dataDir, 0o755);
  chmodSync(join(dataDir, "world.jsonl"), 0o644);
  await (await openSimulator({ dataDir })).simulator.close();
  expect(modesOf()).toEqual([0o700, 0o600]);
});

test("a line that a crash tore is cut off, and everything before it is there", async () => {
  const before = await openSimulator({ dataDir });
  await before.stripe.customers.create({ name: "A" });
  await before.simulator.close();
  appendFileSync(join(dataDir, "world.jsonl"), '[{"put":{"id":"cus_half","obj');
  const after = await openSimulator({ dataDir });
  await after.stripe.customers.create({ name: "B" });
  await after.simulator.close();
  const last = await openSimulator({ dataDir });
  expect((await last.stripe.customers.list()).data.map(({ name }) => name)).toEqual(["B", "A"]);
});
