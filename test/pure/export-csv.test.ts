import fc from "fast-check";
import { BYTE_ORDER_MARK, type Cell, formatCsvLine, textOf } from "../../src/exports/format-csv";
import { type ExportRow, formatRows } from "../../src/exports/format-rows";
import { planPageRows } from "../../src/exports/plan-page-rows";
import { readExportFormat } from "../../src/exports/read-export-format";
import { readCells } from "../../src/user-lists/read-cells";
import { readCsvText } from "../kit/read-csv-text";

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const shieldOff = (text: string) => (/^'+[=+\-@\t\r\n＝＋－＠]/.test(text) ? text.slice(1) : text);

const nasty = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom(
      "=",
      "+",
      "-",
      "@",
      "＝",
      "＠",
      "\t",
      "\r",
      "\n",
      "'",
      '"',
      ",",
      ";",
      "|",
      " ",
      "a",
      "ü",
      "😀",
    ),
  }),
);
const cell: fc.Arbitrary<Cell> = fc.oneof(
  nasty,
  fc.constant(null),
  fc.boolean(),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") }),
  fc.array(fc.stringMatching(/^[\w.:/-]{1,10}$/)),
  fc.dictionary(fc.string(), nasty),
);

test("what is written is read back, cell by cell, by a reader that shares no code", () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { maxLength: 8 }), (rows) => {
      const read = readCsvText(rows.map(formatCsvLine).join(""));
      expect(read.map((row) => row.map(shieldOff))).toEqual(rows.map((row) => row.map(textOf)));
    }),
    { numRuns: 500 },
  );
});

test("no cell is a formula for whoever opens the file, whatever somebody is called", () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
      for (const text of readCsvText(formatCsvLine(cells)).flat()) expect(text).not.toMatch(FORMULA);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["=1+1", "'=1+1"],
  ["'=1+1", "''=1+1"],
  ["+49 30", "'+49 30"],
  ["-", "'-"],
  ["@ada", "'@ada"],
  ["\tx", '"\'\tx"'],
  ["\rx", '"\'\rx"'],
  ["\n=1+1", '"\'\n=1+1"'],
  ["\n", '"\'\n"'],
  ["＝1+1", "'＝1+1"],
  ["＋1", "'＋1"],
  ["－1", "'－1"],
  ["＠SUM(1)", "'＠SUM(1)"],
  ["'quoted'", "'quoted'"],
  ["O'Brien", "O'Brien"],
  ["a=b", "a=b"],
  [" =1", '" =1"'],
  ['say "hi", Ada', '"say ""hi"", Ada"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["half;way", '"half;way"'],
  ["", ""],
  [null, ""],
  [true, "true"],
  [new Date("2026-03-01T12:00:00Z"), "2026-03-01T12:00:00.000Z"],
  [["a", "b"], "a|b"],
  [["=a"], "'=a"],
  [{ a: "x,y" }, '"{""a"":""x,y""}"'],
])("the cell %j is written as %j", (given, written) => {
  expect(formatCsvLine([given])).toBe(`${written}\r\n`);
});

test("the import of users takes the apostrophe away again", () => {
  const columns = [{ kind: "FIELD", field: "name" }] as const;
  for (const name of ["=1+1", "'=1+1", "''-x", "O'Brien", "'x"]) {
    const [written] = readCsvText(formatCsvLine([name]));
    expect(readCells(columns, written ?? [])).toMatchObject({ name });
  }
});

test("the first piece names the columns behind a mark of UTF-8; later pieces and JSON lines do not", () => {
  const columns = ["id", "name"];
  const rows: ExportRow[] = [{ id: "1", name: "Ada" }, { id: "2" }];
  expect(formatRows("CSV", columns, { rows, isFirst: true })).toBe(`${BYTE_ORDER_MARK}id,name\r\n1,Ada\r\n2,\r\n`);
  expect(formatRows("CSV", columns, { rows, isFirst: false })).toBe("1,Ada\r\n2,\r\n");
  expect(formatRows("CSV", columns, { rows: [], isFirst: true })).toBe(`${BYTE_ORDER_MARK}id,name\r\n`);
  const lines = '{"id":"1","name":"Ada"}\n{"id":"2","name":null}\n';
  for (const isFirst of [true, false]) expect(formatRows("JSONL", columns, { rows, isFirst })).toBe(lines);
});

test("pages are as long as makes a piece of a megabyte, within reason", () => {
  expect(planPageRows({ rows: 500, bytes: 125_000 })).toBe(4_000);
  expect(planPageRows({ rows: 500, bytes: 500_000 })).toBe(1_000);
  expect(planPageRows({ rows: 500, bytes: 8_000_000 })).toBe(100);
  expect(planPageRows({ rows: 0, bytes: 0 })).toBe(500);
});

test("a format is named in any case; CSV is what nobody has to name", () => {
  expect([null, undefined, "csv", "Jsonl", "JSONL"].map((named) => readExportFormat(named))).toEqual([
    "CSV",
    "CSV",
    "CSV",
    "JSONL",
    "JSONL",
  ]);
  for (const other of ["xlsx", "", "json"]) {
    expect(() => readExportFormat(other)).toThrow("An export is written as CSV or as JSONL.");
  }
  expect([readExportFormat(null, "JSONL"), readExportFormat("jsonl", "JSONL")]).toEqual(["JSONL", "JSONL"]);
  expect(() => readExportFormat("CSV", "JSONL")).toThrow("two formats");
});
