import type Stripe from "stripe";
import { type Kinds, kindOf, tableNames } from "./kind";
import { missing } from "./refuse";
import { diff } from "./diff";
import { compareEntries, type Entry, keyName } from "./shelf";
import { API_VERSION, type Gone, type Rendered } from "./stored";
import type { AnyRow, TableName, Tables } from "./tables";
import { type Timer, timerName } from "./timers";
import { type Change, lettersFor, type World } from "./world";

/** What a command is told about its moment. */
export interface Moment {
  /** When this happens, in seconds: for a timer the time that it was set for, under a test clock that clock's. */
  now: number;
  /** The time of the world, which is another one under a test clock. */
  worldNow: number;
  request: { id: string | null; idempotency_key: string | null };
}

/**
 * The world as one command sees it: the committed rows under its own pending ones. It reads and records; nothing is
 * changed until the shell commits `changes`, all or none.
 */
export class Draft {
  readonly now: number;
  readonly events: Tables["event"][] = [];
  private readonly pending: { [K in TableName]?: Map<string, Tables[K] | null> } = {};
  private readonly recorded: Change[] = [];
  private counter: number;

  constructor(
    private readonly world: World,
    readonly kinds: Kinds,
    private readonly moment: Moment,
  ) {
    this.now = moment.now;
    this.counter = world.counter;
  }

  get changes(): Change[] {
    const moved = this.counter !== this.world.counter;
    return moved ? [...this.recorded, { counter: this.counter }] : this.recorded;
  }

  find<K extends TableName>(table: K, id: string): Tables[K] | null {
    const mine = this.pending[table]?.get(id);
    return mine === undefined ? (this.world.shelves[table].entries.get(id)?.row ?? null) : mine;
  }

  /** Refuses with `resource_missing`: 404 for an id in the path, 400 when `param` names where the id came from. */
  get<K extends TableName>(table: K, id: string, param?: string): Tables[K] {
    const row = this.find(table, id);
    if (!row) throw missing(table, id, param);
    return row;
  }

  isDeleted(table: TableName, id: string): boolean {
    return this.world.shelves[table].deleted.has(id) || this.pending[table]?.get(id) === null;
  }

  /** All rows from old to new, or those of one indexed key: `rows("price", { product: "prod_1" })`. */
  rows<K extends TableName>(table: K, by?: Record<string, string>): Tables[K][] {
    return this.entries(table, by).map((entry) => entry.row);
  }

  /** The same, with what a page needs to find its place. The list may be the world's own: do not change it. */
  entries<K extends TableName>(table: K, by?: Record<string, string>): readonly Entry<Tables[K]>[] {
    const shelf = this.world.shelves[table];
    const [index, value] = Object.entries(by ?? {})[0] ?? [];
    const keyOf = index === undefined ? null : (shelf.keys[index] ?? noIndex(table, index));
    const found = index === undefined ? shelf.inOrder : (shelf.byKey.get(keyName(index, value ?? "")) ?? []);
    const mine = this.pending[table];
    if (!mine) return found;
    const mineInOrder = [...mine.values()].flatMap((row, i) => {
      if (!row || (keyOf && keyOf(row) !== value)) return [];
      return [{ turn: shelf.entries.get(row.id)?.turn ?? shelf.turns + i, row }];
    });
    const merged = [...found.filter((entry) => !mine.has(entry.row.id)), ...mineInOrder].toSorted(compareEntries);
    return merged;
  }

  entryOf<K extends TableName>(table: K, id: string): Entry<Tables[K]> | null {
    if (this.pending[table]?.has(id)) return this.entries(table).find(({ row }) => row.id === id) ?? null;
    return this.world.shelves[table].entries.get(id) ?? null;
  }

  put<Row extends AnyRow>(row: Row): Row {
    this.keep(row.object, row.id, row);
    this.recorded.push({ put: row });
    return row;
  }

  update<K extends TableName>(table: K, id: string, patch: Partial<Tables[K]>): Tables[K] {
    return this.put({ ...this.get(table, id), ...patch });
  }

