import { countsOf, dumpWorld, importList, problemsOf, uploadList } from "../kit/import-list";
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

const ACCESS = `query ($product: String!, $user: ID!, $at: DateTime!) {
  access(product: $product, user: $user, at: $at) { allowed } }`;

async function allowed(product: string, user: string, at: string): Promise<boolean> {
  return (await latchkey.get<{ access: { allowed: boolean } }>(ACCESS, { product, user, at })).access.allowed;
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

test("CH-X29, TA-X36: a list gives products until their end, and tells of it when that is wished", async () => {
  await operations.createProduct({ key: id("pro"), name: "Pro", status: "LIVE" });
  await operations.createProduct({ key: id("club"), name: "Club", status: "LIVE" });
  const csv = [
    "email,user_id,Membership,Expires",
    `${email("ada")},${id("ada")},${id("pro")}|${id("club")},2026-04-01`,
    `${email("bob")},${id("bob")},${id("pro")},`,
    `${email("cleo")},${id("cleo")},,`,
  ].join("\r");
  const told = async () =>
    (
      await latchkey.server.deps.db.rows(
        "select 1 from notices n join users u on u.id = n.user_id where u.email like $1",
        [`%${mark}@%`],
      )
    ).length;
  expect(countsOf(await importList(latchkey, { csv, notify: true }))).toEqual([3, 3, 3, 0, 0, 0]);
  const ada = await see("ada");
  expect(ada.grants.nodes.map(({ product, ...grant }) => ({ ...grant, product: product.key }))).toMatchObject([
    // Through the end of that day.
    { source: "IMPORT", reason: "MANUAL", status: "ACTIVE", endsAt: "2026-04-02T00:00:00.000Z" },
    { source: "IMPORT", reason: "MANUAL", status: "ACTIVE", endsAt: "2026-04-02T00:00:00.000Z" },
  ]);
  expect(ada.grants.nodes.map(({ product }) => product.key).sort()).toEqual([id("club"), id("pro")]);
  expect((await see("bob")).grants.nodes).toMatchObject([{ endsAt: null }]);
  expect((await see("cleo")).grants.nodes).toEqual([]);
  expect(typesOf(ada)).toEqual(["ACCESS_GRANTED", "ACCESS_GRANTED", "USER_IMPORTED"]);
  expect(await told()).toBe(3);

  const later = csv.replace("2026-04-01", "2026-05-01T12:00:00+02:00");
  expect(countsOf(await importList(latchkey, { csv: later }))).toEqual([3, 3, 0, 1, 2, 0]);
  const changed = (await see("ada")).grants.nodes;
  expect(changed.map(({ endsAt }) => endsAt)).toEqual(["2026-05-01T10:00:00.000Z", "2026-05-01T10:00:00.000Z"]);
  expect(changed.map((grant) => grant.id).sort()).toEqual(ada.grants.nodes.map((grant) => grant.id).sort());
  const at = "2026-04-15T00:00:00Z";
  expect(await allowed(id("pro"), id("ada"), at)).toBe(true);
  expect(await told()).toBe(3);
});

test("CH-X9: what was revoked by hand is opened anew by the list; what somebody paid or was given is not touched", async () => {
  await operations.createProduct({ key: id("pro"), name: "Pro", status: "LIVE" });
  const csv = `externalId,products\n${id("ada")},${id("pro")}\n`;
  await importList(latchkey, { csv });
  await operations.grantAccess({
    user: id("ada"),
    product: id("pro"),
    note: "By hand.",
    endsAt: "2027-01-01T00:00:00Z",
  });
  const [grant] = (await see("ada")).grants.nodes.filter(({ source }) => source === "IMPORT");
  await operations.revokeAccess({ grant: grant?.id ?? "", note: "A mistake." });
  expect(countsOf(await importList(latchkey, { csv }))).toEqual([1, 1, 0, 1, 0, 0]);
  const grants = (await see("ada")).grants.nodes.map(({ source, status }) => `${source} ${status}`).sort();
  expect(grants).toEqual(["IMPORT ACTIVE", "IMPORT ENDED", "MANUAL ACTIVE"]);
  const before = await dumpWorld(latchkey);
  expect(countsOf(await importList(latchkey, { csv }))).toEqual([1, 1, 0, 0, 1, 0]);
  expect(await dumpWorld(latchkey)).toBe(before);
});

test("a grant that has run out stays as it is for the same list, also when its end is past by then", async () => {
  await operations.createProduct({ key: id("pro"), name: "Pro", status: "LIVE" });
  const csv = `externalId,products,expires\n${id("ada")},${id("pro")},2026-03-05\n${id("bob")},,\n`;
  await importList(latchkey, { csv });
  latchkey.clock.moveTo(new Date("2026-03-10T00:00:00Z"));
  const again = await importList(latchkey, {
    csv: csv.replace(`${id("bob")},,`, `${id("bob")},${id("pro")},2026-03-05`),
  });
  expect(countsOf(again)).toEqual([2, 2, 0, 0, 1, 1]);
  expect(problemsOf(again)).toEqual([[2, "INVALID_INPUT", id("bob")]]);
  const more = await importList(latchkey, { csv: csv.replace("2026-03-05", "2026-06-05") });
  expect(countsOf(more)).toEqual([2, 2, 0, 1, 1, 0]);
  expect((await see("ada")).grants.nodes).toMatchObject([{ status: "ACTIVE", endsAt: "2026-06-06T00:00:00.000Z" }]);
  // What was true in between stays answerable.
  const at = "2026-03-08T00:00:00Z";
  expect(await allowed(id("pro"), id("ada"), at)).toBe(false);
});

test("people are found by external id, else by address; two who fit, and somebody else's names, are problems", async () => {
  const rows = [
    { externalId: id("ada"), email: email("ada"), name: "Ada" },
    { email: email("bob"), name: "Bob" },
    { externalId: id("cleo"), email: email("cleo") },
  ];
  await importList(latchkey, { rows });
  const job = await importList(latchkey, {
    rows: [
      { externalId: id("ada"), email: email("new.ada"), emailVerified: true },
      { externalId: id("bob"), email: email("BOB").toUpperCase() },
      { externalId: id("cleo"), email: email("bob") },
      { externalId: id("stranger"), email: email("cleo") },
      { email: email("Cleo"), name: "Cleo" },
    ],
  });
  expect(countsOf(job)).toEqual([5, 5, 0, 3, 0, 2]);
  expect(problemsOf(job)).toEqual([
    [3, "EMAIL_TAKEN", id("cleo")],
    [4, "EMAIL_TAKEN", id("stranger")],
  ]);
  expect(await see("ada")).toMatchObject({ email: email("new.ada"), emailVerified: true, name: "Ada" });
  expect(await see("bob")).toMatchObject({ email: email("BOB").toUpperCase(), name: "Bob" });
  expect(await see("cleo")).toMatchObject({ name: "Cleo", email: email("Cleo") });
  expect(job.problems.nodes.map(({ message }) => message).join()).not.toContain("@");
});

test("without createUsers only people whom we know are touched", async () => {
  await importList(latchkey, { rows: [{ externalId: id("ada") }] });
  const rows = [{ externalId: id("ada"), name: "Ada" }, { email: email("bob") }];
  const job = await importList(latchkey, { rows, createUsers: false });
  expect(countsOf(job)).toEqual([2, 2, 0, 1, 0, 1]);
  expect(problemsOf(job)).toEqual([[2, "NOT_FOUND", null]]);
});

test("what a list does not say stays, and metadata is added key by key, whatever the order of keys inside", async () => {
  const rows = [{ externalId: id("ada"), name: "Ada", metadata: { a: 1, nested: { zz: 1, b: [1, { y: 1, x: 2 }] } } }];
  await importList(latchkey, { rows });
  const before = await dumpWorld(latchkey);
  const same = [
    { externalId: id("ada"), metadata: { nested: { b: [1, { x: 2, y: 1 }], zz: 1 } } },
    { externalId: id("ada"), name: null, metadata: { a: 1 } },
  ];
  expect(countsOf(await importList(latchkey, { rows: same }))).toEqual([2, 2, 0, 0, 2, 0]);
  expect(await dumpWorld(latchkey)).toBe(before);
  const csv = `externalId,name,a,c,__proto__\n${id("ada")},NULL,2,'=1+1,x\n`;
  expect(countsOf(await importList(latchkey, { csv }))).toEqual([1, 1, 0, 1, 0, 0]);
  const ada = await see("ada");
  expect(ada.name).toBe("Ada");
  expect(JSON.parse(JSON.stringify(ada.metadata))).toEqual(
    JSON.parse('{"a":"2","c":"=1+1","__proto__":"x","nested":{"zz":1,"b":[1,{"x":2,"y":1}]}}'),
  );
});

test("people may exchange their names in one list", async () => {
  const rows = ["a", "b", "c"].map((name) => ({ externalId: id(name), email: email(name) }));
  await importList(latchkey, { rows });
  const users = await Promise.all(["a", "b", "c"].map(see));
  const freed = users.map((user, place) => ({ id: user.id, email: email(`x${place}`) }));
  const turned = users.map((user, place) => ({ id: user.id, email: email(["b", "c", "a"][place] ?? "") }));
  const csv = (list: { id: string; email: string }[]) =>
    `id,email\n${list.map((each) => `${each.id},${each.email}`).join("\n")}`;
  // One after the other, as the rows are read: the first would take what the second still has.
  expect(countsOf(await importList(latchkey, { csv: csv(turned) }))).toEqual([3, 3, 0, 0, 0, 3]);
  expect(countsOf(await importList(latchkey, { csv: csv(freed) }))).toEqual([3, 3, 0, 3, 0, 0]);
  expect(countsOf(await importList(latchkey, { csv: csv(turned) }))).toEqual([3, 3, 0, 3, 0, 0]);
  expect((await see("a")).email).toBe(email("b"));
});

const twice = () => [
  { externalId: id("ada"), email: email("ada"), name: "Ada" },
  { externalId: id("bob"), name: "Bob" },
  { email: email("ada"), metadata: { second: true } },
  { externalId: id("ada"), name: "Somebody else" },
  { externalId: id("ada"), name: "Ada", metadata: { third: true } },
  { externalId: id("ada"), email: email("ada") },
  { externalId: id("cleo"), email: email("ada") },
];

test("of what a list says twice of a person the first counts, the rest is added, and the same list again changes nothing", async () => {
  const dry = await importList(latchkey, { rows: twice(), dryRun: true });
  expect(await see("ada")).toBeNull();
  const job = await importList(latchkey, { rows: twice() });
  expect(countsOf(job)).toEqual([7, 7, 2, 2, 1, 2]);
  expect(problemsOf(job)).toEqual([
    [4, "CONFLICT", id("ada")],
    [7, "EMAIL_TAKEN", id("cleo")],
  ]);
  expect([countsOf(dry), dry.dryRun, dry.problems.nodes.map(({ row }) => row)]).toEqual([countsOf(job), true, [4, 7]]);
  expect(await see("ada")).toMatchObject({ name: "Ada", metadata: { second: true, third: true } });
  const before = await dumpWorld(latchkey);
  const again = await importList(latchkey, { rows: twice() });
  expect(countsOf(again)).toEqual([7, 7, 0, 0, 5, 2]);
  expect(await dumpWorld(latchkey)).toBe(before);
});

test("a dry run counts as the import does, over pages, and writes nothing", async () => {
  await operations.createProduct({ key: id("pro"), name: "Pro", status: "LIVE" });
  // Somebody stands on the first page and on the last one, and says something else there.
  const many = Array.from({ length: 6_000 }, (_, row) => `${id(`p${row}`)},,P ${row},,`);
  const csv = [
    "external id,email,name,products,expires",
    `${id("ada")},${email("ada")},Ada,${id("pro")},2026-08-01`,
    ...many,
    `,${email("ada")},,${id("pro")},2026-08-01`,
    `${id("ada")},,Not Ada,,`,
    `,${email("ada")},,${id("pro")},2026-09-01`,
    `${id("p17")},${email("p17")},,,`,
    `${id("p17")},,,${id("pro")},`,
    // An address or an external id of somebody on the first page.
    `${id("eve")},${email("ada")},,,`,
    `${id("p18")},${email("ada")},,,`,
  ].join("\n");
  const before = await dumpWorld(latchkey);
  const dry = await uploadList(latchkey, csv, "?dryRun=true");
  expect(await dumpWorld(latchkey)).toBe(before);
  const job = await uploadList(latchkey, csv);
  expect(countsOf(job)).toEqual([6_008, 6_008, 6_001, 2, 1, 4]);
  expect(countsOf(dry)).toEqual(countsOf(job));
  expect(dry.problems.nodes).toEqual(job.problems.nodes);
  const after = await dumpWorld(latchkey);
  const again = await uploadList(latchkey, csv);
  expect(countsOf(again)).toEqual([6_008, 6_008, 0, 0, 6_004, 4]);
  expect(await dumpWorld(latchkey)).toBe(after);
});

test("whoever may not write users imports none, and a list that says nothing is refused at once", async () => {
  const document = "mutation ($input: ImportUsersInput!) { importUsers(input: $input) { id } }";
  const refused = async (input: object, role: "READ" | "WRITE" = "WRITE") =>
    (await latchkey.refused(document, { input }, await latchkey.key(role))).extensions;
  expect(await refused({ csv: "email\na@example.com" }, "READ")).toMatchObject({ code: "FORBIDDEN" });
  for (const input of [{}, { csv: "email", rows: [{}] }, { csv: " " }, { rows: [] }]) {
    expect(await refused(input)).toMatchObject({ code: "INVALID_INPUT" });
  }
  expect(await refused({ rows: [{}], connection: "con_01234567890123456789012345" })).toMatchObject({
    code: "NOT_FOUND",
  });
  const long = await latchkey.refused(document, { input: { csv: `email\n${"x".repeat(100_000)}` } });
  expect(long).toMatchObject({ message: expect.stringContaining("/imports/users") as string });
  const job = await importList(latchkey, { csv: "first,second\n1,2" }, await latchkey.key("WRITE"));
  expect(job).toMatchObject({ status: "FAILED", done: 0, error: expect.stringMatching(/"first", "second"/) as string });
});

test("customers cannot be asked for without a connection: the row does not go in", async () => {
  const job = await importList(latchkey, { rows: [{ externalId: id("ada"), stripeCustomerId: "cus_1" }] });
  expect(problemsOf(job)).toEqual([[1, "STRIPE_NOT_CONNECTED", id("ada")]]);
  expect(await see("ada")).toBeNull();
});
