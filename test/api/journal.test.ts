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

const typesOf = (lines: readonly { type: string; customType?: string | null }[]) =>
  lines.map(({ type, customType }) => customType ?? type);

describe("reading the journal", () => {
  let ada: string;
  let bob: string;
  let course: string;
  let days: string[];

  beforeAll(async () => {
    ada = (await api.createUser({ externalId: "ada" })).id;
    bob = (await api.createUser()).id;
    course = (await api.createProduct()).key;
    days = [];
    for (const type of ["day.0", "day.1", "day.2"]) {
      days.push(latchkey.clock.now().toISOString());
      await api.recordActivity({ type, user: ada, product: course });
      latchkey.clock.moveBy(DAY);
    }
    await api.grantAccess({ user: bob, product: course });
  });

  test("CH-S29 lines are filtered by user, product, type, time and actor, and by all of it together", async () => {
    expect(typesOf(await api.activities({ user: "ada" }))).toEqual(["day.2", "day.1", "day.0", "USER_CREATED"]);
    expect(typesOf(await api.activities({ product: course }))).toEqual(["ACCESS_GRANTED", "day.2", "day.1", "day.0"]);
    expect(typesOf(await api.activities({ types: ["USER_CREATED", "ACCESS_GRANTED"], user: bob }))).toEqual([
      "ACCESS_GRANTED",
      "USER_CREATED",
    ]);
    expect(typesOf(await api.activities({ types: [] }))).toEqual([]);
    const [, first = "", second = ""] = days;
    expect(typesOf(await api.activities({ after: first, before: second }))).toEqual(["day.1"]);
    expect(typesOf(await api.activities({ actor: "CUSTOMER" }))).toEqual([]);
    expect(typesOf(await api.activities({ actor: "ADMIN", user: ada, types: ["CUSTOM"], after: second }))).toEqual([
      "day.2",
    ]);
  });

  test("CH-S29 lines are filtered by origin and by the names of CUSTOM lines", async () => {
    expect(typesOf(await api.activities({ user: ada, customTypes: ["day.0", "day.2"] }))).toEqual(["day.2", "day.0"]);
    expect(typesOf(await api.activities({ user: bob, origins: ["API"] }))).toEqual(["ACCESS_GRANTED", "USER_CREATED"]);
    expect(await api.activities({ user: bob, origins: ["WEBHOOK", "CLOCK"] })).toEqual([]);
    expect(await api.activities({ user: ada, customTypes: [] })).toEqual([]);
    expect((await api.refused("activities", { filter: { origins: ["API", "TELEPATHY"] } })).extensions).toMatchObject({
      code: "INVALID_INPUT",
      field: "filter.origins.1",
    });
  });

  test("a user or a product in a filter that does not exist is NOT_FOUND, not an empty answer", async () => {
    for (const filter of [{ user: "nobody" }, { product: "nothing" }]) {
      expect((await api.refused("activities", { filter })).extensions.code).toBe("NOT_FOUND");
    }
  });

  test("lines come by when things happened, the latest first, whenever they were written down", async () => {
    const { db } = latchkey.server.deps;
    await db.rows(
      `insert into activities (id, mode, type, at, recorded_at, user_id, actor, origin, message)
       select gen_random_uuid(), 'TEST', 'USER_IMPORTED', a.at + interval '1 hour', now() + interval '1 year', a.user_id, 'SYSTEM', 'IMPORT', 'late'
       from activities a where custom_type = 'day.0'`,
    );
    const all = ["day.2", "day.1", "USER_IMPORTED", "day.0", "USER_CREATED"];
    expect(typesOf(await api.activities({ user: ada }))).toEqual(all);
    const PAGE = `query ($user: ID!, $after: String) { user(id: $user) { activities(first: 2, after: $after) {
      totalCount nodes { type customType } pageInfo { hasNextPage endCursor } } } }`;
    interface Page {
      user: {
        activities: {
          totalCount: number;
          nodes: { type: string; customType: string }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      };
    }
    const walked: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { activities }: Page["user"] = (await latchkey.get<Page>(PAGE, { user: ada, after })).user;
      walked.push(...typesOf(activities.nodes));
      expect(activities.totalCount).toBe(5);
      [after, more] = [activities.pageInfo.endCursor, activities.pageInfo.hasNextPage];
    }
    expect(walked).toEqual(all);
  });

  test("a user token reads its own lines only, and is FORBIDDEN those of others, known or unknown", async () => {
    const token = await latchkey.tokenOf(bob);
    expect(typesOf(await api.activities({}, token))).toEqual(["ACCESS_GRANTED", "USER_CREATED"]);
    const refusals = [];
    for (const user of [ada, "ada", "nobody", `usr_${"0".repeat(26)}`]) {
      refusals.push(await api.refused("activities", { filter: { user } }, token));
    }
    for (const { message, extensions } of refusals) {
      expect([message, extensions]).toEqual([refusals[0]?.message, refusals[0]?.extensions]);
    }
    expect(refusals[0]?.extensions.code).toBe("FORBIDDEN");
    const [line] = await api.activities({ user: ada });
    const node = "query ($id: ID!) { node(id: $id) { id } }";
    expect(await latchkey.get(node, { id: line?.id }, token)).toEqual({ node: null });
    expect(await latchkey.get(node, { id: line?.id })).toEqual({ node: { id: line?.id } });
  });

  test("RWS-X14 the reason of a grant is hidden from the person it is about; ids and numbers of ours too", async () => {
    const token = await latchkey.tokenOf(bob);
    const own = await api.activities({ types: ["ACCESS_GRANTED"] }, token);
    expect(own.map(({ data, message }) => [data, message])).toEqual([[{}, "Access was granted."]]);
    expect((await api.activities({ user: bob, types: ["ACCESS_GRANTED"] }))[0]?.data).toMatchObject({ note: "a test" });
  });

  test("a product that a person may not see is not in their lines, and cannot be found out by a filter", async () => {
    const draft = (await api.createProduct({ status: "DRAFT" })).key;
    const { id } = await api.createUser();
    await api.recordActivity({ type: "peek", user: id, product: draft });
    const token = await latchkey.tokenOf(id);
    expect((await api.activities({ types: ["CUSTOM"] }, token))[0]).toMatchObject({
      customType: "peek",
      product: null,
    });
    const hidden = await api.refused("activities", { filter: { product: draft } }, token);
    const absent = await api.refused("activities", { filter: { product: "nothing" } }, token);
    expect([hidden.message, hidden.extensions]).toEqual([absent.message, absent.extensions]);
  });

  test("the journal of a mode holds what happened in that mode", async () => {
    const live = await latchkey.key("WRITE", "LIVE");
    await api.recordActivity({ type: "only.live", user: ada }, live);
    expect(typesOf(await api.activities({ user: ada }))).not.toContain("only.live");
    expect(typesOf(await api.activities({ user: ada }, live))).toEqual(["only.live"]);
    expect(typesOf(await api.activities({}, await latchkey.tokenOf(ada, "LIVE")))).toEqual(["only.live"]);
  });
});

