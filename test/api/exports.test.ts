import { sealingKey } from "../../src/base/sealing-key";
import { toExportUrl } from "../../src/exports/export-url";
import { ACTIVITY_COLUMNS } from "../../src/exports/export-activities";
import { USER_COLUMNS } from "../../src/exports/export-users";
import { readPublicIdOf } from "../../src/base/ids";
import { sweepWork } from "../../src/work/sweep-work";
import { exportDone, fetchExport, localOf, readExportJob } from "../kit/fetch-export";
import { operationsOf } from "../kit/operations";
import { readCsvText } from "../kit/read-csv-text";
import type { ActivityFilter } from "../generated/operations";
import { type Latchkey, startLatchkey, startLatchkeyOn } from "../kit/start-latchkey";
import { until } from "../kit/until";

let latchkey: Latchkey;
let ops: ReturnType<typeof operationsOf>;
beforeEach(async () => {
  latchkey = await startLatchkey();
  ops = operationsOf(latchkey);
});
afterEach(() => latchkey.stop());

const EXPORT = `mutation ($filter: UserFilter, $format: String) { exportUsers(filter: $filter, format: $format) { id } }`;
const EXPORT_ACTIVITIES = `mutation ($filter: ActivityFilter, $format: String) {
  exportActivities(filter: $filter, format: $format) { id } }`;

/** The rows of a file by the names of their columns. */
const tableOf = (text: string): Record<string, string>[] => {
  const [header = [], ...rows] = readCsvText(text.replace(/^\uFEFF/, ""));
  return rows.map((row) => Object.fromEntries(header.map((name, place) => [name, row[place] ?? ""])));
};
const begin = async (filter: object = {}, credential?: string) =>
  (await latchkey.get<{ exportUsers: { id: string } }>(EXPORT, { filter }, credential)).exportUsers.id;

test("CH-X28: users are exported with what they may open now, newest first, as CSV that a spreadsheet takes", async () => {
  await ops.createProduct({ key: "part", status: "LIVE" });
  await ops.createProduct({ key: "pack", status: "LIVE", includes: ["part"] });
  await ops.createProduct({ key: "open", status: "LIVE", accessMode: "PUBLIC" });
  await ops.createProduct({ key: "draft", status: "DRAFT" });
  const ada = await ops.createUser({
    externalId: "u-1",
    email: "ada@example.com",
    emailVerified: true,
    name: 'Ada, "A"\r\nL',
    metadata: { plan: "x", n: 1 },
  });
  const bob = await ops.createUser({ email: "bob@example.com", name: "=HYPERLINK(1)" });
  for (const product of ["pack", "draft"]) await ops.grantAccess({ user: ada.id, product });
  await ops.grantAccess({ user: bob.id, product: "part", endsAt: "2026-03-01T12:00:01Z" });
  latchkey.clock.moveBy(2_000);

  const { job, answer, text } = await fetchExport(latchkey, "exportUsers");
  expect(job).toMatchObject({ status: "SUCCEEDED", total: 2, done: 2, error: null });
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="users-2026-03-01-12-00.csv"',
    "content-length": String(Buffer.byteLength(text)),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  expect(text.startsWith(`\uFEFF${USER_COLUMNS.join(",")}\r\n`)).toBe(true);
  const none = { externalId: "", email: "", lastSeenAt: "", stripeCustomerIds: "", products: "", metadata: "{}" };
  expect(tableOf(text)).toEqual([
    {
      ...none,
      id: bob.id,
      email: "bob@example.com",
      emailVerified: "false",
      name: "'=HYPERLINK(1)",
      createdAt: bob.createdAt,
    },
    {
      ...none,
      id: ada.id,
      externalId: "u-1",
      email: "ada@example.com",
      emailVerified: "true",
      name: 'Ada, "A"\r\nL',
      createdAt: ada.createdAt,
      products: "pack|part",
      metadata: '{"n": 1, "plan": "x"}'.replaceAll(": ", ":").replaceAll(", ", ","),
    },
  ]);
});

