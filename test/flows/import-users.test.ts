import { countsOf, dumpWorld, importList, problemsOf } from "../kit/import-list";
import { type Operations, operationsOf } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let operations: Operations;
beforeAll(async () => {
  latchkey = await startLatchkey();
  operations = operationsOf(latchkey);
});
afterAll(() => latchkey.stop());

/** Names of this test alone: all of them share a database. */
let turn = 0;
let mark = "";
beforeEach(() => {
  turn++;
  mark = `t${turn}`;
});
const email = (name: string) => `${name}.${mark}@example.com`;
const id = (name: string) => `${mark}-${name}`;

const USER = `query ($id: ID!) { user(id: $id) { id externalId email emailVerified name metadata
  grants(first: 50) { nodes { id source status reason startsAt endsAt note product { key } } }
  activities(first: 50) { nodes { type origin actor message data product { key } } } } }`;

interface Seen {
  id: string;
  externalId: string | null;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  metadata: object;
  grants: {
    nodes: {
      id: string;
      source: string;
      status: string;
      reason: string;
      startsAt: string;
      endsAt: string | null;
      product: { key: string };
    }[];
  };
  activities: { nodes: { type: string; origin: string; actor: string; message: string; data: object }[] };
}

async function see(name: string): Promise<Seen> {
  return (await latchkey.get<{ user: Seen }>(USER, { id: id(name) })).user;
}

const typesOf = ({ activities }: Seen) => activities.nodes.map(({ type }) => type).sort();

test("RWS-S18: a list from another program brings people with whatever it knows of them", async () => {
  const csv =
    "\uFEFFID;user_email;display_name;Role;Favourite colour\r\n" +
    `${id("ada")};${email("ada")};"Lovelace; Ada";subscriber;green\r\n` +
    `${id("bob")};${email("bob")};Bob;editor;\r\n\r\n`;
  const job = await importList(latchkey, { csv });
  expect(job).toMatchObject({ kind: "USER_IMPORT", status: "SUCCEEDED", dryRun: false, error: null });
  expect(countsOf(job)).toEqual([2, 2, 2, 0, 0, 0]);
  const ada = await see("ada");
  expect(ada).toMatchObject({ email: email("ada"), emailVerified: false, name: "Lovelace; Ada" });
  expect(ada.metadata).toEqual({ Role: "subscriber", "Favourite colour": "green" });
  expect((await see("bob")).metadata).toEqual({ Role: "editor" });
  expect(ada.activities.nodes).toMatchObject([{ type: "USER_IMPORTED", origin: "IMPORT", actor: "ADMIN" }]);
});

test("RWS-S18: CSV and JSON rows say the same, and are refused for the same reasons", async () => {
  await operations.createProduct({ key: id("pro"), name: "Pro", status: "LIVE" });
  const rows = [
    { externalId: id("a"), email: email("a"), emailVerified: true, name: "A", metadata: { plan: "old", level: "2" } },
    { externalId: id("b"), products: [id("pro")], accessEndsAt: "2026-12-31T10:00:00.000Z" },
    { email: "nobody" },
    { externalId: " spaced" },
    { externalId: "usr_01234567890123456789012345" },
    { name: "Without a name to know them by" },
    { externalId: id("c"), products: ["there-is-none"] },
    { externalId: id("d"), accessEndsAt: "2026-12-31T10:00:00.000Z" },
    { externalId: id("e"), products: [id("pro")], accessEndsAt: "2020-01-01T10:00:00.000Z" },
    { externalId: id("f"), name: "x".repeat(501) },
  ];
  const csv = [
    "external id,e-mail,email verified,name,products,access ends at,metadata,metadata.level",
    `${id("a")},${email("a")},yes,A,,,"{""plan"":""old""}",2`,
    `${id("b")},,,,${id("pro")},2026-12-31T10:00:00Z,,`,
    ",nobody,,,,,,",
    '" spaced",,,,,,,',
    "usr_01234567890123456789012345,,,,,,,",
    ",,,Without a name to know them by,,,,",
    `${id("c")},,,,there-is-none,,,`,
    `${id("d")},,,,,2026-12-31T10:00:00Z,,`,
    `${id("e")},,,,${id("pro")},2020-01-01 10:00:00,,`,
    `${id("f")},,,${"x".repeat(501)},,,,`,
  ].join("\n");
  const asked = (await importList(latchkey, { rows, dryRun: true })).problems.nodes;
  const read = (await importList(latchkey, { csv, dryRun: true })).problems.nodes;
  const shown = (nodes: typeof asked) => nodes.map(({ row, code, subject, message }) => [row, code, subject, message]);
  // Spaces around a cell are nobody's name.
  expect(shown(read)).toEqual(shown(asked).filter(([row]) => row !== 4));
  expect(asked.map(({ row, code, subject }) => [row, code, subject])).toEqual([
    [3, "EMAIL_INVALID", null],
    [4, "INVALID_INPUT", " spaced"],
    [5, "INVALID_INPUT", "usr_01234567890123456789012345"],
    [6, "INVALID_INPUT", null],
    [7, "NOT_FOUND", id("c")],
    [8, "INVALID_INPUT", id("d")],
    [9, "INVALID_INPUT", id("e")],
    [10, "INVALID_INPUT", id("f")],
  ]);
  await importList(latchkey, { rows });
  const before = await dumpWorld(latchkey);
  expect(await see("a")).toMatchObject({ emailVerified: true, metadata: { plan: "old", level: "2" } });
  const again = await importList(latchkey, {
    csv: csv
      .split("\n")
      .filter((_, line) => line !== 4)
      .join("\n"),
  });
  expect(countsOf(again)).toEqual([9, 9, 0, 0, 2, 7]);
  expect(await dumpWorld(latchkey)).toBe(before);
});
