import fc from "fast-check";
import type { ListForm, ListRecord } from "../../src/user-lists/list-types";
import { RECORD_BYTES_MAX } from "../../src/user-lists/list-types";
import { readCsv } from "../../src/user-lists/read-csv";
import { readJsonLines } from "../../src/user-lists/read-json-lines";
import { readListBegin } from "../../src/user-lists/read-list-begin";
import { readRecords } from "../../src/user-lists/read-records";

const all = { isEnd: true, rowsMax: 1_000 };

function cellsOf(text: string | Buffer, delimiter = ","): unknown[] {
  const bytes = Buffer.from(text as string);
  const { records, used } = readCsv(bytes, delimiter.charCodeAt(0), all);
  expect(used).toBe(bytes.length);
  return records.map(shown);
}

function shown(record: ListRecord): unknown {
  return record.kind === "CELLS" ? record.cells : record.kind === "FAULT" ? record.say : record.object;
}

const UNCLOSED = "A quote is never closed.";
const BEYOND = "After a closing quote comes something else than the end of the cell.";

test.each<[string, string, unknown[]]>([
  [
    "plain cells",
    "a,b\nc,d\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "no line end after the last row",
    "a,b\nc,d",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "line ends of Windows",
    "a,b\r\nc,d\r\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "line ends of old machines",
    "a,b\rc,d\r",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ["all line ends in one list", "a\nb\r\nc\rd", [["a"], ["b"], ["c"], ["d"]]],
  ["empty lines anywhere", "\n\na\n\n\r\nb\n\n\n", [["a"], ["b"]]],
  [
    "empty cells",
    ",\na,\n,b\n",
    [
      ["", ""],
      ["a", ""],
      ["", "b"],
    ],
  ],
  ["quoted cells", '"a","b, c"\n', [["a", "b, c"]]],
  ["quotes in quoted cells", '"say ""hello""",""""\n', [['say "hello"', '"']]],
  ["quotes in plain cells", '5" disk,b\n', [['5" disk', "b"]]],
  ["line ends in quoted cells", '"a\r\nb\nc",d\n', [["a\r\nb\nc", "d"]]],
  ["an empty quoted cell", '"",""\n""\n', [["", ""], [""]]],
  ["spaces, which are kept", " a , b \n", [[" a ", " b "]]],
  ["a quote that is never closed: one row is lost", 'a,"b\nc,d\ne,f', [UNCLOSED, ["c", "d"], ["e", "f"]]],
  ["a quote that ends too early", '"a"b,c\nd,e', [BEYOND, ["d", "e"]]],
  ["nothing at all", "", []],
  ["line ends only", "\r\n\n", []],
])("CSV with %s", (_, text, rows) => {
  expect(cellsOf(text)).toEqual(rows);
});

test("a row that is no UTF-8, or holds NUL, is lost alone", () => {
  const bytes = Buffer.concat([Buffer.from("a\n"), Buffer.from([0xe9, 0x0a]), Buffer.from("é\nb\0c\nd")]);
  expect(readCsv(bytes, 44, all).records.map(shown)).toEqual([
    ["a"],
    "The row is not UTF-8.",
    ["é"],
    "The row holds a NUL character.",
    ["d"],
  ]);
});

test("a quote that is never closed swallows no more than a row may hold, wherever the bytes are cut", () => {
  const text = `a\n"b\nc\n${"d\n".repeat(RECORD_BYTES_MAX)}`;
  const whole = readCsv(Buffer.from(text), 44, { isEnd: true, rowsMax: 3 });
  expect(whole.records.map(shown)).toEqual([["a"], UNCLOSED, ["c"]]);
  const begun = readCsv(Buffer.from(text).subarray(0, RECORD_BYTES_MAX), 44, { isEnd: false, rowsMax: 3 });
  expect(begun.records.map(shown)).toEqual([["a"]]);
  const later = readCsv(Buffer.from(text).subarray(begun.used, RECORD_BYTES_MAX + 10), 44, {
    isEnd: false,
    rowsMax: 2,
  });
  expect(later.records.map(shown)).toEqual([UNCLOSED, ["c"]]);
});

test("a line that does not end is given up in pieces, so that it is never held as a whole", () => {
  const { records, used } = readCsv(Buffer.alloc(RECORD_BYTES_MAX + 1, "x"), 44, { isEnd: false, rowsMax: 5 });
  expect(records.map(shown)).toEqual(["The row is longer than 256 KB."]);
  expect(used).toBe(RECORD_BYTES_MAX);
});

const delimiters = fc.constantFrom(",", ";", "\t", "|");
const cell = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replaceAll("\0", "")),
  fc.string({ unit: fc.constantFrom('"', ",", ";", "\n", "\r", "\t", "|", " ", "a", "é", "𝄞"), maxLength: 8 }),
);
const lineEnds = fc.constantFrom("\n", "\r\n", "\r");

