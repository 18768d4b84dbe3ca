import { SECOND } from "../base/durations";

/** One operation as events, by the protocol "GraphQL over Server-Sent Events", each connection for itself. */
export interface EventStream {
  pieces: AsyncIterable<string>;
  /** Ends it. The reader is told why; null: nobody reads any more. */
  end(reason: unknown): void;
  /** Asks now whether the reader is still welcome. */
  check(): void;
}

export interface Streamed<Result> {
  results: AsyncIterator<Result>;
  /** As JSON. */
  format(result: Result): string;
  /** The JSON of what the reader is told of an error. */
  formatError(error: unknown): string;
  /** Throws what the reader is told once they are not welcome any more. Asked before each event, and now and then. */
  check(): Promise<void>;
  /** Called once, however it ends. */
  ended(): void;
  /** How often a sign of life is sent while there is nothing to tell. */
  beatMs?: number;
}

const BEAT_EVERY = 15 * SECOND;
/** A comment. It keeps proxies from closing what is quiet, and finds out who is gone. */
const BEAT = ":\n\n";
export const COMPLETE = "event: complete\ndata:\n\n";

export function nextEvent(json: string): string {
  return `event: next\ndata: ${json}\n\n`;
}

/** Nothing is asked for before what came last was written, so a slow reader costs no memory. */
export function writeEvents<Result>(streamed: Streamed<Result>): EventStream {
  const { results, check, beatMs = BEAT_EVERY } = streamed;
  let ending: { reason: unknown } | null = null;
  let wake: () => void = () => undefined;
  const isOver = () => ending !== null;

  function end(reason: unknown): void {
    if (ending) return;
    ending = { reason };
    void results.return?.()?.catch(() => undefined);
    streamed.ended();
    wake();
  }

  /** What is to come, as far as it has come. A promise that is waited for again and again would gather its waiters. */
  function ask(): { came?: IteratorResult<Result> } {
    const coming: { came?: IteratorResult<Result> } = {};
    void receive(coming).catch(end);
    return coming;
  }

  async function receive(coming: { came?: IteratorResult<Result> }): Promise<void> {
    coming.came = await results.next();
    wake();
  }

  async function isBeatDue(coming: { came?: unknown }): Promise<boolean> {
    if (coming.came || isOver()) return false;
    return new Promise<boolean>((done) => {
      const timer = setTimeout(() => done(true), beatMs);
      wake = () => {
        clearTimeout(timer);
        done(false);
      };
    });
  }

  async function* events(): AsyncGenerator<string> {
    yield BEAT;
    let coming: { came?: IteratorResult<Result> } | null = null;
    while (!isOver()) {
      coming ??= ask();
      const isQuiet = await isBeatDue(coming);
      if (coming.came?.done) end(null);
      else if (!isOver()) await check().catch(end);
      if (isOver()) break;
      if (coming.came && !coming.came.done) {
        yield nextEvent(streamed.format(coming.came.value));
        coming = null;
      } else if (isQuiet) yield BEAT;
    }
  }

  async function* pieces(): AsyncGenerator<string> {
    try {
      yield* events();
      const reason = ending?.reason ?? null;
      if (reason !== null) yield nextEvent(streamed.formatError(reason));
      yield COMPLETE;
    } finally {
      end(null);
    }
  }

  return { pieces: pieces(), end, check: () => void check().catch(end) };
}
