import fc from "fast-check";
import { DateTimeScalar, JsonScalar } from "../../src/graphql/scalars";

const read = (text: unknown) => DateTimeScalar.parseValue(text);

describe("a DateTime", () => {
  const taken: [string, string][] = [
    ["2026-11-20T10:00:00Z", "2026-11-20T10:00:00.000Z"],
    ["2026-11-20T10:00:00.5Z", "2026-11-20T10:00:00.500Z"],
    ["2026-11-20T10:00:00.123456789Z", "2026-11-20T10:00:00.123Z"],
    ["2026-11-20T10:00:00+05:30", "2026-11-20T04:30:00.000Z"],
    ["2026-11-20t10:00:00z", "2026-11-20T10:00:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ];
  test.each(taken)("is taken: %s", (text, answered) => {
    expect(DateTimeScalar.serialize(read(text))).toBe(answered);
  });

  const refused = [
    "2026-11-20",
    "2026-11-20T10:00Z",
    "2026-11-20T10:00:00",
    "2026-11-20 10:00:00Z",
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T10:60:00Z",
    "2026-11-20T10:00:61Z",
    "2026-11-20T10:00:00+25:00",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+10:00",
    "9999-12-31T23:59:59-10:00",
    "+275760-01-01T00:00:00Z",
    "-000001-01-01T00:00:00Z",
    "now",
    "",
    1_700_000_000,
    null,
    {},
    ["2026-11-20T10:00:00Z"],
  ];
  test.each(refused)("is refused: %j", (value) => {
    expect(() => read(value)).toThrow("A DateTime is written as in RFC 3339");
  });

  test("that we wrote is read as the same moment", () => {
    const date = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(date, (moment) => {
        expect(read(DateTimeScalar.serialize(moment))).toEqual(moment);
      }),
    );
  });
});

describe("JSON", () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

  test("is any object, and stays as it is", () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }));
    fc.assert(
      fc.property(value, (object) => {
        const isKept = !JSON.stringify(object).includes("\\u");
        if (isKept) expect(JsonScalar.parseValue(object)).toEqual(object);
      }),
    );
  });

  test.each([[[]], ["text"], [1], [null], [true]])("is an object and not %j", (value) => {
    expect(() => JsonScalar.parseValue(value)).toThrow("must be an object");
  });

  test("has 20 levels and 16 KB at the most", () => {
    expect(JsonScalar.parseValue(nested(20))).toBeDefined();
    expect(() => JsonScalar.parseValue(nested(21))).toThrow("20 levels");
    expect(() => JsonScalar.parseValue(nested(50_000 / 10))).toThrow("20 levels");
    expect(JsonScalar.parseValue({ a: "x".repeat(16_300) })).toBeDefined();
    expect(() => JsonScalar.parseValue({ a: "x".repeat(16_384) })).toThrow("16 KB");
    expect(() => JsonScalar.parseValue({ a: "ü".repeat(8_200) })).toThrow("16 KB");
  });

  test.each(["\0", "\ud800", "a\udfff", "\\\0"])("holds nothing that cannot be kept: %j", (text) => {
    expect(() => JsonScalar.parseValue({ a: text })).toThrow("cannot hold");
    expect(() => JsonScalar.parseValue({ a: [{ [text]: 1 }] })).toThrow("cannot hold");
  });

  test.each(["\\u0000", "\\ud800", "😀", "\u0001", "\n"])("holds what only looks like it: %j", (text) => {
    expect(JsonScalar.parseValue({ a: text })).toEqual({ a: text });
  });
});
