import fc from "fast-check";
import type { ListWorld, ListedRow, ReadRow, RowsPlan } from "../../src/user-lists/list-plan";
import { sayingKey } from "../../src/user-lists/list-plan";
import { planUserRows } from "../../src/user-lists/plan-user-rows";
import { readAccessEnd } from "../../src/user-lists/read-access-end";
import { readCells } from "../../src/user-lists/read-cells";
import { readHeader } from "../../src/user-lists/read-header";
import { readListedUser } from "../../src/user-lists/read-listed-user";
import type { UserEntity } from "../../src/users/user.entity";

const now = new Date("2026-03-01T12:00:00Z");

/** Whatever may be said of one person by cells, as the runner reads it. */
function read(header: string, ...lines: string[]): ReadRow[] {
  const columns = readHeader(header.split(","));
  return lines.map((line, place): ReadRow => {
    const said = readCells(columns, line.split(","));
    if ("fault" in said) return { row: place + 1, subject: null, code: "INVALID_INPUT", message: said.fault };
    const user = readListedUser(place + 1, said);
    return "code" in user ? user : { ...user, isRepeated: true, keys: [] };
  });
}

const shown = (row: ReadRow | undefined) => {
  const { isRepeated: _, keys: __, ...rest } = row as ListedRow;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
};
const empty = { row: 1, id: null, customers: [], products: [], accessEndsAt: null, metadata: {} };

test.each<[string, string, string, object]>([
  [
    "names of WordPress",
    "ID,user_email,display_name",
    "7,a@example.com,A",
    { externalId: "7", email: "a@example.com", name: "A" },
  ],
  [
    "first and last name",
    "e-mail,first name,last_name",
    "a@b.example,Ada,Lovelace",
    { email: "a@b.example", name: "Ada Lovelace" },
  ],
  [
    "a last name alone",
    "email,First Name,Surname",
    "a@b.example,,Lovelace",
    { email: "a@b.example", name: "Lovelace" },
  ],
  [
    "a name beside first and last name",
    "email,name,first name",
    "a@b.example,N,F",
    { email: "a@b.example", name: "N", metadata: { "first name": "F" } },
  ],
  [
    "camel case",
    "externalId,emailVerified,email",
    "x,TRUE,a@b.example",
    { externalId: "x", email: "a@b.example", emailVerified: true },
  ],
  [
    "two columns for one field",
    "mail,email",
    "z@b.example,a@b.example",
    { email: "a@b.example", metadata: { mail: "z@b.example" } },
  ],
  ["an id beside an external id", "id,external_id", "7,x", { externalId: "x", metadata: { id: "7" } }],
  ["an id of ours", "id,name", "usr_01kjn2m3p4q5r6s7t8v9wxyzab,A", { id: expect.stringMatching(/-/), name: "A" }],
  [
    "an export of ours",
    "id,email,createdAt,lastSeenAt",
    "7,a@b.example,x,y",
    { externalId: "7", email: "a@b.example" },
  ],
  [
    "an end without products",
    "email,expires",
    "a@b.example,soon",
    { email: "a@b.example", metadata: { expires: "soon" } },
  ],
  [
    "products in one cell",
    "email,products",
    "a@b.example,p|q; r |p",
    { email: "a@b.example", products: ["p", "q", "r"] },
  ],
  [
    "keys of metadata",
    "email,metadata.a,Meta:B",
    "a@b.example,1,2",
    { email: "a@b.example", metadata: { a: "1", B: "2" } },
  ],
  ["a column without a name", "email,,x", "a@b.example,lost,1", { email: "a@b.example", metadata: { x: "1" } }],
  ["cells that say nothing", "email,name,x,y,z", "a@b.example,NULL,\\N, ,null", { email: "a@b.example" }],
  [
    "cells that are no formula",
    "email,name,x",
    "a@b.example,'=1,''@",
    { email: "a@b.example", name: "=1", metadata: { x: "'@" } },
  ],
  [
    "apostrophes that stay",
    "email,name,x",
    "a@b.example,'tis,O'=1",
    { email: "a@b.example", name: "'tis", metadata: { x: "O'=1" } },
  ],
  ["empty cells too many", "email,name", "a@b.example,A,,", { email: "a@b.example", name: "A" }],
])("a row with %s", (_, header, line, wanted) => {
  expect(shown(read(header, line)[0])).toEqual({ ...empty, ...wanted });
});

