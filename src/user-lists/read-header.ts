import { Refusal } from "../base/refusal";
import { type ListColumn, type ListField, headerKey, listColumns } from "./columns";

/** What each column is about, in their order. */
export type Column = { kind: "FIELD"; field: ListField } | { kind: "METADATA"; key: string } | { kind: "UNREAD" };

/** What our exports say beside what can be brought back. */
const SAID_BY_US = new Set(["createdAt", "lastSeenAt"]);
const METADATA = /^(?:metadata|meta)[.:](.+)$/i;

/** Reads the first row of a list. One that names nobody is refused. */
export function readHeader(header: readonly string[]): Column[] {
  const fields = findFields(header);
  if (!fields.has("externalId") && !fields.has("email") && !fields.has("id")) throw namesNobody(header);
  const byPlace = new Map([...fields].map(([field, place]) => [place, field]));
  const columns = header.map((text, place): Column => {
    const field = byPlace.get(place);
    if (field) return { kind: "FIELD", field };
    if (fields.has("id") && SAID_BY_US.has(text)) return { kind: "UNREAD" };
    const key = (METADATA.exec(text.trim())?.[1] ?? text).trim();
    return key === "" ? { kind: "UNREAD" } : { kind: "METADATA", key };
  });
  refuseTwice(header, columns);
  return columns;
}

function findFields(header: readonly string[]): Map<ListField, number> {
  const keys = header.map((text) => (METADATA.test(text.trim()) ? "" : headerKey(text)));
  const fields = new Map<ListField, number>();
  for (const [field, { names }] of Object.entries(listColumns) as [ListField, ListColumn][]) {
    const name = names.find((each) => keys.includes(each));
    if (name !== undefined) fields.set(field, keys.indexOf(name));
  }
  // They say something of another column only.
  if (!fields.has("products")) fields.delete("accessEndsAt");
  if (fields.has("name")) for (const part of ["firstName", "lastName"] as const) fields.delete(part);
  return fields;
}

const SHOWN_MAX = 20;

function namesNobody(header: readonly string[]): Refusal {
  const shown = header.slice(0, SHOWN_MAX).map((text) => (text.includes("@") ? "(an address)" : text.slice(0, 50)));
  const found = shown.map((text) => JSON.stringify(text)).join(", ");
  return new Refusal("INVALID_INPUT", {
    say: `The first row has to name the columns, one of them for e-mail addresses or external ids. It has: ${found}.`,
  });
}

/** Two columns of one name say different things of a person, whether the name is a field's or a key of metadata. */
function refuseTwice(header: readonly string[], columns: readonly Column[]): void {
  const fields = header.map((text) => (METADATA.test(text.trim()) ? "" : headerKey(text)));
  const names = new Set(Object.values(listColumns).flatMap((column) => column.names));
  const keys = columns.map((column) => (column.kind === "METADATA" ? column.key : ""));
  const twice = repeated(fields.map((name) => (names.has(name) ? name : ""))) ?? repeated(keys);
  if (twice === undefined) return;
  throw new Refusal("INVALID_INPUT", {
    say: `The first row names the column ${JSON.stringify(twice.slice(0, 50))} twice.`,
  });
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, place) => name !== "" && names.indexOf(name) !== place);
}