test("CH-X28: as JSON lines, with lists as lists and objects as objects", async () => {
  await ops.createProduct({ key: "pro", status: "LIVE" });
  const ada = await ops.createUser({ externalId: "u-1", name: "=1", metadata: { a: [1] } });
  await ops.grantAccess({ user: ada.id, product: "pro" });
  const { answer, text } = await fetchExport(latchkey, "exportUsers", { format: "jsonl" });
  expect(answer.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
  expect(answer.headers.get("content-disposition")).toContain(".jsonl");
  expect(text.endsWith("\n")).toBe(true);
  const expected = { email: null, emailVerified: false, lastSeenAt: null, stripeCustomerIds: [], products: ["pro"] };
  expect(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { ...expected, id: ada.id, externalId: "u-1", name: "=1", createdAt: ada.createdAt, metadata: { a: [1] } },
  ]);
});

test("CH-X26, TA-X38: an export holds whom the list with the same filter holds", async () => {
  const product = await ops.createProduct({ key: "pro", status: "LIVE" });
  for (const name of ["ada", "bob", "cyd"]) {
    const { id } = await ops.createUser({ email: `${name}@example.com`, name });
    if (name !== "cyd") await ops.grantAccess({ user: id, product: "pro" });
    latchkey.clock.moveBy(60_000);
  }
  const LIST = `query ($filter: UserFilter) { users(filter: $filter) { nodes { id } } }`;
  const filters = [
    {},
    { hasAccessTo: "pro" },
    { hasAccessTo: product.id },
    { lacksAccessTo: "pro" },
    { search: "B" },
    { createdAfter: "2026-03-01T12:01:00Z" },
    { createdBefore: "2026-03-01T12:01:00Z" },
    { linkedToStripe: false },
    { linkedToStripe: true },
    { hasAccessTo: "pro", search: "example", createdAfter: "2026-03-01T12:00:30Z" },
  ];
  const counts = await Promise.all(
    filters.map(async (filter) => {
      const { users } = await latchkey.get<{ users: { nodes: { id: string }[] } }>(LIST, { filter });
      const { text } = await fetchExport(latchkey, "exportUsers", { filter });
      expect([filter, tableOf(text).map(({ id }) => id)]).toEqual([filter, users.nodes.map(({ id }) => id)]);
      return users.nodes.length;
    }),
  );
  expect(counts).toEqual([3, 2, 2, 1, 1, 2, 1, 3, 0, 1]);
});

test("a product that is renamed while the export waits is still the one that was meant", async () => {
  const waiting = await startLatchkey({ background: { runners: {} } });
  const own = operationsOf(waiting);
  await own.createProduct({ key: "old", status: "LIVE" });
  const ada = await own.createUser({});
  await own.grantAccess({ user: ada.id, product: "old" });
  const { exportUsers } = await waiting.get<{ exportUsers: { id: string } }>(EXPORT, {
    filter: { hasAccessTo: "old" },
  });
  await own.updateProduct({ product: "old", key: "new" });
  const worker = await startLatchkeyBeside(waiting);
  const { resultUrl } = await exportDone(waiting, exportUsers.id);
  const answer = await fetch(localOf(waiting, resultUrl ?? ""));
  expect(tableOf(await answer.text()).map(({ id, products }) => [id, products])).toEqual([[ada.id, "new"]]);
  await worker.stop();
  await waiting.stop();
});

test("what is asked for is checked when it is asked for", async () => {
  const refusals: [string, Record<string, unknown>, string, string | undefined][] = [
    [EXPORT, { format: "xlsx" }, "INVALID_INPUT", "format"],
    [EXPORT, { filter: { hasAccessTo: "nothing" } }, "NOT_FOUND", "filter.hasAccessTo"],
    [EXPORT, { filter: { lacksAccessTo: "" } }, "NOT_FOUND", "filter.lacksAccessTo"],
    [EXPORT_ACTIVITIES, { filter: { user: "nobody" } }, "NOT_FOUND", "filter.user"],
    [EXPORT_ACTIVITIES, { filter: { product: "nothing" } }, "NOT_FOUND", "filter.product"],
    [EXPORT_ACTIVITIES, { format: "" }, "INVALID_INPUT", "format"],
  ];
  for (const [query, variables, code, field] of refusals) {
    expect((await latchkey.refused(query, variables)).extensions).toMatchObject({ code, field });
  }
  expect(await latchkey.get("{ jobs { totalCount } }")).toEqual({ jobs: { totalCount: 0 } });
});

