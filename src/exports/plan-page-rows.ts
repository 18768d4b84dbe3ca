const PIECE_BYTES = 1_000_000;
const [ROWS_MIN, ROWS_MAX] = [100, 4_000];

/** How many rows the first page has, before it is known how long they are. */
export const FIRST_PAGE_ROWS = 500;

/** Pure: how many rows make a piece of about a megabyte, if they are like those of the page before. */
export function planPageRows({ rows, bytes }: { rows: number; bytes: number }): number {
  if (rows === 0 || bytes === 0) return FIRST_PAGE_ROWS;
  return Math.min(ROWS_MAX, Math.max(ROWS_MIN, Math.floor((PIECE_BYTES * rows) / bytes)));
}
