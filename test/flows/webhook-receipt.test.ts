import { request } from "node:http";
import { gzipSync } from "node:zlib";
import type { Latchkey } from "../kit/start-latchkey";
import { signatureOf } from "../kit/sign-webhook";
import { until } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";
import { isLong } from "../kit/is-long";

let shop: Shop;
let secret: string;
let account: string;

interface Row {
  event_id: string;
  type: string;
  object_id: string | null;
  subject: string;
  shape: string;
  state: string;
  body: string | null;
}

// What the events lead to is not asked here: most of them are of a type that leads to nothing.
beforeAll(async () => {
  shop = await startShop({ replicas: 1 });
  account = (await shop.stripe.accounts.retrieveCurrent()).id;
  secret = shop.simulator.control.act((draft) => draft.rows("webhook_endpoint")[0]?.ours.secrets[0] ?? "");
});
afterAll(() => shop.stop());

let made = 0;
const newId = () => `evt_${process.pid}_${++made}`;
const eventOf = (more: object = {}) => ({
  id: newId(),
  object: "event",
  type: "test_helpers.test_clock.ready",
  api_version: "2026-10-28.endive",
  created: Math.floor(shop.clock.now().getTime() / 1000),
  livemode: false,
  data: { object: { id: "clock_1", object: "test_helpers.test_clock" } },
  ...more,
});

interface Sending {
  signature?: string | null;
  to?: Latchkey;
  path?: string;
  headers?: Record<string, string>;
}

async function post(body: string | Buffer, sending: Sending = {}): Promise<number> {
  const { to = shop.latchkey, path = `/stripe/webhook/${shop.connection}` } = sending;
  const signature = sending.signature === undefined ? signatureOf(body, shop.clock.now(), secret) : sending.signature;
  const headers = { ...(signature !== null && { "stripe-signature": signature }), ...sending.headers };
  const answer = await fetch(`${to.url}${path}`, { method: "POST", headers, body: new Uint8Array(Buffer.from(body)) });
  await answer.arrayBuffer();
  return answer.status;
}

const query = <Result>(text: string, values: unknown[] = []) =>
  shop.latchkey.server.deps.db.rows<Result>(`/* test */ ${text}`, values);
const rowOf = async (eventId: string) =>
  (await query<Row>("select * from stripe_inbox where event_id = $1", [eventId]))[0];
const countRows = async () =>
  (await query<{ rows: number }>("select count(*)::int as rows from stripe_inbox"))[0]?.rows;

interface Health {
  lastEventAt: string | null;
  rejected: number;
  strangers: number;
}

/** The counts of everything that came before. They are written together, so a last good event shows that they are there. */
async function health(): Promise<Health> {
  shop.clock.moveBy(1_000);
  const at = shop.clock.now().toISOString();
  await post(JSON.stringify(eventOf()));
  const document = "{ stripeConnections { webhookHealth { lastEventAt rejected lastRejectedAt strangers } } }";
  const read = async () => {
    const answer = await shop.latchkey.get<{ stripeConnections: { webhookHealth: Health }[] }>(document);
    return answer.stripeConnections[0]?.webhookHealth as Health;
  };
  return until(read, ({ lastEventAt }) => lastEventAt === at);
}

test("a good event is answered 200 when it is written down", async () => {
  const event = eventOf();
  expect(await post(JSON.stringify(event))).toBe(200);
  expect(await rowOf(event.id)).toMatchObject({ type: event.type, shape: "SNAPSHOT", object_id: "clock_1" });
});

test("F4: one event sent fifty times at once to two servers is one row, and every answer is 200", async () => {
  const event = eventOf();
  const body = JSON.stringify(event);
  const servers = [shop.latchkey, ...shop.replicas];
  const sent = Array.from({ length: 50 }, (_, at) => post(body, { to: servers[at % servers.length] ?? shop.latchkey }));
  expect(new Set(await Promise.all(sent))).toEqual(new Set([200]));
  expect(await query("select 1 from stripe_inbox where event_id = $1", [event.id])).toHaveLength(1);
});

const FLOOD = isLong ? 300 : 60;

