import path from "node:path";
import { asksDatabase } from "../kit/find-sql";
import { readSources } from "../kit/read-sources";
import { slices } from "../kit/rooms";

const src = readSources("src");

test("only the command line, scripts and tests look at the environment", () => {
  const lookers = [...src].filter(([, source]) => /\bprocess\.env\b|\bprocess\[/.test(source)).map(([file]) => file);
  expect(lookers.filter((file) => !file.startsWith("cli/"))).toEqual([]);
});

test("no file has a name that says nothing", () => {
  const empty =
    /^(utils?|helpers?|managers?|common|misc|shared|index|service|handlers?)$|[-.](utils?|helpers?|manager|service)$/;
  const names = [...src.keys()].filter((file) => empty.test(path.basename(file, ".ts")));
  expect(names).toEqual([]);
});

// Good files have 20 to 120 lines. One that grows beyond 300 is split, or stands here with a reason.
const long: Record<string, string> = {};

test("no file has more than 300 lines without a reason", () => {
  const found = [...src].filter(([, source]) => source.split("\n").length > 301).map(([file]) => file);
  expect(found).toEqual(Object.keys(long));
});

test("only stores ask the database", () => {
  const askers = [...src].filter(([file, source]) => slices.has(file.split("/")[0] ?? "") && asksDatabase(source));
  expect(askers.map(([file]) => file).filter((file) => !file.endsWith(".store.ts"))).toEqual([]);
});

test("the finder of questions to the database knows one when it sees one", () => {
  expect(asksDatabase("await db.repository(User).find()")).toBe(true);
  expect(asksDatabase("await tx.rows<{ a: 1 }>(`select 1`)")).toBe(true);
  expect(asksDatabase("page.rows.map((row) => row.id)")).toBe(false);
  expect(asksDatabase("const text = 'db.rows(x)'")).toBe(false);
});