test.each<[string, string, string]>([
  ["email,name", "a@b.example", "INVALID_INPUT"],
  ["email,name", "a@b.example,A,B", "INVALID_INPUT"],
  ["email", "nobody", "EMAIL_INVALID"],
  ["email,name", ",A", "INVALID_INPUT"],
  ["email,email verified", "a@b.example,perhaps", "INVALID_INPUT"],
  ["email,metadata", "a@b.example,nope", "INVALID_INPUT"],
  ["email,metadata", "a@b.example,[]", "INVALID_INPUT"],
  ["email,products,expires", "a@b.example,p,tomorrow", "INVALID_INPUT"],
  ["email,products,expires", "a@b.example,,2026-12-31", "INVALID_INPUT"],
])("a row of %j that says %j is refused", (header, line, code) => {
  expect(read(header, line)[0]).toMatchObject({ row: 1, code });
});

test.each([
  ["2026-12-31", "2027-01-01T00:00:00.000Z"],
  ["2026-12-31T10:00:00Z", "2026-12-31T10:00:00.000Z"],
  ["2026-12-31T10:00:00.5+02:00", "2026-12-31T08:00:00.500Z"],
  ["2026-12-31 10:00", "2026-12-31T10:00:00.000Z"],
  [" 2026-12-31 10:00:00 ", "2026-12-31T10:00:00.000Z"],
])("access that ends at %j", (text, moment) => {
  expect(readAccessEnd(text).toISOString()).toBe(moment);
});

test.each(["2026-02-30", "31.12.2026", "1767139200", "0000-00-00 00:00:00", "2026-13-01", "2026-12-31T25:00:00Z", "x"])(
  "%j is no moment",
  (text) => {
    expect(() => readAccessEnd(text)).toThrow(/as a day/);
  },
);

let ids = 0;
const emptyWorld: ListWorld = {
  now,
  // Nobody in these tests is named by an id of ours.
  begunAt: new Date(0),
  newId: () => `made-${++ids}`,
  createUsers: true,
  users: [],
  madeUp: new Map(),
  said: new Map(),
  products: new Map([
    ["p", "id-p"],
    ["q", "id-q"],
  ]),
  grants: [],
  opened: new Map(),
  holders: new Map(),
  mode: "LIVE",
  live: new Set(),
  joined: new Set(),
  noConnection: null,
};

const person = fc.record({
  externalId: fc.option(fc.constantFrom("x1", "x2", "x3"), { nil: undefined }),
  email: fc.option(fc.constantFrom("a@b.example", "B@b.example", "b@b.example", "c@b.example"), { nil: undefined }),
  emailVerified: fc.option(fc.boolean(), { nil: undefined }),
  name: fc.option(fc.constantFrom("A", "B"), { nil: undefined }),
  metadata: fc.constantFrom({}, { k: 1 }, { k: { b: 1, a: 2 } }, { l: "x" }),
  products: fc.constantFrom([], ["p"], ["p", "q"], ["unknown"]),
  accessEndsAt: fc.constantFrom(null, new Date("2026-04-01T00:00:00Z"), new Date("2026-05-01T00:00:00Z")),
  customers: fc.constantFrom([], [], ["cus_1"], ["cus_2"]),
});
const list = fc.array(person, { maxLength: 12 }).map((people): ListedRow[] =>
  people.map((each, place) => ({
    ...each,
    emailVerified: each.email === undefined ? undefined : each.emailVerified,
    row: place + 1,
    id: null,
    isRepeated: true,
    keys: [],
  })),
);

/** What is held after the plan, as the stores would write it. */
function apply(world: ListWorld, plan: RowsPlan): ListWorld {
  const users = new Map(world.users.map((user) => [user.id, user]));
  for (const { after } of plan.users) users.set(after.id, after);
  const grants = new Map(world.grants.map((grant) => [`${grant.userId} ${grant.productId}`, grant]));
  for (const { userId, productId, endsAt } of plan.grants) {
    grants.set(`${userId} ${productId}`, { userId, productId, endsAt } as never);
  }
  const said = new Map([...world.said, ...plan.sayings.map((each) => [sayingKey(each), each.value] as const)]);
  return { ...world, users: [...users.values()], grants: [...grants.values()], said };
}

/** Page by page, as the runner takes them. */
function run(world: ListWorld, rows: readonly ListedRow[], size: number): { world: ListWorld; kinds: string[] } {
  let held: ListWorld = { ...world, said: new Map() };
  const kinds: string[] = [];
  for (let at = 0; at < rows.length; at += size) {
    const plan = planUserRows(rows.slice(at, at + size), held);
    held = apply(held, plan);
    kinds.push(...plan.outcomes.map((each) => (each.kind === "ASKED" ? each.ask.turn : each.kind)));
  }
  return { world: held, kinds };
}

