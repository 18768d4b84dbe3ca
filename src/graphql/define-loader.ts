import DataLoader from "dataloader";
import type { Context } from "./context";

/**
 * A loader is declared beside the store whose rows it batches, and asked through the context: `ctx.load(userById, id)`.
 * So no registry knows every noun. What it loaded is kept for one request only.
 */
export interface Loader<Key, Value> {
  /** One answer for each key, in the order of the keys. */
  batch(ctx: Context, keys: readonly Key[]): Promise<readonly Value[]>;
  /** What makes two keys the same, where they are objects. */
  identify(key: Key): unknown;
}

export type Load = <Key, Value>(loader: Loader<Key, Value>, key: Key) => Promise<Value>;

const BATCH_MAX = 1_000;

export function defineLoader<Key, Value>(
  batch: Loader<Key, Value>["batch"],
  identify: Loader<Key, Value>["identify"] = (key) => key,
): Loader<Key, Value> {
  return { batch, identify };
}

/** For loaders that look rows up by id: the rows in the order of the ids, null where there is none. */
export function inOrder<Key, Row>(
  keys: readonly Key[],
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): (Row | null)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key) ?? null);
}

/** The loaders of one request. */
export function openLoaders(contextOf: () => Context): Load {
  const open = new Map<Loader<never, unknown>, DataLoader<unknown, unknown>>();
  return <Key, Value>(loader: Loader<Key, Value>, key: Key) => {
    const id = loader as unknown as Loader<never, unknown>;
    let found = open.get(id);
    if (!found) {
      found = new DataLoader<unknown, unknown>((keys) => loader.batch(contextOf(), keys as Key[]), {
        maxBatchSize: BATCH_MAX,
        cacheKeyFn: (k) => loader.identify(k as Key),
      });
      open.set(id, found);
    }
    return found.load(key) as Promise<Value>;
  };
}