test("whoever may list may export, in their own mode; people and pages may not", async () => {
  const user = await ops.createUser({});
  const forbidden = [await latchkey.tokenOf(user.id), await latchkey.key("PUBLISHABLE")];
  for (const credential of forbidden) {
    for (const query of [EXPORT, EXPORT_ACTIVITIES]) {
      expect((await latchkey.refused(query, {}, credential)).extensions.code).toBe("FORBIDDEN");
    }
  }
  const { job } = await fetchExport(latchkey, "exportUsers", {}, await latchkey.key("READ"));
  const live = await latchkey.key("ADMIN", "LIVE");
  expect(await latchkey.get("query ($id: ID!) { job(id: $id) { resultUrl } }", { id: job.id }, live)).toEqual({
    job: null,
  });
});

test("exports know the products and customers of their own mode", async () => {
  await ops.createProduct({ key: "pro", status: "LIVE" });
  const ada = await ops.createUser({});
  await ops.grantAccess({ user: ada.id, product: "pro" });
  const live = await latchkey.key("ADMIN", "LIVE");
  const begun = await latchkey.get<{ exportUsers: { id: string } }>(EXPORT, {}, live);
  const query = "query ($id: ID!) { job(id: $id) { id status total done error resultUrl finishedAt } }";
  const read = () => latchkey.get<{ job: { resultUrl: string | null } }>(query, { id: begun.exportUsers.id }, live);
  const url = (await until(read, ({ job }) => job.resultUrl !== null)).job.resultUrl;
  const text = await (await fetch(localOf(latchkey, url ?? ""))).text();
  expect(tableOf(text)).toEqual([expect.objectContaining({ id: ada.id, products: "" })]);
});

test("CH-X28: the journal is exported with the filter of its list, each line once", async () => {
  await ops.createProduct({ key: "pro", status: "LIVE" });
  const ada = await ops.createUser({ externalId: "u-1" });
  await ops.recordActivity({ type: "lesson.done", user: ada.id, product: "pro", message: "-1, done", data: { n: 1 } });
  await ops.grantAccess({ user: ada.id, product: "pro" });
  await ops.deleteUser((await ops.createUser({ externalId: "gone" })).id);
  const lines = await ops.activities();
  const { text, answer } = await fetchExport(latchkey, "exportActivities");
  expect(answer.headers.get("content-disposition")).toContain("activities-");
  expect(text.startsWith(`\uFEFF${ACTIVITY_COLUMNS.join(",")}\r\n`)).toBe(true);
  const rows = tableOf(text);
  expect(rows.map(({ id }) => id)).toEqual(lines.map(({ id }) => id));
  expect(rows.map(({ userExternalId }) => userExternalId)).not.toContain("gone");
  const custom = lines.find(({ type }) => type === "CUSTOM");
  expect(rows.find(({ type }) => type === "CUSTOM")).toEqual({
    id: custom?.id,
    type: "CUSTOM",
    customType: "lesson.done",
    at: custom?.at,
    recordedAt: custom?.recordedAt,
    userId: ada.id,
    userExternalId: "u-1",
    productKey: "pro",
    actor: "ADMIN",
    origin: "API",
    stripeObject: "",
    message: "'-1, done",
    data: '{"n":1}',
  });
  const filters: ActivityFilter[] = [
    { types: ["CUSTOM"] },
    { user: "u-1" },
    { product: "pro", actor: "ADMIN" },
    { after: "2027-01-01T00:00:00Z" },
    { before: "2027-01-01T00:00:00Z", types: ["USER_CREATED"] },
  ];
  const counts = await Promise.all(
    filters.map(async (filter) => {
      const listed = await ops.activities(filter);
      const { text: some } = await fetchExport(latchkey, "exportActivities", { filter });
      expect([filter, tableOf(some).map(({ id }) => id)]).toEqual([filter, listed.map(({ id }) => id)]);
      return listed.length;
    }),
  );
  expect(counts).toEqual([1, 3, 2, 0, 2]);
});