describe("writing lines of one's own", () => {
  test("CH-X25 an application's own line says what it was told, and stands in the journal like any other", async () => {
    const user = (await api.createUser()).id;
    const product = (await api.createProduct()).key;
    const said = { message: "Watched to the end.", data: { seconds: 312, chapters: ["a", "b"] } };
    const line = await api.recordActivity({ type: "custom.video-watched", user, product, ...said });
    expect(line).toMatchObject({
      ...said,
      type: "CUSTOM",
      customType: "custom.video-watched",
      actor: "ADMIN",
      origin: "API",
      originKind: "API",
      at: latchkey.clock.now().toISOString(),
      user: { id: user },
      product: { key: product },
    });
    expect(await api.activities({ user, types: ["CUSTOM"] })).toEqual([line]);
    expect(await api.activities({ types: ["CUSTOM"] }, await latchkey.tokenOf(user))).toMatchObject([said]);
  });

  test("CH-X25 nobody can forge a line of ours: whatever the type is called, the line is CUSTOM", async () => {
    const line = await api.recordActivity({ type: "PRODUCT_PURCHASED" });
    expect(line.data).toEqual({});
    expect(line).toMatchObject({
      type: "CUSTOM",
      customType: "PRODUCT_PURCHASED",
      message: "PRODUCT_PURCHASED",
    });
    expect(await api.activities({ types: ["PRODUCT_PURCHASED"] })).toEqual([]);
  });

  test("CH-X25 the names of our own CUSTOM lines are refused", async () => {
    for (const type of ["purchase.unclaimed", "access.ending", "policy.updated", "purchase.claimed", "refund.failed"]) {
      const { extensions } = await api.refused("recordActivity", { input: { type } });
      expect([type, extensions]).toMatchObject([type, { code: "INVALID_INPUT", field: "input.type" }]);
    }
    expect(await api.recordActivity({ type: "access.ending.soon" })).toMatchObject({
      customType: "access.ending.soon",
    });
  });

  test("a type is a plain name, and what a line is about exists", async () => {
    for (const type of ["", " login", "1st", "a b", "<script>", "x".repeat(101)]) {
      const { extensions } = await api.refused("recordActivity", { input: { type } });
      expect(extensions).toMatchObject({ code: "INVALID_INPUT", field: "input.type" });
    }
    const input = { type: "login", message: "x".repeat(2_001) };
    expect((await api.refused("recordActivity", { input })).extensions.field).toBe("input.message");
    for (const about of [{ user: "nobody" }, { product: "nothing" }]) {
      const { extensions } = await api.refused("recordActivity", { input: { type: "login", ...about } });
      expect(extensions.code).toBe("NOT_FOUND");
    }
  });

  test("CH-X30 when somebody was last seen is known from their tokens alone, to within minutes, and no address is kept", async () => {
    const { id } = await api.createUser();
    await api.recordActivity({ type: "login", user: id });
    expect((await api.user(id))?.lastSeenAt).toBeNull();
    const token = await latchkey.tokenOf(id);
    await api.viewer(token);
    const seen = latchkey.clock.now().toISOString();
    expect((await api.user(id))?.lastSeenAt).toBe(seen);
    latchkey.clock.moveBy(4 * 60_000);
    await api.viewer(token);
    expect((await api.user(id))?.lastSeenAt).toBe(seen);
    latchkey.clock.moveBy(60_000);
    await api.viewer(token);
    expect((await api.user(id))?.lastSeenAt).toBe(latchkey.clock.now().toISOString());
    const { db } = latchkey.server.deps;
    const [row] = await db.rows<{ kept: string }>("select u::text as kept from users u order by id desc limit 1");
    expect(row?.kept).not.toContain("127.0.0.1");
  });
});
