import type { SourceFacts } from "../../src/access/fact";
import { formatFacts } from "../../src/access/read-facts";
import { findConnected } from "../../src/connections/connections.store";
import type { ConnectionEntity } from "../../src/connections/connection.entity";
import { drawObservation } from "../../src/links/observations.store";
import { lookAt } from "../../src/projection/look-at";
import { listTestClocks } from "../../src/surveys/list-test-clocks";
import { planWalks } from "../../src/surveys/plan-walks";
import { seeRows } from "../../src/surveys/see-rows";
import { type SurveyedRow, surveyOf, surveyPage } from "../../src/surveys/survey-page";
import { startJob } from "../../src/work/start-job";
import { writeNotes } from "../../src/work/notes.store";
import type { JobEntity } from "../../src/work/job.entity";
import { openPaces } from "../../src/connections/open-paces";
import { fillStalls } from "../kit/fill-stalls";
import { type Stall, openStall } from "../kit/open-stall";
import { SHOP_KEY, type Shop, startShop } from "../kit/start-shop";

const CONNECT = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";

let shop: Shop;
let stall: Stall;
let other: Stall;
let connection: ConnectionEntity;
beforeAll(async () => {
  shop = await startShop({ connect: false, background: { runners: {}, reconcilesByItself: false } });
  stall = await openStall(shop, "course");
  other = await openStall(shop, "book");
  await fillStalls(shop, stall, other);
  shop.clock.moveBy(60 * 60_000);
  await shop.latchkey.get(CONNECT, { input: { secretKey: SHOP_KEY } });
  connection = (await findConnected(shop.latchkey.server.deps.db))[0] as ConnectionEntity;
});
afterAll(() => shop.stop());

const depsOf = () => ({ ...shop.latchkey.server.deps, paceOf: openPaces(shop.latchkey.server.deps) });

let surveys = 0;

function beginSurvey(): Promise<JobEntity> {
  const { deps } = shop.latchkey.server;
  const job = {
    kind: "REPLAY",
    mode: "TEST",
    connectionId: null,
    input: {},
    dryRun: false,
    createdBy: "test",
  } as const;
  return deps.db.transaction((tx) => startJob(tx, deps, { ...job, subject: `survey ${++surveys}` }));
}

/** Every row of every list, page by page, as a job reads them. */
async function survey(job: JobEntity): Promise<SurveyedRow[]> {
  const deps = depsOf();
  const observation = await drawObservation(deps.db);
  const rows: SurveyedRow[] = [];
  for (const walk of planWalks({ clocks: await listTestClocks(deps, connection), prices: null })) {
    let after: string | null = null;
    do {
      const page = await surveyPage(deps, surveyOf(deps.db, job), connection, { walk, after, observation });
      await deps.db.transaction((tx) => writeNotes(tx, job.id, page.notes));
      rows.push(...page.rows);
      after = page.next;
    } while (after !== null);
  }
  return rows;
}

/** Apart from when it was looked at. */
const said = (facts: SourceFacts | undefined) =>
  facts && { ...facts, observation: null, observedAt: null, text: formatFacts(facts) };

test("what rows of lists tell is exactly what a look tells, in every state that there is", async () => {
  const job = await beginSurvey();
  const rows = await survey(job);
  const unclear: string[] = [];
  const seen = new Map((await seeRows(depsOf(), connection, rows)).facts.map((facts) => [facts.source, facts]));
  for (const row of rows) {
    const sighting = await lookAt(depsOf(), connection, [row.target]);
    const looked = sighting.facts.find(({ source }) => source === row.source);
    const buyer = looked?.buyer.email?.split("@")[0] ?? "(deleted)";
    expect([buyer, said(seen.get(row.source))]).toEqual([buyer, said(looked)]);
    if (row.facts === null) {
      unclear.push(buyer);
      continue;
    }
    expect([buyer, said(row.facts)]).toEqual([buyer, said(looked)]);
    const customer = sighting.customers.find((each) => each.customer === row.customer?.customer);
    expect(row.customer && { ...row.customer, observation: null, observedAt: null }).toEqual(
      customer ? { ...customer, observation: null, observedAt: null } : null,
    );
  }
  // What a row cannot tell: payments that are missing, money that went back, and what has only an invoice.
  expect(unclear.sort()).toEqual(
    [
      "late",
      "disputed",
      "dispute-won",
      "dispute-lost",
      "clocked",
      "refunded",
      "refunded-in-part",
      "refunded-invoice",
      "disputed-order",
      "and-a-book",
      "office",
      "invoiced",
      "credited",
    ].sort(),
  );
  expect(rows.length - unclear.length).toBeGreaterThan(20);
});

test("each purchase stands in one row, and with the looks that are needed nothing that was bought is missing", async () => {
  const job = await beginSurvey();
  const rows = await survey(job);
  const sources = rows.map(({ source }) => source);
  expect(sources.length).toBe(new Set(sources).size);
  const { facts, failures } = await seeRows(depsOf(), connection, rows);
  expect([...failures]).toEqual([]);
  const { shelves } = shop.simulator.world;
  const subscriptions = shelves.subscription.inOrder.map(({ row }) => row.id);
  const found = new Set(facts.map(({ source }) => source));
  expect([...found].filter((source) => source.startsWith("sub_")).sort()).toEqual(subscriptions.sort());
  const paid = shelves["checkout.session"].inOrder.filter(
    ({ row }) => row.mode === "payment" && row.payment_status !== "unpaid",
  );
  expect(paid.length).toBeGreaterThan(10);
  expect(paid.filter(({ row }) => !found.has(row.invoice ?? row.payment_intent ?? row.id))).toEqual([]);
});

test("a subscription that began while its survey ran is looked at: its checkout may have been listed before", async () => {
  const job = await beginSurvey();
  await stall.subscribe(await stall.customer("just-now@a.example"));
  const rows = await survey(job);
  expect(rows.filter(({ facts, boughtAt }) => facts === null && boughtAt >= job.createdAt)).toHaveLength(1);
});

test("of what was bought since a moment, a checkout of the day before is noted and is no row", async () => {
  const noon = Math.floor(shop.clock.now().getTime() / 1_000) - 60;
  const walks = planWalks({ clocks: [], prices: null, since: noon });
  const job = await beginSurvey();
  const deps = depsOf();
  const observation = await drawObservation(deps.db);
  const pages = await Promise.all(
    walks.map((walk) => surveyPage(deps, surveyOf(deps.db, job), connection, { walk, after: null, observation })),
  );
  expect(pages.flatMap(({ rows }) => rows).filter(({ boughtAt }) => boughtAt.getTime() < noon * 1_000)).toEqual([]);
  expect(pages.flatMap(({ notes }) => notes).map(({ kind }) => kind)).toContain("SESSION_OF");
});
