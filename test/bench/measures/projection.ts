import { setTimeout as delay } from "node:timers/promises";
import type { NewEvent } from "../../../src/stripe/inbox.store";
import { withClient } from "../account";
import { cpuOf } from "../cpu";
import type { Lab } from "../lab";
import { type SideResult, medianSide } from "../rounds";
import type { Row } from "../table";
import { type World, countAsked, openWorld, putIntoInbox } from "../world";

const PEOPLE = 1_000;
const OF_ONE = 200;
const LOOK_EVERY_MS = 10;
const DONE_WITHIN_MS = 120_000;

/** P5: from a full inbox to grants, with a Stripe that answers at once. */
export async function measureProjection(lab: Lab): Promise<Row[]> {
  const world = await openWorld(lab, "acct_projection");
  const people = lab.short ? PEOPLE / 5 : PEOPLE;
  const { connectionId } = world;
  const purchasesOf = (round: number) =>
    Array.from({ length: people }, (_, index) => purchase(connectionId, `p${round}x${index}`)).flat();
  try {
    await workOff(world, lab, purchasesOf(0));
    const [first, again]: [SideResult[], SideResult[]] = [[], []];
    for (let round = 1; round <= lab.pace.rounds; round++) {
      first.push(await workOff(world, lab, purchasesOf(round)));
      again.push(await workOff(world, lab, purchasesOf(round).map(anotherOf)));
    }
    await expectGrants(world, (lab.pace.rounds + 1) * people);
    const before = await countAsked(world);
    const [, , change] = purchase(connectionId, "often");
    if (change)
      await workOff(
        world,
        lab,
        Array.from({ length: OF_ONE }, () => anotherOf(change)),
      );
    const asked = (await countAsked(world)) - before;
    const name = "P5 inbox to grants";
    return [
      { name, against: `5 events each of ${people} new people`, goal: "≥ 2,000/s", seen: medianSide(first) },
      { name, against: "5 more events of each", goal: "≥ 2,000/s", seen: medianSide(again) },
      { name: "P5 reads of Stripe", against: `${OF_ONE} events of one customer`, goal: "≤ 3", seen: String(asked) },
    ];
  } finally {
    await world.close();
  }
}

/** What Stripe tells of one purchase of a subscription. */
function purchase(connectionId: string, name: string): NewEvent[] {
  const customer = `cus_${name}`;
  const subscription = `sub_${name}`;
  const invoice = `in_${name}`;
  const events: [type: string, objectId: string, ids: NewEvent["ids"]][] = [
    ["customer.created", customer, {}],
    ["checkout.session.completed", `cs_${name}`, { session: `cs_${name}`, subscription, invoice }],
    ["customer.subscription.created", subscription, { subscription }],
    ["invoice.paid", invoice, { invoice, subscription }],
    ["payment_intent.succeeded", `pi_${name}`, { payment: `pi_${name}` }],
  ];
  return events.map(([type, objectId, ids]) => ({
    connectionId,
    eventId: newEventId(),
    type,
    objectId,
    ids: { customer, ...ids },
    subject: customer,
    shape: "SNAPSHOT",
    apiVersion: null,
    happenedAt: new Date(),
    receivedAt: new Date(),
    body: null,
    state: "PENDING",
  }));
}

function anotherOf(event: NewEvent): NewEvent {
  return { ...event, eventId: newEventId() };
}

let made = 0;

function newEventId(): string {
  return `evt_${++made}`;
}

/** From the moment that the events are there until the last of them is done. */
async function workOff(world: World, lab: Lab, events: readonly NewEvent[]): Promise<SideResult> {
  const used = () => [cpuOf([world.server.pid]), cpuOf(lab.postgres())] as const;
  await putIntoInbox(world, events);
  const began = performance.now();
  const before = used();
  await withClient(world.shop.databaseUrl, async (client) => {
    const waiting = "select 1 from stripe_inbox where state = 'PENDING' limit 1";
    while ((await client.query(waiting)).rows.length > 0) {
      if (performance.now() - began > DONE_WITHIN_MS) throw new Error("events stay in the inbox");
      await delay(LOOK_EVERY_MS);
    }
  });
  const ms = performance.now() - began;
  const after = used();
  const each = (index: 0 | 1) => {
    const [from, to] = [before[index], after[index]];
    return from === null || to === null ? null : (to - from) / events.length;
  };
  const perSecond = (events.length * 1_000) / ms;
  return { perSecond, p50: NaN, p99: NaN, serverCpu: each(0), postgresCpu: each(1) };
}

async function expectGrants({ shop, connectionId }: World, wanted: number): Promise<void> {
  const text = "select count(*)::int as found from grants where connection_id = $1 and ended_at is null";
  const { rows } = await withClient(shop.databaseUrl, (client) =>
    client.query<{ found: number }>(text, [connectionId]),
  );
  if (rows[0]?.found !== wanted) throw new Error(`${rows[0]?.found} grants came of ${wanted} purchases`);
}