test("a flood in every order, with repeats, to two servers at once is every event once", async () => {
  const before = (await countRows()) ?? 0;
  const bodies = Array.from({ length: FLOOD }, () => JSON.stringify(eventOf()));
  const flood = [...bodies, ...bodies.toReversed()];
  const [first, second] = [shop.latchkey, shop.replicas[0]];
  const answers = await Promise.all(
    flood.map((body, at) => post(body, { to: (at % 2 ? second : first) ?? shop.latchkey })),
  );
  expect(answers.filter((status) => status !== 200)).toEqual([]);
  expect(await countRows()).toBe(before + FLOOD);
});

describe("signatures", () => {
  test("TA-X24: a wrong, missing, old or future one is 400, counted, and leaves no row", async () => {
    const before = await health();
    const body = JSON.stringify(eventOf());
    const now = shop.clock.now().getTime();
    const wrong = [
      signatureOf(body, shop.clock.now(), "whsec_of_somebody_else"),
      signatureOf(`${body} `, shop.clock.now(), secret),
      null,
      "",
      "t=1,v1=",
      signatureOf(body, new Date(now - 301_000), secret),
      signatureOf(body, new Date(now + 301_000), secret),
    ];
    const rows = await countRows();
    for (const signature of wrong) expect(await post(body, { signature })).toBe(400);
    expect(await countRows()).toBe(rows);
    expect((await health()).rejected).toBe(before.rejected + wrong.length);
  });

  test("only several different plausible events with a wrong signature cast doubt on the secret", async () => {
    const document = "{ setupStatus { steps { key done } } }";
    const isTrusted = async () => {
      const answer = await shop.latchkey.get<{ setupStatus: { steps: { key: string; done: boolean }[] } }>(document);
      return answer.setupStatus.steps.find(({ key }) => key === "webhook_secret")?.done;
    };
    const counted = async (more: number) => {
      const wanted = (await refused()) + more;
      return async () => {
        expect(await until(refused, (count) => count >= wanted)).toBe(wanted);
      };
    };
    const refused = async () =>
      (await query<{ rejected: number }>("select rejected::int as rejected from webhook_counts"))[0]?.rejected ?? 0;
    const forged = (event: object) => {
      const body = JSON.stringify(event);
      return post(body, { signature: signatureOf(body, shop.clock.now(), "whsec_of_somebody_else") });
    };
    expect(await post(JSON.stringify(eventOf()))).toBe(200);
    const same = eventOf();
    const implausible = [
      {},
      eventOf({ id: "cus_1" }),
      eventOf({ livemode: true }),
      eventOf({ account: "acct_another" }),
      eventOf({ api_version: "latest" }),
      eventOf({ created: 1 }),
      eventOf({ object: "charge" }),
      eventOf({ data: {} }),
      same,
      same,
      same,
    ];
    const first = await counted(implausible.length + 3);
    for (const event of implausible) expect(await forged(event)).toBe(400);
    for (const signature of [null, "t=1,v1=00", signatureOf("{}", new Date(0), secret)]) {
      expect(await post(JSON.stringify(eventOf()), { signature })).toBe(400);
    }
    await first();
    expect(await isTrusted()).toBe(true);
    const second = await counted(3);
    for (let count = 0; count < 3; count++) await forged(eventOf());
    await second();
    expect(await isTrusted()).toBe(false);
    expect(await post(JSON.stringify(eventOf()))).toBe(200);
    expect(await until(isTrusted, (is) => is === true)).toBe(true);
  });

  test("several signatures, one of which is right, are good: secrets are rolled with an overlap", async () => {
    const body = JSON.stringify(eventOf());
    expect(await post(body, { signature: signatureOf(body, shop.clock.now(), "whsec_new", secret) })).toBe(200);
  });

  test("F36: while a secret is replaced both are good, in every server at once, and after a day the old one is not", async () => {
    const [old, next] = [secret, "whsec_thenextone"];
    const change = "mutation ($input: UpdateStripeConnectionInput!) { updateStripeConnection(input: $input) { id } }";
    const servers = [shop.latchkey, ...shop.replicas];
    await shop.latchkey.get(change, { input: { connection: shop.connection, webhookSecret: next } });
    const statuses = async (by: string) =>
      Promise.all(
        servers.map((to) => {
          const body = JSON.stringify(eventOf());
          return post(body, { to, signature: signatureOf(body, shop.clock.now(), by) });
        }),
      );
    expect([await statuses(next), await statuses(old)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    shop.clock.moveBy(24 * 3_600_000 + 1_000);
    expect([await statuses(next), await statuses(old)]).toEqual([
      [200, 200],
      [400, 400],
    ]);
    const input = { connection: shop.connection, webhookSecret: old, previousWebhookSecret: "whsec_thethirdone" };
    await shop.latchkey.get(change, { input });
    expect([await statuses("whsec_thethirdone"), await statuses(old), await statuses(next)]).toEqual([
      [200, 200],
      [200, 200],
      [400, 400],
    ]);
  });
});

describe("F22: the bytes are signed, not their meaning", () => {
  const id = () => newId();
  const shapes: [string, (eventId: string) => string][] = [
    ["odd spacing", (one) => `{\n\t"id" :   "${one}","object":"event" , "type":"a.b","livemode":false}`],
    ["escapes", (one) => `{"id":"${one}","object":"event","type":"a.b","livemode":false,"x":"\\u00e9\\u2028\\/"}`],
    ["letters beyond ASCII", (one) => `{"id":"${one}","object":"event","type":"a.b","livemode":false,"x":"é漢🎉"}`],
    ["keys in another order", (one) => `{"type":"a.b","livemode":false,"object":"event","id":"${one}"}`],
    ["a key twice", (one) => `{"id":"evt_other","id":"${one}","object":"event","type":"a.b","livemode":false}`],
    ["a line end behind", (one) => `{"id":"${one}","object":"event","type":"a.b","livemode":false}\r\n`],
    [
      "numbers that no number holds",
      (one) => `{"id":"${one}","object":"event","type":"a.b","livemode":false,"n":1e999}`,
    ],
    [
      "a megabyte",
      (one) => `{"id":"${one}","object":"event","type":"a.b","livemode":false,"x":"${"x".repeat(1_000_000)}"}`,
    ],
  ];

  test.each(shapes)("%s", async (_, write) => {
    const eventId = id();
    expect(await post(write(eventId))).toBe(200);
    expect(await rowOf(eventId)).toMatchObject({ type: "a.b" });
  });

  test("compressed on the way", async () => {
    const eventId = id();
    const body = JSON.stringify(eventOf({ id: eventId }));
    const signature = signatureOf(body, shop.clock.now(), secret);
    expect(await post(gzipSync(body), { signature, headers: { "content-encoding": "gzip" } })).toBe(200);
    expect(await rowOf(eventId)).toBeDefined();
  });

  test("in pieces, cut in the middle of a character", async () => {
    const eventId = id();
    const body = Buffer.from(JSON.stringify(eventOf({ id: eventId, x: "é漢🎉".repeat(50) })));
    const pieces = Array.from({ length: Math.ceil(body.length / 7) }, (_, at) => body.subarray(at * 7, at * 7 + 7));
    expect(await postInPieces(pieces, signatureOf(body, shop.clock.now(), secret))).toBe(200);
    expect(await rowOf(eventId)).toBeDefined();
  });

  test("whatever the content type says", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "x"]) {
      expect(await post(JSON.stringify(eventOf()), { headers: { "content-type": type } })).toBe(200);
    }
  });
});

