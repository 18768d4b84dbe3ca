import type { ListOrder, Page, PageRequest, Position } from "../base/page";
import { Bug } from "../base/refusal";
import type { Reader } from "./db";

/**
 * A list, as SQL. `conditions` may use `$1` and so on for `values`. With `parents`, the same list is read below each of
 * them in one statement: two hundred users with their grants cost as many statements as one.
 */
export interface List {
  order: ListOrder;
  columns: string;
  from: string;
  conditions: readonly string[];
  values: readonly unknown[];
  /** Without a column, the conditions themselves say `parent.id`. */
  parents?: { column?: string; ids: readonly string[] };
}

type RawRow = Record<string, unknown> & { _parent: string; _more_before: boolean; _more_after: boolean };

const NO_PARENT = "00000000-0000-0000-0000-000000000000";

/** The pages below each parent, or one page. `rowOf` turns a row as the driver gives it into the store's own. */
export async function readPages<Row>(
  db: Reader,
  list: List,
  page: PageRequest,
  rowOf: (raw: Record<string, unknown>) => Row,
): Promise<Map<string, Page<Row>>> {
  const parents = list.parents?.ids ?? [NO_PARENT];
  const raw = await db.rows<RawRow>(pageSql(list, page), valuesOf(list, page, parents));
  const counts = once(() => countBelow(db, list, parents));
  const pages = new Map<string, Page<Row>>();
  for (const parent of new Set(parents)) {
    const rows = raw.filter((row) => row._parent === parent);
    pages.set(
      parent,
      toPage(list, page, rows, rowOf, async () => (await counts()).get(parent) ?? 0),
    );
  }
  return pages;
}

export async function readPage<Row>(
  db: Reader,
  list: Omit<List, "parents">,
  page: PageRequest,
  rowOf: (raw: Record<string, unknown>) => Row,
): Promise<Page<Row>> {
  const found = (await readPages(db, list, page, rowOf)).get(NO_PARENT);
  if (!found) throw new Bug("a list without parents has one page", { list: list.order.list });
  return found;
}

function toPage<Row>(
  list: List,
  page: PageRequest,
  raw: RawRow[],
  rowOf: (raw: Record<string, unknown>) => Row,
  count: () => Promise<number>,
): Page<Row> {
  const present = raw.filter((row) => row["_p0"] !== null);
  const overflow = present.length > page.limit;
  const shown = present.slice(0, page.limit);
  if (page.backward) shown.reverse();
  const moreBefore = raw[0]?._more_before ?? false;
  const moreAfter = raw[0]?._more_after ?? false;
  return {
    rows: shown.map((row) => ({ row: rowOf(row), position: positionOf(list, row) })),
    hasNext: page.backward ? moreAfter : overflow || moreAfter,
    hasPrevious: page.backward ? overflow || moreBefore : moreBefore,
    count,
  };
}

function positionOf(list: List, row: RawRow): Position {
  return list.order.columns.map((_, index) => String(row[`_p${index}`]));
}

function valuesOf(list: List, page: PageRequest, parents: readonly string[]): unknown[] {
  return [...list.values, [...parents], ...(page.after ?? []), ...(page.before ?? [])];
}

/** One row more than the limit tells whether there is a next page; the rows beyond a cursor tell about the other side. */
function pageSql(list: List, page: PageRequest): string {
  const { order } = list;
  const first = list.values.length + 2;
  const after = page.after && tuple(order, first);
  const before = page.before && tuple(order, first + (page.after?.length ?? 0));
  const sorted = `(${order.columns.map((column) => column.sql).join(", ")})`;
  const [later, notLater] = order.newestFirst ? ["<", ">="] : [">", "<="];
  const [earlier, notEarlier] = order.newestFirst ? [">", "<="] : ["<", ">="];
  const direction = order.newestFirst === page.backward ? "asc" : "desc";
  const within = [after && `${sorted} ${later} ${after}`, before && `${sorted} ${earlier} ${before}`];
  const positions = order.columns.map((column, index) => `(${column.sql})::text as _p${index}`);
  const orderBy = order.columns.map((column) => `${column.sql} ${direction}`).join(", ");
  return `/* ${order.list}.page */
    select parent.id as _parent, edge.*, page.*
    from unnest($${list.values.length + 1}::uuid[]) as parent(id)
    cross join lateral (
      select ${exists(list, after && `${sorted} ${notLater} ${after}`)} as _more_before,
             ${exists(list, before && `${sorted} ${notEarlier} ${before}`)} as _more_after
    ) edge
    left join lateral (
      select ${list.columns}, ${positions.join(", ")}
      from ${list.from} ${where(list, ...within)}
      order by ${orderBy} limit ${page.limit + 1}
    ) page on true`;
}

function exists(list: List, condition: string | null): string {
  return condition ? `exists (select 1 from ${list.from} ${where(list, condition)})` : "false";
}

function where(list: List, ...more: (string | null)[]): string {
  const parent = list.parents?.column ? `${list.parents.column} = parent.id` : null;
  const all = [parent, ...list.conditions, ...more].filter((condition) => condition !== null);
  return all.length > 0 ? `where ${all.join(" and ")}` : "";
}

function tuple(order: ListOrder, firstParameter: number): string {
  return `(${order.columns.map((column, index) => `$${firstParameter + index}::${column.type}`).join(", ")})`;
}

async function countBelow(db: Reader, list: List, parents: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.rows<{ id: string; count: number }>(
    `/* ${list.order.list}.count */
    select parent.id, (select count(*)::int from ${list.from} ${where(list)}) as count
    from unnest($${list.values.length + 1}::uuid[]) as parent(id)`,
    [...list.values, [...parents]],
  );
  return new Map(rows.map((row) => [row.id, row.count]));
}

function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | undefined;
  return () => (running ??= work());
}
