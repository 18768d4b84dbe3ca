import { Unavailable } from "../base/refusal";

/** Reads any number of keys by one statement: one value for each key, in their order. */
export type ReadMany<Key, Value> = (keys: readonly Key[]) => Promise<readonly Value[]>;

// Two: while one is on its way, the next is being made. More would only make each smaller.
const IN_FLIGHT_MAX = 2;
// Whoever asks for more than this has a statement's worth alone, and does not make others wait for it.
const SHARED_KEYS_MAX = 16;
const KEYS_MAX = 256;

interface Waiting<Key, Value> {
  keys: readonly Key[];
  settle(values: Promise<readonly Value[]>): void;
}

/**
 * Requests that ask the same thing at the same moment share a statement. Nobody joins one that was sent already, so
 * everybody reads what was true after they asked. When a shared statement fails, each of its requests asks for itself:
 * what is wrong with one is not the others' fault.
 */
export function gatherReads<Key, Value>(read: ReadMany<Key, Value>): ReadMany<Key, Value> {
  let waiting: Waiting<Key, Value>[] = [];
  let inFlight = 0;

  function send(): void {
    while (waiting.length > 0 && inFlight < IN_FLIGHT_MAX) {
      const together = takeSome();
      inFlight++;
      void readTogether(read, together).finally(() => {
        inFlight--;
        setImmediate(send);
      });
    }
  }

  function takeSome(): Waiting<Key, Value>[] {
    let count = 0;
    const end = waiting.findIndex(({ keys }) => (count += keys.length) > KEYS_MAX);
    const taken = end === -1 ? waiting : waiting.slice(0, end);
    waiting = end === -1 ? [] : waiting.slice(end);
    return taken;
  }

  return (keys) => {
    if (keys.length > SHARED_KEYS_MAX) return read(keys);
    return new Promise((settle) => {
      waiting.push({ keys, settle });
      // At the end of the turn, when everybody who arrived in it has asked.
      if (waiting.length === 1 && inFlight < IN_FLIGHT_MAX) setImmediate(send);
    });
  };
}

async function readTogether<Key, Value>(
  read: ReadMany<Key, Value>,
  together: readonly Waiting<Key, Value>[],
): Promise<void> {
  const [only] = together;
  if (only && together.length === 1) {
    const values = read(only.keys);
    only.settle(values);
    await values.catch(() => undefined);
    return;
  }
  try {
    const values = await read(together.flatMap(({ keys }) => keys));
    let from = 0;
    for (const { keys, settle } of together) settle(Promise.resolve(values.slice(from, (from += keys.length))));
  } catch (error) {
    // A database that does not answer does not answer anybody.
    const again = error instanceof Unavailable ? () => Promise.reject(error) : read;
    for (const { keys, settle } of together) settle(again(keys));
  }
}
