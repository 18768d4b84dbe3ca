import type { Draft } from "./draft";
import type { listParams, ParamsOf } from "./params";
import { invalid, missing } from "./refuse";
import { type Entry, firstWhere, positionOf } from "./shelf";
import type { Rendered } from "./stored";
import type { TableName, Tables } from "./tables";

export type Range = number | { gt?: Bound; gte?: Bound; lt?: Bound; lte?: Bound } | null | undefined;
type Bound = number | null | undefined;

export interface Listing<K extends TableName> {
  url: string;
  /** One indexed key. Everything else is filtered while walking. */
  by?: Record<string, string> | undefined;
  keep?: ((row: Tables[K]) => boolean) | undefined;
  created?: Range;
}

/** A page of a list as Stripe gives it: newest first, walking from a cursor until the page is full. */
export function listPage<K extends TableName>(
  draft: Draft,
  table: K,
  params: ParamsOf<typeof listParams>,
  listing: Listing<K>,
): Rendered {
  const { limit, starting_after: after, ending_before: before } = params;
  if (after && before) throw invalid("You cannot specify both starting_after and ending_before.");
  const size = limit ?? 10;
  const entries = draft.entries(table, listing.by);
  const { from, to } = withinRange(entries, listing.created);
  const cursor = before ?? after;
  const at = cursor ? cursorIn(draft, table, entries, cursor, before ? "ending_before" : "starting_after") : null;
  const walk = before
    ? forward(entries, Math.max(from, (at?.last ?? -1) + 1), to)
    : backward(entries, Math.min(to, at?.first ?? to) - 1, from);
  const found = take(walk, size + 1, listing.keep);
  const page = found.slice(0, size);
  if (before) page.reverse();
  const data = page.map((row) => draft.render(row));
  return { object: "list", data, has_more: found.length > size, url: listing.url };
}

// The cursor itself is excluded. An object outside the filter still has a place in the order.
function cursorIn<K extends TableName>(
  draft: Draft,
  table: K,
  entries: readonly Entry<Tables[K]>[],
  id: string,
  param: string,
): { first: number; last: number } {
  const cursor = draft.entryOf(table, id);
  if (!cursor) throw missing(table, id, param);
  const first = positionOf(entries, cursor);
  return { first, last: entries[first]?.row.id === id ? first : first - 1 };
}

/** `from` included, `to` excluded, in a list from old to new. */
function withinRange<Row extends { id: string; created?: number }>(
  entries: readonly Entry<Row>[],
  range: Range,
): { from: number; to: number } {
  const bounds = typeof range === "number" ? { gte: range, lte: range } : (range ?? {});
  const lowest = Math.max(bounds.gte ?? -Infinity, (bounds.gt ?? -Infinity) + 1);
  const beyond = Math.min(bounds.lt ?? Infinity, (bounds.lte ?? Infinity) + 1);
  return {
    from: firstWhere(entries, ({ row }) => (row.created ?? 0) >= lowest),
    to: firstWhere(entries, ({ row }) => (row.created ?? 0) >= beyond),
  };
}

function* backward<Row>(entries: readonly Entry<Row>[], start: number, from: number): Generator<Row> {
  for (let at = start; at >= from; at--) yield entries[at]!.row;
}

function* forward<Row>(entries: readonly Entry<Row>[], start: number, to: number): Generator<Row> {
  for (let at = start; at < to; at++) yield entries[at]!.row;
}

function take<Row>(walk: Iterable<Row>, most: number, keep: ((row: Row) => boolean) | undefined): Row[] {
  const rows: Row[] = [];
  for (const row of walk) {
    if (keep && !keep(row)) continue;
    rows.push(row);
    if (rows.length === most) break;
  }
  return rows;
}
