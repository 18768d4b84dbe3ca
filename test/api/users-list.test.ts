import { operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let api: Operations;
const DAY = 86_400_000;

beforeAll(async () => {
  latchkey = await startLatchkey();
  api = operationsOf(latchkey);
});
afterAll(() => latchkey.stop());

interface Page {
  names: string[];
  cursors: string[];
  total: number;
  hasNext: boolean;
  hasPrevious: boolean;
  start: string | null;
  end: string | null;
}

const LIST = `query ($filter: UserFilter, $first: Int, $after: String, $last: Int, $before: String) {
  users(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

async function list(variables: Record<string, unknown>): Promise<Page> {
  const { users } = await latchkey.get<{
    users: {
      totalCount: number;
      edges: { cursor: string; node: { name: string } }[];
      pageInfo: {
        hasNextPage: boolean;
        hasPreviousPage: boolean;
        startCursor: string | null;
        endCursor: string | null;
      };
    };
  }>(LIST, variables);
  return {
    names: users.edges.map((edge) => edge.node.name),
    cursors: users.edges.map((edge) => edge.cursor),
    total: users.totalCount,
    hasNext: users.pageInfo.hasNextPage,
    hasPrevious: users.pageInfo.hasPreviousPage,
    start: users.pageInfo.startCursor,
    end: users.pageInfo.endCursor,
  };
}

const namesOf = async (filter: object) => (await list({ filter, first: 200 })).names.sort();

describe("finding users", () => {
  beforeAll(async () => {
    await api.createUser({ name: "percent", email: "100%@find.example", externalId: "find_me" });
    await api.createUser({ name: "plain", email: "1000@find.example", externalId: "findXme" });
    await api.createUser({ name: "back\\slash", email: "b@find.example" });
    await api.createUser({ name: "Ünï", email: "u@find.example" });
  });

  test("CH-X26 text is found in address, name and external id, in any case", async () => {
    expect(await namesOf({ search: "FIND.example" })).toEqual(["back\\slash", "percent", "plain", "Ünï"]);
    expect(await namesOf({ search: "FINDXME" })).toEqual(["plain"]);
    expect(await namesOf({ search: "ünÏ" })).toEqual(["Ünï"]);
    expect(await namesOf({ search: "nothing like it" })).toEqual([]);
  });

  test("what means something in a pattern is taken as it is written", async () => {
    expect(await namesOf({ search: "100%" })).toEqual(["percent"]);
    expect(await namesOf({ search: "d_m" })).toEqual(["percent"]);
    expect(await namesOf({ search: "k\\s" })).toEqual(["back\\slash"]);
    expect(await namesOf({ search: "%" })).toEqual(["percent"]);
    expect(await namesOf({ search: "' or true --" })).toEqual([]);
  });

  test("CH-X26 users are filtered by when they were made: from a moment on, and before one", async () => {
    const from = latchkey.clock.now();
    for (const day of [1, 2, 3]) {
      latchkey.clock.moveTo(new Date(from.getTime() + day * DAY));
      await api.createUser({ name: `day ${day}` });
    }
    const at = (day: number) => new Date(from.getTime() + day * DAY).toISOString();
    expect(await namesOf({ createdAfter: at(2) })).toEqual(["day 2", "day 3"]);
    expect(await namesOf({ createdAfter: at(1), createdBefore: at(3) })).toEqual(["day 1", "day 2"]);
    expect(await namesOf({ createdAfter: at(3), createdBefore: at(3) })).toEqual([]);
  });

  test("CH-X26 who has access and who has none is decided as everywhere else, by the clock and in this mode", async () => {
    const bundle = await api.createProduct();
    const course = await api.createProduct();
    await api.updateProduct({ product: bundle.key, includes: [course.key] });
    const now = latchkey.clock.now().getTime();
    const user = async (name: string) => (await api.createUser({ name, email: `${name}@access.example` })).id;
    const search = "access.example";
    await api.grantAccess({ user: await user("holder"), product: course.key });
    await api.grantAccess({
      user: await user("bundled"),
      product: bundle.key,
      endsAt: new Date(now + DAY).toISOString(),
    });
    await api.grantAccess({
      user: await user("later"),
      product: course.key,
      startsAt: new Date(now + DAY).toISOString(),
    });
    await api.grantAccess({ user: await user("live"), product: course.key }, await latchkey.key("WRITE", "LIVE"));
    await user("never");
    expect(await namesOf({ search, hasAccessTo: course.key })).toEqual(["bundled", "holder"]);
    expect(await namesOf({ search, lacksAccessTo: course.id })).toEqual(["later", "live", "never"]);
    expect(await namesOf({ search, hasAccessTo: course.key, lacksAccessTo: bundle.key })).toEqual(["holder"]);
    latchkey.clock.moveBy(DAY);
    expect(await namesOf({ search, hasAccessTo: course.key })).toEqual(["holder", "later"]);
    await api.updateProduct({ product: course.key, accessMode: "AUTHENTICATED" });
    expect(await namesOf({ search, lacksAccessTo: course.key })).toEqual([]);
    await api.updateProduct({ product: course.key, status: "ARCHIVED" });
    expect(await namesOf({ search, hasAccessTo: course.key })).toEqual([]);
    const { extensions } = await latchkey.refused(LIST, { filter: { hasAccessTo: "no-such" } });
    expect(extensions).toMatchObject({ code: "NOT_FOUND", field: "filter.hasAccessTo" });
  });
});

describe("paging through users", () => {
  const filter = { search: "@paged.example" };
  const all = Array.from({ length: 7 }, (_, index) => `p${7 - index}`);

  beforeAll(async () => {
    for (const name of all.toReversed()) await api.createUser({ name, email: `${name}@paged.example` });
  });

  test("forwards, newest first: every row once, and each page knows exactly whether there are more", async () => {
    const first = await list({ filter, first: 3 });
    expect(first).toMatchObject({ names: ["p7", "p6", "p5"], total: 7, hasNext: true, hasPrevious: false });
    expect([first.start, first.end]).toEqual([first.cursors[0], first.cursors[2]]);
    const second = await list({ filter, first: 3, after: first.end });
    expect(second).toMatchObject({ names: ["p4", "p3", "p2"], total: 7, hasNext: true, hasPrevious: true });
    const third = await list({ filter, first: 3, after: second.end });
    expect(third).toMatchObject({ names: ["p1"], total: 7, hasNext: false, hasPrevious: true });
    expect(await list({ filter, first: 3, after: third.end })).toMatchObject({
      names: [],
      total: 7,
      hasNext: false,
      hasPrevious: true,
      start: null,
      end: null,
    });
    expect(await list({ filter, first: 7 })).toMatchObject({ names: all, hasNext: false, hasPrevious: false });
  });

  test("backwards from the end, in the same order within a page", async () => {
    const last = await list({ filter, last: 3 });
    expect(last).toMatchObject({ names: ["p3", "p2", "p1"], total: 7, hasNext: false, hasPrevious: true });
    const before = await list({ filter, last: 3, before: last.start });
    expect(before).toMatchObject({ names: ["p6", "p5", "p4"], hasNext: true, hasPrevious: true });
    const head = await list({ filter, last: 3, before: before.start });
    expect(head).toMatchObject({ names: ["p7"], hasNext: true, hasPrevious: false });
  });

  test("between two cursors there is what lies between them", async () => {
    const { cursors } = await list({ filter, first: 7 });
    const between = { filter, after: cursors[1], before: cursors[5] };
    expect(await list(between)).toMatchObject({ names: ["p5", "p4", "p3"], hasNext: true, hasPrevious: true });
    expect(await list({ ...between, first: 2 })).toMatchObject({ names: ["p5", "p4"], hasNext: true });
    expect(await list({ ...between, last: 2 })).toMatchObject({ names: ["p4", "p3"], hasPrevious: true });
  });

  test("first: 0 answers the count and no row", async () => {
    expect(await list({ filter, first: 0 })).toMatchObject({ names: [], total: 7, hasNext: true });
  });

  test("a walk sees every row that was there once, whatever is added and removed meanwhile, its own place too", async () => {
    const walk = { search: "@walk.example" };
    const ids = new Map<string, string>();
    for (const name of ["w1", "w2", "w3", "w4", "w5"]) {
      ids.set(name, (await api.createUser({ name, email: `${name}@walk.example` })).id);
    }
    const first = await list({ filter: walk, first: 2 });
    expect(first.names).toEqual(["w5", "w4"]);
    await api.createUser({ name: "w6", email: "w6@walk.example" });
    await api.deleteUser(ids.get("w4") ?? "");
    await api.deleteUser(ids.get("w3") ?? "");
    const second = await list({ filter: walk, first: 2, after: first.end });
    expect(second).toMatchObject({ names: ["w2", "w1"], hasNext: false, hasPrevious: true, total: 4 });
    expect((await list({ filter: walk, last: 5, before: second.start })).names).toEqual(["w6", "w5"]);
  });

  test("forged cursors and cursors of other lists are refused, and name their argument", async () => {
    const product = await api.createProduct();
    const foreign = await latchkey.get<{ products: { edges: { cursor: string }[] } }>(
      "{ products(first: 1) { edges { cursor } } }",
    );
    const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const forged = [
      "",
      "nonsense",
      product.id,
      foreign.products.edges[0]?.cursor,
      forge(["users"]),
      forge(["users", "1 or 1=1"]),
      forge(["users", null]),
      forge({ users: 1 }),
    ];
    for (const cursor of forged) {
      const after = await latchkey.refused(LIST, { after: cursor });
      expect(after.extensions).toMatchObject({ code: "INVALID_INPUT", field: "after" });
      const before = await latchkey.refused(LIST, { last: 1, before: cursor });
      expect(before.extensions).toMatchObject({ code: "INVALID_INPUT", field: "before" });
    }
  });

  test("a page has at most 200 rows, a size that is not negative, and one direction", async () => {
    expect((await latchkey.refused(LIST, { first: 201 })).extensions).toMatchObject({
      code: "LIMIT_EXCEEDED",
      field: "first",
      details: { max: 200, actual: 201 },
    });
    expect((await latchkey.refused(LIST, { last: 201 })).extensions.code).toBe("LIMIT_EXCEEDED");
    expect((await latchkey.refused(LIST, { first: -1 })).extensions.code).toBe("INVALID_INPUT");
    expect((await latchkey.refused(LIST, { first: 1, last: 1 })).extensions.code).toBe("INVALID_INPUT");
    await expect(list({ first: 200 })).resolves.toBeDefined();
  });

  test("without a size a page has 50 rows", async () => {
    await Promise.all(
      Array.from({ length: 51 }, (_, i) => api.createUser({ name: `m${i}`, email: `m${i}@many.example` })),
    );
    const page = await list({ filter: { search: "@many.example" } });
    expect([page.names.length, page.total, page.hasNext]).toEqual([50, 51, true]);
  });
});
