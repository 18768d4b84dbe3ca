import type { ListField } from "./columns";
import type { Column } from "./read-header";
import type { SaidUser } from "./read-listed-user";

/** What a row of cells says. Empty cells say nothing. */
export function readCells(columns: readonly Column[], cells: readonly string[]): SaidUser | { fault: string } {
  const fault = checkCount(columns, cells);
  if (fault !== null) return { fault };
  const fields: Partial<Record<ListField, string>> = {};
  const metadata: [string, string][] = [];
  for (let place = 0; place < columns.length; place++) {
    const cell = readCell(cells[place] ?? "");
    const column = columns[place];
    if (cell === null || !column || column.kind === "UNREAD") continue;
    if (column.kind === "FIELD") fields[column.field] = cell;
    else metadata.push([column.key, cell]);
  }
  const name = fields.name ?? joinName(fields.firstName, fields.lastName);
  return {
    id: fields.id,
    hasOwnIds: columns.some((column) => column.kind === "FIELD" && column.field === "externalId"),
    externalId: fields.externalId?.trim(),
    email: fields.email,
    emailVerified: fields.emailVerified,
    name,
    customers: fields.stripeCustomerId?.split(/[|;,]/),
    products: fields.products === undefined ? undefined : fields.products.split(/[|;,]/),
    accessEndsAt: fields.accessEndsAt,
    metadata: fields.metadata,
    moreMetadata: metadata,
  };
}

/** A short row was cut, or a delimiter is missing: what is where is not known. Empty cells at the end say nothing. */
function checkCount(columns: readonly Column[], cells: readonly string[]): string | null {
  if (cells.length === columns.length) return null;
  if (cells.length > columns.length && cells.slice(columns.length).every((cell) => cell === "")) return null;
  return `The row has ${cells.length} cells, and the first row names ${columns.length} columns.`;
}

// What spreadsheets would take for a formula is written with one more apostrophe in front.
const SHIELDED = /^'+[=+\-@\t\r]/;
const EMPTY = new Set(["NULL", "null", "\\N"]);

function readCell(cell: string): string | null {
  if (cell === "" || EMPTY.has(cell) || cell.trim() === "") return null;
  return cell.charCodeAt(0) === 0x27 && SHIELDED.test(cell) ? cell.slice(1) : cell;
}

function joinName(first: string | undefined, last: string | undefined): string | undefined {
  const parts = [first?.trim(), last?.trim()].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(" ");
}