const holding = ({ users, grants }: ListWorld) =>
  users.map(({ id, ...user }) => {
    const own = grants.filter(({ userId }) => userId === id).map(({ productId, endsAt }) => ({ productId, endsAt }));
    return { ...user, grants: own.sort((one, other) => (one.productId < other.productId ? -1 : 1)) };
  });

const held: UserEntity = {
  id: "held",
  externalId: "x1",
  email: "a@b.example",
  emailKey: "a@b.example",
  emailVerifiedLive: true,
  emailVerifiedTest: true,
  name: "Held",
  metadata: { k: { a: 2, b: 1 }, z: 1 },
  createdAt: now,
  updatedAt: now,
  lastSeenAt: null,
  deletedAt: null,
  takenAt: null,
  mergedInto: null,
};
const worlds = fc.constantFrom(emptyWorld, { ...emptyWorld, users: [held] });

test("wherever pages begin, a list comes to the same, and once more it changes nothing", () => {
  fc.assert(
    fc.property(worlds, list, fc.integer({ min: 1, max: 12 }), (world, rows, size) => {
      const whole = run(world, rows, 100);
      const paged = run(world, rows, size);
      expect(paged.kinds).toEqual(whole.kinds);
      expect(holding(paged.world)).toEqual(holding(whole.world));
      // What was refused is tried again, and may go in: somebody may have given up a name further down.
      const good = rows.filter((_, place) => whole.kinds[place] !== "FAILED");
      const again = run(run(world, good, size).world, good, size);
      expect(again.kinds).toEqual(good.map(() => "SKIPPED"));
      expect(holding(again.world)).toEqual(holding(whole.world));
    }),
    { numRuns: 1_000 },
  );
});

test("no two people ever have one name, and no row that is refused leaves anything", () => {
  fc.assert(
    fc.property(worlds, list, (world, rows) => {
      const { world: after, kinds } = run(world, rows, 100);
      for (const names of [
        after.users.map(({ externalId }) => externalId),
        after.users.map(({ emailKey }) => emailKey),
      ]) {
        const given = names.filter((name) => name !== null);
        expect(new Set(given).size).toBe(given.length);
      }
      const good = rows.filter((_, place) => kinds[place] !== "FAILED");
      expect(holding(run(world, good, 100).world)).toEqual(holding(after));
    }),
    { numRuns: 500 },
  );
});

const OTHER = "0197aaaa-0000-7000-8000-000000000001";

test("a customer is asked for only when nobody has it, also beside another one of the person", () => {
  const world: ListWorld = {
    ...emptyWorld,
    users: [held],
    holders: new Map([
      ["cus_mine", { userId: "held", isActive: true, isOfList: false }],
      ["cus_theirs", { userId: "other", isActive: true, isOfList: true }],
      ["cus_dead", { userId: OTHER, isActive: false, isOfList: false }],
    ]),
  };
  const row = (externalId: string, ...customers: string[]): ListedRow => ({
    ...(read("externalId", externalId)[0] as ListedRow),
    customers,
  });
  const kindOf = (wanted: ListedRow, seen = world) => {
    const [outcome] = planUserRows([wanted], seen).outcomes;
    return outcome?.kind === "FAILED" ? outcome.fault.code : outcome?.kind;
  };
  expect(kindOf(row("x1", "cus_mine"))).toBe("SKIPPED");
  expect(kindOf(row("x1", "cus_free"))).toBe("ASKED");
  expect(kindOf(row("x2", "cus_theirs"))).toBe("CUSTOMER_ALREADY_LINKED");
  expect(kindOf(row("x2", "cus_dead"))).toBe("CUSTOMER_ALREADY_LINKED");
  expect(kindOf(row("x2", "cus_free"))).toBe("ASKED");
  expect(kindOf(row("x2", "cus_free", "cus_more"))).toBe("CUSTOMER_ALREADY_LINKED");
  const noConnection = { code: "STRIPE_NOT_CONNECTED", message: "None." } as const;
  expect(kindOf(row("x2", "cus_free"), { ...world, noConnection })).toBe("STRIPE_NOT_CONNECTED");
  expect(kindOf(row("x1", "cus_mine"), { ...world, noConnection })).toBe("SKIPPED");
});