/** Rows of one empty cell look like empty lines. */
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }))
  .map((rows) => rows.filter((cells) => cells.length > 1 || cells[0] !== ""));

function write(rows: string[][], delimiter: string, lineEnd: string, quoteAll: boolean): string {
  const needs = new RegExp(`["\\r\\n${delimiter === "|" ? "\\|" : delimiter}]`);
  const text = (each: string) => (quoteAll || needs.test(each) ? `"${each.replaceAll('"', '""')}"` : each);
  return rows.map((cells) => cells.map(text).join(delimiter) + lineEnd).join("");
}

test("whatever cells are written are read back", () => {
  fc.assert(
    fc.property(table, delimiters, lineEnds, fc.boolean(), (rows, delimiter, lineEnd, quoteAll) => {
      expect(cellsOf(write(rows, delimiter, lineEnd, quoteAll), delimiter)).toEqual(rows);
    }),
  );
});

/** Reads in pieces, as the bytes come, and goes on where the rows that were whole ended. */
function readInPieces(form: ListForm, bytes: Buffer, pieces: readonly number[], rowsMax: number): unknown[] {
  const rows: unknown[] = [];
  let at = 0;
  let held = 0;
  for (let turn = 0; ; turn++) {
    held = Math.min(Math.max(held, at) + (pieces[turn % pieces.length] ?? 1), bytes.length);
    const isEnd = held === bytes.length;
    const { records, used } = readRecords(form, bytes.subarray(at, held), { isEnd, rowsMax });
    rows.push(...records.map(shown));
    at += used;
    if (isEnd && records.length < rowsMax) return rows;
  }
}

const anyBytes = fc.oneof(
  fc.tuple(table, delimiters, lineEnds).map(([rows, delimiter, lineEnd]) => write(rows, delimiter, lineEnd, false)),
  fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", "é", '""', "\n\n"), maxLength: 40 }),
);
const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });

test.each(["utf8", "utf16le", "utf16be"] as const)("cut at any byte, the rows of %s are the same", (encoding) => {
  const form: ListForm = { kind: "CSV", encoding, delimiter: ",", header: [] };
  fc.assert(
    fc.property(anyBytes, cuts, fc.integer({ min: 1, max: 4 }), (text, pieces, rowsMax) => {
      const bytes = encode(text, encoding);
      const whole = readRecords(form, bytes, all);
      expect(readInPieces(form, bytes, pieces, rowsMax)).toEqual(whole.records.map(shown));
      expect(whole.records).toEqual(readCsv(Buffer.from(text), 44, all).records);
    }),
  );
});

function encode(text: string, encoding: "utf8" | "utf16le" | "utf16be"): Buffer {
  const bytes = Buffer.from(text, encoding === "utf8" ? "utf8" : "utf16le");
  return encoding === "utf16be" ? bytes.swap16() : bytes;
}