function postInPieces(pieces: readonly Buffer[], signature: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(shop.latchkey.url);
    const headers = { "stripe-signature": signature };
    const sending = request({ hostname, port, method: "POST", path: `/stripe/webhook/${shop.connection}`, headers });
    sending.on("response", (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    sending.on("error", reject);
    for (const piece of pieces) sending.write(piece);
    sending.end();
  });
}

describe("F26: no signed body whatever makes the endpoint fail", () => {
  const text = (value: unknown) => JSON.stringify(value);
  const absurd: [string, () => string | Buffer][] = [
    ["nothing", () => ""],
    ["a space", () => " "],
    ["null", () => "null"],
    ["true", () => "true"],
    ["a number", () => "42"],
    ["a number beyond numbers", () => "1e999"],
    ["a text", () => '"evt_1"'],
    ["a list", () => "[]"],
    ["a list of events", () => text([eventOf()])],
    ["an empty object", () => "{}"],
    ["half an event", () => text(eventOf()).slice(0, 60)],
    ["a byte order mark and an event", () => `\uFEFF${text(eventOf())}`],
    ["two events", () => text(eventOf()) + text(eventOf())],
    ["bytes that are no text", () => Buffer.from([0xff, 0xfe, 0x80, 0x00])],
    ["NULs", () => "\0\0\0"],
    ["a form", () => "id=evt_1&object=event"],
    ["a page", () => "<html></html>"],
    ["a hundred thousand brackets", () => "[".repeat(100_000)],
    ["a deep object", () => `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`],
    ["no id", () => text({ ...eventOf(), id: undefined })],
    ["an id of null", () => text(eventOf({ id: null }))],
    ["an id that is a list", () => text(eventOf({ id: ["evt_1"] }))],
    ["an id that is an object", () => text(eventOf({ id: {} }))],
    ["an id with a NUL", () => text(eventOf({ id: "evt_\0" }))],
    ["an id of half a character", () => '{"id":"\\ud800","object":"event","type":"a.b","livemode":false}'],
    ["an id of a thousand letters", () => text(eventOf({ id: "e".repeat(1_000) }))],
    ["an id that is SQL", () => text(eventOf({ id: "');drop-table-stripe_inbox;--" }))],
    ["a type of null", () => text(eventOf({ type: null }))],
    ["a type that is a number", () => text(eventOf({ type: 7 }))],
    ["a type that nobody knows", () => text(eventOf({ type: "no.such.thing" }))],
    ["a type that everything inherits", () => text(eventOf({ type: "constructor" }))],
    ["a type with a NUL", () => text(eventOf({ type: "a\0b" }))],
    ["no object", () => text(eventOf({ object: undefined }))],
    ["another object", () => text(eventOf({ object: "customer" }))],
    ["no data", () => text(eventOf({ data: undefined }))],
    ["data of null", () => text(eventOf({ data: null }))],
    ["data that is a text", () => text(eventOf({ data: "x" }))],
    ["an object of null", () => text(eventOf({ data: { object: null } }))],
    ["an object that is a list", () => text(eventOf({ data: { object: [1, 2] } }))],
    ["an object without id", () => text(eventOf({ data: { object: { object: "subscription" } } }))],
    ["an object id with a NUL", () => text(eventOf({ data: { object: { id: "sub_\0" } } }))],
    ["a customer that is a number", () => text(eventOf({ data: { object: { id: "sub_1", customer: 7 } } }))],
    ["a time that is a text", () => text(eventOf({ created: "yesterday" }))],
    ["a time beyond all times", () => text(eventOf({ created: 9e15 }))],
    ["a negative time", () => text(eventOf({ created: -5 }))],
    ["no mode", () => text(eventOf({ livemode: undefined }))],
    ["a mode that is a text", () => text(eventOf({ livemode: "false" }))],
    ["a version that is an object", () => text(eventOf({ api_version: {} }))],
    ["a name that pollutes", () => '{"__proto__":{"id":"evt_1","object":"event","type":"a.b"},"livemode":false}'],
    ["a thin event of nothing", () => text({ id: newId(), object: "v2.core.event", type: "v1." })],
    ["a thin event of null", () => text({ id: newId(), object: "v2.core.event", type: "v1.a", related_object: null })],
    [
      "a subscription event with half characters",
      () =>
        `{"id":"${newId()}","object":"event","type":"customer.subscription.updated","livemode":false,"x":"\\ud800\\u0000"}`,
    ],
  ];

  test.each(absurd)("%s", async (_, write) => {
    expect(await post(write())).toBe(200);
  });

  test("and good ones among them are all there", async () => {
    const good = Array.from({ length: 60 }, () => eventOf());
    const mixed = good.flatMap((event, at) => [text(event), absurd[at % absurd.length]?.[1]() ?? ""]);
    expect(new Set(await Promise.all(mixed.map((body) => post(body))))).toEqual(new Set([200]));
    const found = await query("select 1 from stripe_inbox where event_id = any($1)", [good.map(({ id }) => id)]);
    expect(found).toHaveLength(good.length);
  });

  test("one that is larger than anything of Stripe's is refused before it is read to the end", async () => {
    expect(await post("x".repeat(4_500_000))).toBe(413);
  });
});

