import { Client } from "pg";
import type { Logger } from "../base/log";
import { SECOND } from "../base/durations";

/**
 * Notices between replicas, through PostgreSQL (LISTEN and NOTIFY) on a connection of their own. They are hints: one can
 * be missed while the connection is down, so whoever keeps something in memory asks `live` before trusting it, and is
 * told `null` when the line is up again.
 */
export interface Signals {
  on(channel: string, listener: (payload: string | null) => void): void;
  live(): boolean;
  /** Does the work, then waits until this replica has heard the notice that it sent (a second at the most). */
  untilHeard<Result>(channel: string, payload: string, work: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const HEARD_WITHIN = SECOND;
const RECONNECT_FIRST = 100;
const RECONNECT_MAX = 10 * SECOND;

/** For commands that hold nothing in memory. */
export const noSignals: Signals = {
  on: () => undefined,
  live: () => false,
  untilHeard: (_channel, _payload, work) => work(),
  close: () => Promise.resolve(),
};

export async function openSignals(options: {
  url: string;
  channels: readonly string[];
  log: Logger;
}): Promise<Signals> {
  const listeners = new Map<string, ((payload: string | null) => void)[]>();
  const tell = (channel: string, payload: string | null) => listeners.get(channel)?.forEach((hear) => hear(payload));
  let client: Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const fresh = new Client({ connectionString: options.url, application_name: "latchkey signals", keepAlive: true });
    fresh.on("notification", (notice) => tell(notice.channel, notice.payload ?? ""));
    fresh.on("error", (err) => options.log.warn({ err }, "the line for notices broke"));
    fresh.on("end", () => lost(fresh));
    await fresh.connect();
    for (const channel of options.channels) await fresh.query(`listen ${fresh.escapeIdentifier(channel)}`);
    client = fresh;
    for (const channel of options.channels) tell(channel, null);
  }

  function lost(broken: Client): void {
    if (closed || (client !== null && client !== broken)) return;
    client = null;
    reconnect(RECONNECT_FIRST);
  }

  function reconnect(afterMs: number): void {
    clearTimeout(retry);
    retry = setTimeout(() => {
      connect().catch(() => reconnect(Math.min(afterMs * 2, RECONNECT_MAX)));
    }, afterMs);
    retry.unref();
  }

  await connect();
  return {
    on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    live: () => client !== null,
    untilHeard: async (channel, payload, work) => {
      const heard = hear(listeners, channel, payload);
      try {
        const result = await work();
        if (client !== null) await heard.promise;
        return result;
      } finally {
        heard.forget();
      }
    },
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await client?.end();
    },
  };
}

function hear(listeners: Map<string, ((payload: string | null) => void)[]>, channel: string, payload: string) {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  const timer = setTimeout(() => resolve(), HEARD_WITHIN);
  const listener = (said: string | null) => said === payload && resolve();
  listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
  return {
    promise,
    forget: () => {
      clearTimeout(timer);
      listeners.set(
        channel,
        (listeners.get(channel) ?? []).filter((other) => other !== listener),
      );
    },
  };
}
