import { createHash } from "node:crypto";
import { type Kinds, kindOf, tableNames } from "./kind";
import { dropRow, openShelf, putRow, type Shelf } from "./shelf";
import type { AnyRow, TableName, Tables } from "./tables";
import { cancelTimer, openTimers, setTimer, type Timer, type Timers } from "./timers";

/** The whole state of one simulated account. Only `commit` changes it, and everything it holds can be written down. */
export interface World {
  readonly kinds: Kinds;
  readonly seed: number;
  /** How many ids were made: with the seed, it makes the next one. */
  counter: number;
  /** How far the world is ahead of the real clock, in milliseconds. */
  aheadMs: number;
  readonly shelves: Shelves;
  readonly timers: Timers;
  readonly replies: Map<string, KeptReply>;
}

type Shelves = { readonly [K in TableName]: Shelf<Tables[K]> };

/** What an idempotency key answers from now on. */
export interface KeptReply {
  at: number;
  fingerprint: string;
  status: number;
  body: string;
}

export type Change =
  | { put: AnyRow }
  | { drop: TableName; id: string; remember: boolean }
  | { timer: Timer }
  | { cancel: string }
  | { reply: string; kept: KeptReply | null }
  | { counter: number }
  | { aheadMs: number };

export function openWorld(kinds: Kinds, seed: number): World {
  const shelves = Object.fromEntries(
    tableNames(kinds).map((name) => [name, openShelf(kindOf(kinds, name).indexes ?? {})]),
  );
  return {
    kinds,
    seed,
    counter: 0,
    aheadMs: 0,
    // One shelf per kind: what the loop above made, and the compiler cannot follow.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    shelves: shelves as unknown as Shelves,
    timers: openTimers(),
    replies: new Map(),
  };
}

/** The one place where a world changes. A commit is written to the journal before it comes here. */
export function commit(world: World, changes: readonly Change[]): void {
  for (const change of changes) apply(world, change);
}

function apply(world: World, change: Change): void {
  if ("put" in change) putRow(anyShelf(world, change.put.object), change.put);
  else if ("drop" in change) dropRow(anyShelf(world, change.drop), change.id, change.remember);
  else if ("timer" in change) setTimer(world.timers, change.timer);
  else if ("cancel" in change) cancelTimer(world.timers, change.cancel);
  else if ("counter" in change) world.counter = change.counter;
  else if ("aheadMs" in change) world.aheadMs = change.aheadMs;
  else if (change.kept) world.replies.set(change.reply, change.kept);
  else world.replies.delete(change.reply);
}

// A row goes to the shelf of its own name; the compiler sees two unions and cannot pair them.
function anyShelf(world: World, table: TableName): Shelf<AnyRow> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return world.shelves[table] as unknown as Shelf<AnyRow>;
}

/** The world as changes that make it again, in an order that keeps the order of every list. */
export function* describe(world: World): Generator<Change> {
  yield { counter: world.counter };
  yield { aheadMs: world.aheadMs };
  for (const name of tableNames(world.kinds)) {
    const shelf = world.shelves[name];
    for (const id of shelf.deleted) yield { drop: name, id, remember: true };
    for (const entry of shelf.inOrder) yield { put: entry.row };
  }
  for (const { timer } of world.timers.byName.values()) yield { timer };
  for (const [reply, kept] of world.replies) yield { reply, kept };
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Letters that look drawn by lot and are the same in every run: the same seed and number give the same text. */
export function lettersFor(seed: number, number: number, length: number): string {
  const bytes = createHash("sha256").update(`${seed}/${number}`).digest();
  let text = "";
  for (let i = 0; i < length; i++) text += LETTERS.charAt((bytes[i % bytes.length] ?? 0) % LETTERS.length);
  return text;
}