describe("F37, TA-X3: what belongs to another mode or account", () => {
  test.each([
    ["the other mode", () => ({ livemode: true })],
    ["another account", () => ({ account: "acct_other" })],
    ["another context", () => ({ context: "acct_other" })],
  ])("%s is kept without effect, and counted", async (_, more) => {
    const before = await health();
    const event = eventOf({ ...more(), type: "customer.subscription.updated" });
    expect(await post(JSON.stringify(event))).toBe(200);
    expect(await rowOf(event.id)).toMatchObject({ state: "IGNORED", body: null });
    expect((await health()).strangers).toBe(before.strangers + 1);
  });

  test("our own account by name is no stranger", async () => {
    const event = eventOf({ account });
    await post(JSON.stringify(event));
    expect((await rowOf(event.id))?.state).not.toBe("IGNORED");
  });
});

test("a thin event is a row like any other, under the name of its twin", async () => {
  const id = newId();
  const related = { id: "sub_thin", type: "subscription", url: "/v1/subscriptions/sub_thin" };
  const thin = {
    id,
    object: "v2.core.event",
    type: "v1.customer.subscription.updated",
    created: "2026-03-01T12:00:00Z",
  };
  expect(await post(JSON.stringify({ ...thin, livemode: false, related_object: related }))).toBe(200);
  const row = await rowOf(id);
  expect(row).toMatchObject({
    type: "customer.subscription.updated",
    shape: "THIN",
    object_id: "sub_thin",
    body: null,
  });
});

