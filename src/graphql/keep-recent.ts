/** A memory of bounded size. */
export interface Recent<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): boolean;
}

export interface RecentBounds<Value> {
  entriesMax: number;
  /** Of all entries together, in whatever unit `sizeOf` counts. */
  sizeMax: number;
  sizeOf(value: Value): number;
}

/** A memory that forgets what was not asked for the longest, so that no caller can fill the process. */
export function keepRecent<Value>(bounds: RecentBounds<Value>): Recent<Value> {
  // A Map keeps the order of insertion: whatever is touched goes to the end, so the oldest stands first.
  const entries = new Map<string, Value>();
  let newest: string | undefined;
  let size = 0;

  function forget(key: string): boolean {
    const value = entries.get(key);
    if (value === undefined) return false;
    size -= bounds.sizeOf(value);
    return entries.delete(key);
  }

  function touch(key: string, value: Value): void {
    entries.delete(key);
    entries.set(key, value);
    newest = key;
  }

  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined && key !== newest) touch(key, value);
      return value;
    },
    set(key, value) {
      forget(key);
      if (bounds.sizeOf(value) > bounds.sizeMax) return;
      touch(key, value);
      size += bounds.sizeOf(value);
      for (const oldest of entries.keys()) {
        if (entries.size <= bounds.entriesMax && size <= bounds.sizeMax) break;
        forget(oldest);
      }
    },
    delete: forget,
  };
}

/** What Apollo asks of a memory. Promises, because others keep theirs across a network. */
export function asStore<Value>(recent: Recent<Value>) {
  return {
    get: (key: string) => Promise.resolve(recent.get(key)),
    set: (key: string, value: Value) => Promise.resolve(recent.set(key, value)),
    delete: (key: string) => Promise.resolve(recent.delete(key)),
  };
}
