/** What a cell can hold. Lists are written with `|` in between, objects as JSON. */
export type Cell = string | boolean | Date | readonly string[] | object | null;

/** Spreadsheets take UTF-8 for what it is when it begins so. */
export const BYTE_ORDER_MARK = "\uFEFF";

/** Pure: a line as in RFC 4180, with its end. */
export function formatCsvLine(cells: readonly Cell[]): string {
  return `${cells.map((cell) => quote(guard(textOf(cell)))).join(",")}\r\n`;
}

/** Pure: a cell as the text that a reader finds in it, before it is guarded. */
export function textOf(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "string") return cell;
  if (typeof cell === "boolean") return cell ? "true" : "false";
  if (cell instanceof Date) return cell.toISOString();
  return Array.isArray(cell) ? cell.join("|") : JSON.stringify(cell);
}

// What spreadsheets take for a formula, in ordinary and full-width signs, also after a line feed and behind apostrophes:
// one that was there already must not be taken for ours.
const FORMULA = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Somebody's name must not be a formula on the machine of whoever opens the file. Readers take the apostrophe away. */
function guard(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

// Some readers part cells at semicolons or tabs, and some take away space at the edges of what is not quoted.
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

function quote(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