test("an export of nobody is a file with its columns, and no line of JSON", async () => {
  const [csv, json] = await Promise.all([
    fetchExport(latchkey, "exportUsers"),
    fetchExport(latchkey, "exportUsers", { format: "JSONL" }),
  ]);
  expect([csv.job.total, csv.text]).toEqual([0, `\uFEFF${USER_COLUMNS.join(",")}\r\n`]);
  expect([json.answer.status, json.text]).toEqual([200, ""]);
});

test("a format may be named by an enum, which does not contradict the text", async () => {
  const both = `mutation ($format: String) { exportActivities(format: $format, fileFormat: JSONL) { id } }`;
  const { exportActivities } = await latchkey.get<{ exportActivities: { id: string } }>(both, { format: "jsonl" });
  const { resultUrl } = await exportDone(latchkey, exportActivities.id);
  const file = await fetch(localOf(latchkey, resultUrl ?? ""));
  expect(file.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
  const refused = await latchkey.refused(both, { format: "CSV" });
  expect(refused.extensions).toMatchObject({ code: "INVALID_INPUT", field: "fileFormat" });
});

test("several exports run at once, and no more than ten of a mode are under way", async () => {
  const idle = await startLatchkey({ background: { runners: {} } });
  for (let index = 0; index < 10; index++) await idle.get(index % 2 ? EXPORT : EXPORT_ACTIVITIES);
  expect((await idle.refused(EXPORT)).extensions).toMatchObject({
    code: "LIMIT_EXCEEDED",
    details: { limit: "openExports", max: 10 },
  });
  await idle.get(EXPORT, {}, await idle.key("READ", "LIVE"));
  const [job] = (await idle.get<{ jobs: { nodes: { id: string }[] } }>("{ jobs(first: 1) { nodes { id } } }")).jobs
    .nodes;
  await idle.get("mutation ($id: ID!) { cancelJob(id: $id) { id } }", { id: job?.id });
  await idle.get(EXPORT);
  await idle.stop();
});

describe("the address of a file", () => {
  const uuidOf = (id: string) => readPublicIdOf("job", id) ?? "";

  test("needs no credential, is good for a quarter of an hour, and is made anew when it is asked for", async () => {
    await ops.createUser({});
    const { job, url } = await fetchExport(latchkey, "exportUsers");
    expect(job.resultUrl).toMatch(/^https:\/\/latchkey\.test\/exports\/job_/);
    latchkey.clock.moveBy(15 * 60_000 - 1_000);
    expect((await fetch(url)).status).toBe(200);
    latchkey.clock.moveBy(1_000);
    const late = await fetch(url);
    expect([late.status, late.headers.get("cache-control")]).toEqual([410, "no-store"]);
    expect(await late.text()).toContain("This link has run out");
    const { resultUrl } = await readExportJob(latchkey, job.id);
    expect((await fetch(localOf(latchkey, resultUrl ?? ""))).status).toBe(200);
  });

  test("leads nowhere when it was forged, changed, or signed by somebody else", async () => {
    const [{ job, url }, { job: other }] = await Promise.all([
      fetchExport(latchkey, "exportUsers"),
      fetchExport(latchkey, "exportActivities"),
    ]);
    const fileUntil = { jobId: uuidOf(job.id), expiresAt: new Date("2030-01-01T00:00:00Z") };
    const stranger = { publicUrl: latchkey.url, sealingKeys: [sealingKey("a stranger's secret, long enough")] };
    const [ticket = ""] = url.split("/").slice(-1);
    for (const forged of [
      toExportUrl(stranger, fileUntil),
      url.replace(job.id, other.id),
      url.replace(/(job_\w+\.)(\d+)/, (_, job: string, seconds: string) => `${job}${Number(seconds) + 900}`),
      `${latchkey.url}/exports/${job.id}`,
      `${latchkey.url}/exports/${ticket.slice(0, -1)}`,
      `${latchkey.url}/exports/${encodeURIComponent("../../etc")}`,
    ]) {
      const answer = await fetch(forged);
      expect([forged, answer.status]).toEqual([forged, 404]);
      expect(await answer.text()).toContain("This link leads nowhere");
    }
  });

  test("still opens after another sealing key came to stand in front", async () => {
    const { url } = await fetchExport(latchkey, "exportUsers");
    const [ticket = ""] = url.split("/").slice(-1);
    const key = "a-new-sealing-key-that-is-long-enough-0123456789";
    const env = { LATCHKEY_ENCRYPTION_KEY: `${key},4f1c9b7de2a85306bd94e17c60fa3528ce7d19b04a6f83e5` };
    const replica = await startLatchkeyBeside(latchkey, env);
    expect((await fetch(`${replica.url}/exports/${ticket}`)).status).toBe(200);
    await replica.stop();
  });

  test("answers HEAD without the file, refuses other methods, and stands in no log", async () => {
    await ops.createUser({ name: "Ada" });
    const { url, text } = await fetchExport(latchkey, "exportUsers");
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(Buffer.byteLength(text))]);
    expect(await head.text()).toBe("");
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
    const [ticket = ""] = url.split("/").slice(-1);
    const lines = latchkey.logged.join("\n");
    expect(lines).toContain('"route":"/exports/:ticket"');
    expect(lines).not.toContain(ticket.split(".").at(-1));
    expect(lines).not.toContain(ticket);
  });

  test("is there for exports that succeeded, while their file is: a day", async () => {
    const { job, url } = await fetchExport(latchkey, "exportUsers");
    latchkey.clock.moveBy(24 * 3_600_000 - 60_000);
    const last = (await readExportJob(latchkey, job.id)).resultUrl ?? "";
    expect((await fetch(localOf(latchkey, last))).status).toBe(200);
    // A link does not outlive its file.
    latchkey.clock.moveBy(60_000);
    expect((await fetch(localOf(latchkey, last))).status).toBe(410);
    expect(await readExportJob(latchkey, job.id)).toMatchObject({ status: "SUCCEEDED", resultUrl: null });
    const files = () => latchkey.server.deps.db.rows("select job_id from job_files");
    expect(await files()).toHaveLength(1);
    await sweepWork(latchkey.server.deps);
    expect(await files()).toEqual([]);
    expect((await fetch(url)).status).toBe(410);
  });

  test("is null while an export waits, and after it was cancelled", async () => {
    const idle = await startLatchkey({ background: { runners: {} } });
    const { exportUsers } = await idle.get<{ exportUsers: { id: string } }>(EXPORT);
    expect(await readExportJob(idle, exportUsers.id)).toMatchObject({ status: "QUEUED", resultUrl: null });
    await idle.get("mutation ($id: ID!) { cancelJob(id: $id) { id } }", { id: exportUsers.id });
    expect(await readExportJob(idle, exportUsers.id)).toMatchObject({ status: "CANCELLED", resultUrl: null });
    await sweepWork(idle.server.deps);
    expect(await idle.server.deps.db.rows("select job_id from job_files")).toEqual([]);
    await idle.stop();
  });
});

test("an export begins although another one of the same kind is under way", async () => {
  const ids = await Promise.all([begin(), begin(), begin()]);
  for (const id of ids) expect(await exportDone(latchkey, id)).toMatchObject({ status: "SUCCEEDED" });
});

/** Another server on the same database, with settings of its own. */
function startLatchkeyBeside(first: Latchkey, env: Record<string, string> = {}): Promise<Latchkey> {
  return startLatchkeyOn(first.database, { env, clock: first.clock });
}