  /** Lets every kind react first (a deleted customer's subscriptions end), then deletes. */
  remove(table: TableName, id: string): Gone {
    for (const name of tableNames(this.kinds)) kindOf(this.kinds, name).whenDeleted?.[table]?.(this, id);
    this.keep(table, id, null);
    this.recorded.push({ drop: table, id, remember: kindOf(this.kinds, table).remembersDeleted ?? false });
    return { id, object: table, deleted: true };
  }

  /** An id of Stripe's look for a new object of this kind. */
  newId(table: TableName): string {
    const { prefix, idLength } = kindOf(this.kinds, table);
    const letters = this.newLetters(idLength);
    return `${prefix}_${idLength === 24 ? `1${letters.slice(1)}` : letters}`;
  }

  /** For secrets, invoice prefixes and the like: always the same in a world of the same seed. */
  newLetters(length: number): string {
    return lettersFor(this.world.seed, this.counter++, length);
  }

  /** The object as Stripe would answer it now, nothing expanded. */
  render(row: AnyRow): Rendered {
    const rendered = Object.entries(kindOf(this.kinds, row.object).render?.(row, this) ?? row);
    return Object.fromEntries(rendered.filter(([name]) => name !== "ours"));
  }

  /** The object or, when it was deleted, what is left of it; null when there never was one. */
  renderById(table: TableName, id: string): Rendered | null {
    const row = this.find(table, id);
    if (row) return this.render(row);
    return this.isDeleted(table, id) ? { id, object: table, deleted: true } : null;
  }

  /**
   * Records an event about `object`, rendered as it is now. With `before`, `previous_attributes` says what changed, and
   * nothing is recorded when nothing did, but for what `always` says has changed beyond the first page of a list. `at` is given for objects under a test clock.
   */
  emit(
    type: Stripe.Event["type"],
    object: Rendered,
    more: { before?: Rendered; at?: number; always?: boolean } = {},
  ): void {
    const previous = more.before && diff(more.before, object);
    if (previous && Object.keys(previous).length === 0 && !more.always) return;
    const event: Tables["event"] = {
      id: this.newId("event"),
      object: "event",
      api_version: API_VERSION,
      created: more.at ?? this.now,
      data: previous ? { object, previous_attributes: previous } : { object },
      livemode: false,
      request: this.moment.request,
      type,
      ours: { waiting: this.listeners(type), recorded: this.moment.worldNow },
    };
    this.events.push(this.put(event));
  }

  /** Runs `work` at the time `now` on a copy of this draft, and discards all that it writes. */
  preview<T>(now: number, work: (copy: Draft) => T): T {
    const copy = new Draft(this.world, this.kinds, { ...this.moment, now });
    for (const [table, rows] of Object.entries(this.pending)) {
      Object.assign(copy.pending, { [table]: new Map<string, unknown>(rows) });
    }
    copy.counter = this.counter;
    return work(copy);
  }

  /** Set again, a timer moves. `clock` is the test clock that the object lives under, if any. */
  setTimer(timer: Omit<Timer, "kind"> & { kind: TableName }): void {
    this.recorded.push({ timer });
  }

  cancelTimer(timer: { kind: TableName; id: string; what: string }): void {
    this.recorded.push({ cancel: timerName(timer) });
  }

  private listeners(type: string): string[] {
    const hears = ({ status, enabled_events: names }: Tables["webhook_endpoint"]): boolean =>
      status === "enabled" && (names.includes("*") || names.includes(type));
    return this.rows("webhook_endpoint")
      .filter(hears)
      .map((endpoint) => endpoint.id);
  }

  private keep<K extends TableName>(table: K, id: string, row: Tables[K] | null): void {
    const mine: Map<string, Tables[K] | null> = this.pending[table] ?? new Map<string, never>();
    Object.assign(this.pending, { [table]: mine.set(id, row) });
  }
}

function noIndex(table: TableName, index: string): never {
  throw new Error(`${table} has no index "${index}": add it to its kind`);
}

/** The time that counts for a customer: that of its test clock, or the world's. */
export function timeFor(draft: Draft, customerId: string | null): { at: number; clock: string | null } {
  const clock = (customerId && draft.find("customer", customerId)?.test_clock) || null;
  const frozen = clock && draft.find("test_helpers.test_clock", clock)?.frozen_time;
  return { at: frozen || draft.now, clock };
}
