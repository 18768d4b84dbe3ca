import { randomUUID } from "node:crypto";
import { Client, type QueryResultRow } from "pg";
import type { Logger } from "../base/log";
import { SECOND } from "../base/durations";
import { explainConnectFailure } from "./explain-connect-failure";
import type { Outages } from "./track-outages";

/**
 * Notices between replicas, through PostgreSQL (LISTEN and NOTIFY) on a connection of their own. They are hints: one can
 * be missed while the connection is down, so whoever keeps something in memory asks `live` before trusting it, and is
 * told `null` when the line is up again.
 */
export interface Signals {
  /** Answers what ends the listening. */
  on(channel: string, listener: (payload: string | null) => void): () => void;
  live(): boolean;
  /** Does the work, then waits until every replica has acted on the notice that it sent (a second at the most). */
  untilHeard<Result>(channel: string, payload: string, work: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

type Listener = (payload: string | null) => void;

const APPLICATION = "latchkey signals";
/** Here replicas say what they have heard: their own name, the channel and the payload. */
const HEARD = "latchkey_heard";
const HEARD_WITHIN = SECOND;
const CONNECT_MS_MAX = 5 * SECOND;
const RECONNECT_FIRST = 100;
const RECONNECT_MAX = SECOND;

/** For commands that hold nothing in memory. */
export const noSignals: Signals = {
  on: () => () => undefined,
  live: () => false,
  untilHeard: (_channel, _payload, work) => work(),
  close: () => Promise.resolve(),
};

export async function openSignals(options: {
  url: string;
  channels: readonly string[];
  /** Channels on which nobody waits to be heard: they are many a second, and a confirmation of each would be more. */
  hints?: readonly string[];
  log: Logger;
  /** A line that breaks is part of an outage, which is not over before the line is up again. */
  outages: Outages;
}): Promise<Signals> {
  const me = randomUUID();
  const { hints = [] } = options;
  const channels = [...options.channels, ...hints];
  const listeners = new Map<string, Set<Listener>>();
  let client: Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  const on = (channel: string, listener: Listener) => {
    const listening = listeners.get(channel) ?? new Set();
    listeners.set(channel, listening.add(listener));
    return () => void listening.delete(listener);
  };
  const tell = (channel: string, payload: string | null) => listeners.get(channel)?.forEach((hear) => hear(payload));

  // Statements on the line take turns: the driver runs one at a time.
  let turn: Promise<unknown> = Promise.resolve();
  const ask = <Row extends QueryResultRow>(line: Client, text: string, values: unknown[]): Promise<Row[]> => {
    const answer = turn.then(() => line.query<Row>(text, values)).then(({ rows }) => rows);
    turn = answer.catch(() => undefined);
    return answer;
  };

  function receive(line: Client, channel: string, payload: string): void {
    tell(channel, payload);
    if (channel === HEARD || hints.includes(channel)) return;
    const heard = JSON.stringify([me, channel, payload]);
    ask(line, `/* signals.heard */ select pg_notify($1, $2)`, [HEARD, heard]).catch((err: unknown) => {
      if (line === client) options.log.warn({ err }, "a notice could not be confirmed");
    });
  }

  async function connect(): Promise<void> {
    const fresh = new Client({
      connectionString: options.url,
      application_name: APPLICATION,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS_MAX,
    });
    fresh.on("notification", (notice) => receive(fresh, notice.channel, notice.payload ?? ""));
    fresh.on("error", (err) => {
      if (!closed && fresh === client) options.outages.failed(err);
    });
    fresh.on("end", () => lost(fresh));
    try {
      await fresh.connect();
      for (const channel of [HEARD, ...channels]) await fresh.query(`listen ${fresh.escapeIdentifier(channel)}`);
    } catch (error) {
      await fresh.end().catch(() => undefined);
      throw error;
    }
    client = fresh;
    for (const channel of channels) tell(channel, null);
  }

  function lost(broken: Client): void {
    if (closed || client !== broken) return;
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

  try {
    await connect();
  } catch (cause) {
    throw explainConnectFailure(cause, "Check LATCHKEY_DATABASE_LISTEN_URL, or DATABASE_URL where that is not set.");
  }
  options.outages.addProbe(() => Promise.resolve(client !== null));
  return {
    on,
    live: () => client !== null,
    untilHeard: async (channel, payload, work) => {
      const confirmed = new Set<string>();
      const forget = on(HEARD, (text) => {
        const [who, where, what] = JSON.parse(text ?? "[]") as string[];
        if (who && where === channel && what === payload) confirmed.add(who);
      });
      try {
        const result = await work();
        const line = client;
        // The work is done. Replicas whose line breaks read everything again when it is back.
        if (line)
          await waitUntil(confirmed, () => ask<{ lines: number }>(line, LINES, [APPLICATION])).catch(() => null);
        return result;
      } finally {
        forget();
      }
    },
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await client?.end();
    },
  };
}

const LINES = `/* signals.lines */ select count(*)::int as lines from pg_stat_activity
  where datname = current_database() and application_name = $1`;

/** Every replica has a line of its own, which PostgreSQL counts; those that come later read what is true already. */
async function waitUntil(confirmed: ReadonlySet<string>, count: () => Promise<{ lines: number }[]>): Promise<void> {
  const deadline = Date.now() + HEARD_WITHIN;
  const [{ lines } = { lines: 0 }] = await count();
  while (confirmed.size < lines && Date.now() < deadline) await new Promise((turn) => setTimeout(turn, 1));
}
