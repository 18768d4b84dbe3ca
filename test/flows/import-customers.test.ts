import { countsOf, dumpWorld, importList, problemsOf, replanned, uploadList } from "../kit/import-list";
import { type Stall, openStall } from "../kit/open-stall";
import { atOnce, until } from "../kit/operations";
import { startTolledShop } from "../kit/start-tolled-shop";
import { isLong } from "../kit/is-long";

let shop: Awaited<ReturnType<typeof startTolledShop>>;
let stall: Stall;
beforeEach(async () => {
  shop = await startTolledShop();
  stall = await openStall(shop, "course");
  // Otherwise whoever buys is a user of ours already.
  await shop.latchkey.get("mutation { updatePolicy(input: { autoCreateUsers: NEVER }) { autoCreateUsers } }");
});
afterEach(() => shop.stop());

const CUSTOMERS = `query ($email: String!) { userByEmail(email: $email) { id stripeCustomers { customerId active } } }`;

async function customersOf(email: string): Promise<string[]> {
  const { userByEmail } = await shop.latchkey.get<{
    userByEmail: { stripeCustomers: { customerId: string; active: boolean }[] } | null;
  }>(CUSTOMERS, { email });
  return (userByEmail?.stripeCustomers ?? []).filter(({ active }) => active).map(({ customerId }) => customerId);
}

// More than a page of customers, or a few.
const BUYERS = isLong ? 104 : 24;

test(`RWS-S15: ${BUYERS} accounts and more come with their customers in Stripe, and may open what those bought`, async () => {
  await stall.link();
  const buyers = await atOnce(BUYERS, async (index) => {
    const email = `member${index}@example.com`;
    const { id } = await shop.stripe.customers.create({ email: `old.${index}@example.com` });
    return { email, stripeCustomerId: id };
  });
  const all = BUYERS + 3;
  const [subscriber, buyer] = [await stall.customer("s@example.com"), await stall.customer("b@example.com")];
  await stall.subscribe(subscriber);
  await stall.buyOnce({ customer: buyer });
  const rows = [
    ...buyers,
    { email: "subscriber@example.com", stripeCustomerId: subscriber },
    { email: "buyer@example.com", stripeCustomerId: buyer, name: "Buyer" },
    { email: "plain@example.com" },
  ];
  await shop.settled();
  const before = await dumpWorld(shop.latchkey);
  const dry = await importList(shop.latchkey, { rows, dryRun: true });
  expect(await dumpWorld(shop.latchkey)).toBe(before);
  const job = await importList(shop.latchkey, { rows });
  expect(job).toMatchObject({ status: "SUCCEEDED", error: null });
  expect(countsOf(job)).toEqual([all, all, all, 0, 0, 0]);
  expect(countsOf(dry)).toEqual(countsOf(job));
  expect(await customersOf("member17@example.com")).toEqual([buyers[17]?.stripeCustomerId]);
  expect(await stall.allowed("subscriber@example.com")).toBe(true);
  expect(await stall.allowed("buyer@example.com")).toBe(true);
  expect(await stall.allowed("member17@example.com")).toBe(false);
  expect((await stall.journal("subscriber@example.com")).map(({ type, origin }) => `${type} ${origin}`)).toEqual(
    expect.arrayContaining(["USER_IMPORTED IMPORT", "CUSTOMER_LINKED IMPORT", "ACCESS_STARTED IMPORT"]),
  );

  await shop.settled();
  await replanned(shop.latchkey);
  const after = await dumpWorld(shop.latchkey);
  const asked = shop.toll.seen.length;
  expect(countsOf(await importList(shop.latchkey, { rows }))).toEqual([all, all, 0, 0, all, 0]);
  expect(shop.toll.seen.slice(asked)).toEqual([]);
  expect(await dumpWorld(shop.latchkey)).toBe(after);
});

