/**
 * One table of the world: rows by id, all rows in order of time, and the same order again per indexed key. Rows of one
 * second keep the order in which they came. The lists are sorted arrays: a new row is nearly always the newest, so it
 * is pushed, and a page starts at a position found by halving.
 */
export interface Entry<Row> {
  readonly turn: number;
  row: Row;
}

export interface Shelf<Row> {
  entries: Map<string, Entry<Row>>;
  deleted: Set<string>;
  inOrder: Entry<Row>[];
  keys: Record<string, (row: Row) => string | null | undefined>;
  byKey: Map<string, Entry<Row>[]>;
  turns: number;
}

interface Kept {
  id: string;
  created?: number;
}

export function openShelf<Row extends Kept>(keys: Shelf<Row>["keys"]): Shelf<Row> {
  return { entries: new Map(), deleted: new Set(), inOrder: [], keys, byKey: new Map(), turns: 0 };
}

export function keyName(index: string, value: string): string {
  return `${index}\n${value}`;
}

export function putRow<Row extends Kept>(shelf: Shelf<Row>, row: Row): void {
  const known = shelf.entries.get(row.id);
  if (known && known.row.created === row.created) return replaceRow(shelf, known, row);
  if (known) takeOut(shelf, known);
  const entry = { turn: known?.turn ?? shelf.turns++, row };
  shelf.entries.set(row.id, entry);
  place(shelf.inOrder, entry);
  for (const name of namesOf(shelf, row)) placeUnder(shelf, name, entry);
}

function replaceRow<Row extends Kept>(shelf: Shelf<Row>, entry: Entry<Row>, row: Row): void {
  const before = namesOf(shelf, entry.row);
  const after = namesOf(shelf, row);
  for (const name of before) if (!after.includes(name)) takeFrom(shelf, name, entry);
  entry.row = row;
  for (const name of after) if (!before.includes(name)) placeUnder(shelf, name, entry);
}

export function dropRow<Row extends Kept>(shelf: Shelf<Row>, id: string, remember: boolean): void {
  const entry = shelf.entries.get(id);
  if (entry) takeOut(shelf, entry);
  shelf.entries.delete(id);
  if (remember) shelf.deleted.add(id);
}

function takeOut<Row extends Kept>(shelf: Shelf<Row>, entry: Entry<Row>): void {
  shelf.inOrder.splice(positionOf(shelf.inOrder, entry), 1);
  for (const name of namesOf(shelf, entry.row)) takeFrom(shelf, name, entry);
}

function namesOf<Row>(shelf: Shelf<Row>, row: Row): string[] {
  return Object.entries(shelf.keys).flatMap(([index, keyOf]) => {
    const value = keyOf(row);
    return value === null || value === undefined ? [] : [keyName(index, value)];
  });
}

function placeUnder<Row extends Kept>(shelf: Shelf<Row>, name: string, entry: Entry<Row>): void {
  const list = shelf.byKey.get(name);
  if (list) place(list, entry);
  else shelf.byKey.set(name, [entry]);
}

function takeFrom<Row extends Kept>(shelf: Shelf<Row>, name: string, entry: Entry<Row>): void {
  const list = shelf.byKey.get(name) ?? [];
  list.splice(positionOf(list, entry), 1);
  if (list.length === 0) shelf.byKey.delete(name);
}

function place<Row extends Kept>(list: Entry<Row>[], entry: Entry<Row>): void {
  const last = list.at(-1);
  if (!last || compareEntries(last, entry) < 0) list.push(entry);
  else list.splice(positionOf(list, entry), 0, entry);
}

export function compareEntries<Row extends Kept>(a: Entry<Row>, b: Entry<Row>): number {
  return (a.row.created ?? 0) - (b.row.created ?? 0) || a.turn - b.turn;
}

/** The place of this entry in a list that is sorted from old to new, or the place where it would stand. */
export function positionOf<Row extends Kept>(list: readonly Entry<Row>[], entry: Entry<Row>): number {
  return firstWhere(list, (other) => compareEntries(other, entry) >= 0);
}

/** The first position for which `passes` holds, in a list where it holds for all later ones too. */
export function firstWhere<T>(list: readonly T[], passes: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
