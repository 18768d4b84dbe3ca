/** What Apollo asks of a memory. Promises, because others keep theirs across a network. */
export interface RecentStore<Value> {
  get(key: string): Promise<Value | undefined>;
  set(key: string, value: Value): Promise<void>;
  delete(key: string): Promise<boolean>;
}

export interface RecentBounds<Value> {
  entriesMax: number;
  /** Of all entries together, in whatever unit `sizeOf` counts. */
  sizeMax: number;
  sizeOf(value: Value): number;
}

/** A memory that forgets what was not asked for the longest, so that no caller can fill the process. */
export function keepRecent<Value>(bounds: RecentBounds<Value>): RecentStore<Value> {
  // A Map keeps the order of insertion: whatever is touched goes to the end, so the oldest stands first.
  const entries = new Map<string, Value>();
  let size = 0;

  function forget(key: string): boolean {
    const value = entries.get(key);
    if (value === undefined) return false;
    size -= bounds.sizeOf(value);
    return entries.delete(key);
  }

  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined) {
        entries.delete(key);
        entries.set(key, value);
      }
      return Promise.resolve(value);
    },
    set(key, value) {
      forget(key);
      if (bounds.sizeOf(value) > bounds.sizeMax) return Promise.resolve();
      entries.set(key, value);
      size += bounds.sizeOf(value);
      for (const oldest of entries.keys()) {
        if (entries.size <= bounds.entriesMax && size <= bounds.sizeMax) break;
        forget(oldest);
      }
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(forget(key)),
  };
}