test.each([
  ["an unknown connection", "/stripe/webhook/con_00000000000000000000000000"],
  ["a connection that nobody could have made", "/stripe/webhook/con_nonsense"],
  ["another kind of id", "/stripe/webhook/usr_00000000000000000000000000"],
  ["no connection", "/stripe/webhook/"],
])("%s: there is nothing at the address", async (_, path) => {
  expect(await post(JSON.stringify(eventOf()), { path })).toBe(404);
});

test("only POST is taken", async () => {
  const answer = await fetch(`${shop.latchkey.url}/stripe/webhook/${shop.connection}`);
  expect(answer.status).toBe(405);
});

test("TA-X24: when the database does not answer, Stripe is told to send it again", async () => {
  const { db } = shop.latchkey.server.deps;
  const event = eventOf();
  await db.rows("/* test */ alter table stripe_inbox add constraint never check (event_id = '') not valid");
  expect(await post(JSON.stringify(event))).toBe(500);
  await db.rows("/* test */ alter table stripe_inbox drop constraint never");
  expect(await post(JSON.stringify(event))).toBe(200);
  expect(await rowOf(event.id)).toBeDefined();
});

test("the log holds no body, no signature and no address of anybody", async () => {
  const object = { id: "cus_1", object: "customer", email: "ada.of.the.body@shop.example" };
  await post(JSON.stringify(eventOf({ type: "customer.updated", data: { object } })));
  await post("[]");
  expect(shop.latchkey.logged.join("")).not.toMatch(/ada\.of\.the\.body|v1=|whsec_/);
});

test("RWS-X9, RWS-X37: from the answer to a disconnection on, the endpoint exists in no server", async () => {
  const body = () => JSON.stringify(eventOf());
  for (const to of [shop.latchkey, ...shop.replicas]) expect(await post(body(), { to })).toBe(200);
  await shop.latchkey.get(`mutation { disconnectStripe(connection: "${shop.connection}") { id } }`);
  for (const to of [shop.latchkey, ...shop.replicas]) expect(await post(body(), { to })).toBe(404);
});