test("cut at any byte, the rows of JSON lines are the same", () => {
  const form: ListForm = { kind: "JSON", encoding: "utf8" };
  const line = fc.oneof(
    fc
      .dictionary(fc.string({ maxLength: 4 }), fc.string({ unit: "binary", maxLength: 6 }))
      .map((each) => JSON.stringify(each)),
    fc.constantFrom("", "  ", "{", "[]", "null", '{"a":"\\ud800"}', '{"a":"\\u0000"}'),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), lineEnds, cuts, (lines, lineEnd, pieces) => {
      const bytes = Buffer.from(lines.join(lineEnd === "\r" ? "\n" : lineEnd));
      const whole = readJsonLines(bytes, all).records.map(shown);
      expect(readInPieces(form, bytes, pieces, 2)).toEqual(whole);
      expect(whole).toHaveLength(lines.filter((each) => each.trim() !== "").length);
    }),
  );
});

test("JSON that cannot be kept, or is no object, is lost alone", () => {
  const text = '{"a":1}\r\nnope\n[1]\n{"a":"\\ud800"}\n{"a":"\\ud834\\udd1e"}\n{"a":"\\u0000"}';
  expect(readJsonLines(Buffer.from(text), all).records.map(shown)).toEqual([
    { a: 1 },
    "The row is not a JSON object.",
    "The row is not a JSON object.",
    "The row holds NUL or half of a character.",
    { a: "𝄞" },
    "The row holds NUL or half of a character.",
  ]);
});

const begin = (text: string | Buffer) => readListBegin(Buffer.from(text as string), "CSV", true);

test.each([",", ";", "\t", "|"])("cells that are separated by %j are told by the first row", (delimiter) => {
  const header = ["email", "name", 'odd "name", with; all| of\tthem'];
  const { form, at } = begin(write([header, ["a", "b", "c"]], delimiter, "\r\n", false));
  expect(form).toEqual({ kind: "CSV", encoding: "utf8", delimiter, header });
  expect(at).toBe(Buffer.byteLength(write([header], delimiter, "\r\n", false)));
});

test("a mark in front says the encoding and is no part of the first name", () => {
  const text = "email;name\na@example.com;Zoë\n";
  const marked = (bytes: Buffer, mark: number[]) => begin(Buffer.concat([Buffer.from(mark), bytes]));
  const header = ["email", "name"];
  const form = { kind: "CSV", delimiter: ";", header };
  expect(marked(Buffer.from(text), [0xef, 0xbb, 0xbf])).toEqual({ form: { ...form, encoding: "utf8" }, at: 14 });
  expect(marked(encode(text, "utf16le"), [0xff, 0xfe])).toEqual({ form: { ...form, encoding: "utf16le" }, at: 24 });
  expect(marked(encode(text, "utf16be"), [0xfe, 0xff])).toEqual({ form: { ...form, encoding: "utf16be" }, at: 24 });
});

test("a line of a spreadsheet that says the delimiter is no header", () => {
  expect(begin("sep=;\r\nemail;a,b,c\r\n").form).toMatchObject({ delimiter: ";", header: ["email", "a,b,c"] });
});

test.each<[string, string | Buffer, RegExp]>([
  ["nothing", "", /is empty/],
  ["line ends only", "\r\n\r\n", /is empty/],
  ["no names that anybody knows", "first,second\n1,2\n", /e-mail addresses or external ids.*"first", "second"/],
  ["people in the first row", "ada@example.com,Ada\n", /\(an address\)/],
  ["a name twice", "email,notes,notes\n", /"notes" twice/],
  ["a field twice", "email,email\n", /"email" twice/],
  ["a field twice, written differently", "E-Mail,products,e_mail\n", /"e mail" twice/],
  ["UTF-16 without a mark", encode("email,name\n", "utf16le"), /neither UTF-8/],
  ["an old encoding", Buffer.from("email,straße\n", "latin1"), /neither UTF-8/],
  ["a quote that is not closed", 'email,"name\n', /never closed/],
])("a list with %s is refused in words", (_, text, words) => {
  expect(() => begin(text)).toThrow(words);
});