test("a customer who is somebody else's or gone is a problem, a second one of the user is linked, and nobody loses anything", async () => {
  await stall.link();
  const [mine, other, free] = [
    await stall.customer("mine@example.com"),
    await stall.customer("other@example.com"),
    await stall.customer("free@example.com"),
  ];
  await stall.subscribe(mine);
  await shop.settled();
  await importList(shop.latchkey, { rows: [{ email: "ada@example.com", stripeCustomerId: mine }] });
  expect(await stall.allowed("ada@example.com")).toBe(true);
  const rows = [
    { externalId: "mallory", email: "mallory@example.com", stripeCustomerId: mine },
    { externalId: "ada", email: "ada@example.com", stripeCustomerId: other },
    { externalId: "ghost", email: "ghost@example.com", stripeCustomerId: "cus_there_is_none" },
    { externalId: "odd", email: "odd@example.com", stripeCustomerId: "cus_../../account" },
    { externalId: "first", email: "first@example.com", stripeCustomerId: free },
    { externalId: "second", email: "second@example.com", stripeCustomerId: free },
    { externalId: "first", stripeCustomerId: other },
  ];
  const dry = await importList(shop.latchkey, { rows, dryRun: true });
  const job = await importList(shop.latchkey, { rows });
  expect(countsOf(job)).toEqual([7, 7, 1, 1, 0, 5]);
  const expected = [
    [1, "CUSTOMER_ALREADY_LINKED", "mallory"],
    [3, "CUSTOMER_NOT_FOUND", "ghost"],
    [4, "CUSTOMER_NOT_FOUND", "odd"],
    [6, "CUSTOMER_ALREADY_LINKED", "second"],
    [7, "CUSTOMER_ALREADY_LINKED", "first"],
  ];
  expect(problemsOf(job)).toEqual(expected);
  expect(countsOf(dry)).toEqual(countsOf(job));
  expect(problemsOf(dry)).toEqual(expected);
  expect(await customersOf("ada@example.com")).toEqual([other, mine]);
  expect(await stall.allowed("ada@example.com")).toBe(true);
  // What is known before Stripe is asked keeps the whole row out; what Stripe says later, the customer alone.
  expect(await stall.allowed("mallory@example.com")).toBeNull();
  expect(await stall.allowed("ghost@example.com")).toBe(false);
  expect(await customersOf("first@example.com")).toEqual([free]);

  await replanned(shop.latchkey);
  const before = await dumpWorld(shop.latchkey);
  expect(countsOf(await importList(shop.latchkey, { rows }))).toEqual([7, 7, 0, 0, 2, 5]);
  expect(await dumpWorld(shop.latchkey)).toBe(before);
});

test("while Stripe does not answer the people are in, and the job waits for their customers", async () => {
  const customer = await stall.customer("c@example.com");
  shop.toll.decide(() => 500);
  const rows = [{ email: "ada@example.com", stripeCustomerId: customer }, { email: "bob@example.com" }];
  const { importUsers } = await shop.latchkey.get<{ importUsers: { id: string } }>(
    "mutation ($input: ImportUsersInput!) { importUsers(input: $input) { id } }",
    { input: { rows } },
  );
  const read = async () =>
    (
      await shop.latchkey.get<{ job: { error: string | null; done: number; status: string; created: number } }>(
        "query ($id: ID!) { job(id: $id) { error done status created } }",
        { id: importUsers.id },
      )
    ).job;
  const waiting = await until(read, ({ error }) => error !== null);
  expect(waiting).toMatchObject({ status: "RUNNING", done: 1, created: 1 });
  expect(await stall.allowed("ada@example.com")).toBe(false);
  shop.toll.decide(() => "PASS");
  expect(await until(read, ({ status }) => status !== "RUNNING")).toMatchObject({ done: 2, created: 2 });
  expect(await customersOf("ada@example.com")).toEqual([customer]);
});

test("a verified address of a list brings what was bought with it before", async () => {
  await stall.link();
  await stall.buyOnce({ email: "guest@example.com" });
  await shop.settled();
  const rows = [
    { email: "Guest@Example.com", emailVerified: true },
    { email: "other@example.com", emailVerified: true },
  ];
  await importList(shop.latchkey, { rows });
  await until(
    () => stall.allowed("guest@example.com"),
    (allowed) => allowed === true,
  );
  expect(await stall.allowed("guest@example.com")).toBe(true);
  expect(await stall.allowed("other@example.com")).toBe(false);
});

test("CH-X28: an export that is read back changes nothing", async () => {
  await stall.link();
  const customer = await stall.customer("c@example.com");
  await stall.subscribe(customer);
  const rows = [
    { externalId: "ada", email: "ada@example.com", emailVerified: true, stripeCustomerId: customer, name: "=Ada()" },
    { externalId: "bob", email: "bob@example.com", products: ["course"], accessEndsAt: "2026-12-01T00:00:00Z" },
    { email: "cleo@example.com", name: ' "Cleo", the\nsecond ', metadata: { "odd key": { a: [1, null, "'@"] } } },
    { externalId: "'-dan", name: "'+1" },
  ];
  await importList(shop.latchkey, { rows });
  await shop.settled();
  await replanned(shop.latchkey);
  const before = await dumpWorld(shop.latchkey);
  for (const [format, type] of [
    ["CSV", "text/csv"],
    ["JSONL", "application/x-ndjson"],
  ] as const) {
    const { job } = await shop.latchkey.get<{ job: { id: string } }>(
      "mutation ($format: String) { job: exportUsers(format: $format) { id } }",
      { format },
    );
    const url = await until(
      async () =>
        (
          await shop.latchkey.get<{ job: { resultUrl: string | null } }>(
            "query ($id: ID!) { job(id: $id) { resultUrl } }",
            { id: job.id },
          )
        ).job.resultUrl,
      (found) => found !== null,
    );
    const file = Buffer.from(await (await fetch(url ?? "")).arrayBuffer());
    const again = await uploadList(shop.latchkey, file, "", type);
    expect([format, again.problems.nodes, countsOf(again)]).toEqual([format, [], [4, 4, 0, 0, 4, 0]]);
    expect(await dumpWorld(shop.latchkey)).toBe(before);
  }
});
