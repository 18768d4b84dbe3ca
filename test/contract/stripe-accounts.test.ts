import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { untilTrue } from "../kit/until";
import { openReceiver } from "./receiver";
import { openClient } from "./simulator-kit";
import { closeWhole, openWhole, type Whole } from "./whole-kit";

afterEach(closeWhole);

const KEY = "sk_test_account_bakery";

const clientOf = (whole: Whole, key: string) => openClient(whole.simulator, {}, key);
const accountOf = async (whole: Whole, key: string) => (await clientOf(whole, key).accounts.retrieveCurrent()).id;

interface Listed {
  data: { name: string | null; account: string; url: string }[];
}

async function listAccounts({ simulator }: Whole): Promise<Listed["data"]> {
  const answer = (await (await fetch(`${simulator.url}/_control/accounts`)).json()) as Listed;
  return answer.data;
}

test("a key that names an account opens a world of its own, with its own objects, pages and events", async () => {
  const whole = await openWhole();
  const [first, second] = [whole.stripe, clientOf(whole, KEY)];
  const ids = await Promise.all(
    ["sk_test_kit", "sk_test_anything", KEY, `${KEY}_again`, "rk_test_account_bakery", "sk_test_account_cafe"].map(
      (key) => accountOf(whole, key),
    ),
  );
  expect(ids[1]).toBe(ids[0]);
  expect(new Set(ids.slice(2, 5)).size).toBe(1);
  expect(new Set(ids).size).toBe(3);
  const product = await second.products.create({ name: "Rye" });
  expect((await first.products.list()).data).toEqual([]);
  await expect(first.products.retrieve(product.id)).rejects.toMatchObject({ code: "resource_missing" });

  const receiver = await openReceiver();
  await second.webhookEndpoints.create({ url: receiver.url, enabled_events: ["*"] });
  const price = await second.prices.create({ product: product.id, currency: "eur", unit_amount: 500 });
  const session = await second.checkout.sessions.create({
    mode: "payment",
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: "https://shop.example/thanks",
  });
  const [own, bakery] = await listAccounts(whole);
  expect([own, bakery]).toMatchObject([
    { name: null, account: ids[0], url: whole.simulator.url },
    { name: "bakery", account: ids[2] },
  ]);
  expect(bakery?.url).not.toBe(own?.url);
  expect(new URL(session.url ?? "").origin).toBe(bakery?.url);
  const page = await (await fetch(session.url ?? "")).text();
  expect(page).toContain("Rye");
  expect((await second.events.list()).data.map(({ type }) => type)).toContain("price.created");
  expect((await first.events.list()).data).toEqual([]);
  await untilTrue(() => receiver.types().includes("price.created"));
  await receiver.close();
});

test("all accounts share one clock, whichever control room moves it", async () => {
  const whole = await openWhole();
  const second = clientOf(whole, KEY);
  await accountOf(whole, KEY);
  const [, bakery] = await listAccounts(whole);
  const move = (url: string) =>
    fetch(`${url}/_control/move-clock`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ seconds: 3_600 }),
    });
  const before = whole.simulator.control.now();
  await move(bakery?.url ?? "");
  await move(whole.simulator.url);
  const [own, other] = [await whole.stripe.products.create({ name: "A" }), await second.products.create({ name: "B" })];
  expect([own.created, other.created]).toEqual([before + 7_200, before + 7_200]);
});

test("the worlds of all accounts are found again after a restart", async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "latchkey-accounts-"));
  try {
    const whole = await openWhole({ dataDir });
    const { id } = await clientOf(whole, KEY).products.create({ name: "Rye" });
    await closeWhole();
    const again = await openWhole({ dataDir });
    expect((await listAccounts(again)).map(({ name }) => name)).toEqual([null, "bakery"]);
    expect(await clientOf(again, KEY).products.retrieve(id)).toMatchObject({ name: "Rye" });
    await closeWhole();
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
