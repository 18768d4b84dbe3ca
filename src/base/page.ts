/** One value per column of a list's order, as text: enough to find a row's place again without the row. */
export type Position = readonly string[];

export type PositionType = "uuid" | "timestamptz" | "integer" | "text";

/** The order of a list. It must be total: the last column is unique, so a page can be continued from any row. */
export interface ListOrder {
  /** Stands in the cursors, so that a cursor of one list is refused by another. */
  list: string;
  columns: readonly { sql: string; type: PositionType }[];
  newestFirst: boolean;
}

/** A page of a list, after the arguments were checked: one direction, a limit within bounds, cursors of this list. */
export interface PageRequest {
  limit: number;
  /** From the end towards the beginning (`last`), instead of from the beginning (`first`). */
  backward: boolean;
  after: Position | null;
  before: Position | null;
}

export interface Page<Row> {
  rows: { row: Row; position: Position }[];
  hasNext: boolean;
  hasPrevious: boolean;
  /** Rows in the whole list; asked for only when a caller wants it. */
  count(): Promise<number>;
}
