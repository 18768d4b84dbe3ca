/** One value per column of a list's order, as text: enough to find a row's place again without the row. */
export type Position = readonly string[];

/** A page of a list, after the arguments were checked: at most one direction, a limit within bounds. */
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
