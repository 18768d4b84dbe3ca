/** One thing that is read before somebody asks for it. */
export interface ReadAhead<Value> {
  /** In the background. What was read ahead before and not taken is forgotten. */
  begin(name: string, read: () => Promise<Value>): void;
  /** What was read ahead under this name; otherwise it is read now. */
  take(name: string, read: () => Promise<Value>): Promise<Value>;
}

/** For what does not change: whoever takes it later finds what they would read themselves. */
export function openReadAhead<Value>(): ReadAhead<Value> {
  let held: { name: string; value: Promise<Value | null> } | null = null;
  return {
    begin: (name, read) => {
      if (held?.name === name) return;
      // Whatever went wrong goes wrong again when it is asked for, and is told then.
      held = { name, value: read().catch(() => null) };
    },
    take: async (name, read) => {
      const value = held?.name === name ? await held.value : null;
      if (held?.name === name) held = null;
      return value ?? read();
    },
  };
}
