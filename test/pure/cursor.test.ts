import fc from "fast-check";
import { Failure } from "../../src/base/refusal";
import type { ListOrder } from "../../src/base/page";
import { readCursor, writeCursor } from "../../src/graphql/cursor";

const order: ListOrder = {
  list: "things",
  columns: [
    { sql: "t.at", type: "timestamptz" },
    { sql: "t.name", type: "text" },
    { sql: "t.id", type: "uuid" },
  ],
  newestFirst: true,
};

const moment = fc
  .date({ min: new Date("0001-01-02"), max: new Date("9999-12-30"), noInvalidDate: true })
  .chain((date) =>
    fc.constantFrom("+00", "+05:30", "-03").map((zone) => date.toISOString().slice(0, 23).replace("T", " ") + zone),
  );
const name = fc.string({ maxLength: 60, unit: "grapheme" }).filter((text) => !text.includes("\0"));
const position = fc.tuple(moment, name, fc.uuid());

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.field}`;
    throw error;
  }
  return "taken";
}
const tried = (cursor: string, by = order) => codeOf(() => readCursor(by, cursor, "after"));
const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("a cursor leads back to its place", () => {
  fc.assert(
    fc.property(position, (place) => {
      expect(readCursor(order, writeCursor(order, place), "after")).toEqual(place);
    }),
  );
});

test("any other text is refused", () => {
  fc.assert(fc.property(fc.string(), (text) => tried(text) === "INVALID_INPUT after"));
  fc.assert(fc.property(fc.json(), (text) => tried(Buffer.from(text).toString("base64url")) === "INVALID_INPUT after"));
});

test("a cursor of another list is refused", () => {
  const cursor = writeCursor(order, ["2026-03-01 12:00:00+00", "name", "0190f0a0-0000-7000-8000-000000000000"]);
  expect(tried(cursor)).toBe("taken");
  expect(tried(cursor, { ...order, list: "others" })).toBe("INVALID_INPUT after");
  expect(tried(cursor, { ...order, columns: order.columns.slice(1) })).toBe("INVALID_INPUT after");
});

const good = ["things", "2026-03-01 12:00:00.123456+00", "name", "0190f0a0-0000-7000-8000-000000000000"];
const wrong: [string, unknown][] = [
  ["a column less", good.slice(0, 3)],
  ["a column more", [...good, "x"]],
  ["a number for a text", ["things", good[1], 7, good[3]]],
  ["null for a text", ["things", good[1], null, good[3]]],
  ["an object for a text", ["things", good[1], { toString: "x" }, good[3]]],
  ["SQL for a moment", ["things", "now()", good[2], good[3]]],
  ["infinity for a moment", ["things", "infinity", good[2], good[3]]],
  ["SQL behind a moment", ["things", `${good[1]}; drop table users`, good[2], good[3]]],
  ["a NUL in a text", ["things", good[1], "a\0b", good[3]]],
  ["a text without end", ["things", good[1], "x".repeat(2_000), good[3]]],
  ["a UUID in capitals", ["things", good[1], good[2], good[3]?.toUpperCase()]],
  ["a UUID with a line behind it", ["things", good[1], good[2], `${good[3]}\n`]],
  ["an object", { 0: "things", length: 4 }],
  ["nothing", []],
];
test.each(wrong)("a forged cursor is refused: %s", (_, value) => {
  expect(tried(forged(good))).toBe("taken");
  expect(tried(forged(value))).toBe("INVALID_INPUT after");
});
