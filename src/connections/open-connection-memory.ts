import type { Clock } from "../base/clock";
import { readPublicIdOf } from "../base/ids";
import { SECOND } from "../base/durations";
import type { Config } from "../config/config";
import type { Db } from "../database/db";
import type { Signals } from "../database/open-signals";
import type { ReceivingConnection } from "../stripe/receive-event";
import type { ConnectionEntity } from "./connection.entity";
import { CONNECTIONS_CHANGED, findConnectionsById } from "./connections.store";
import { unsealOf } from "./seal-connection";

/**
 * Connections that received something a moment ago, with their secrets opened. A change anywhere empties the memory of
 * every replica; while the line for notices is down nothing is remembered at all.
 */
export interface ConnectionMemory {
  /** The connection behind a public id, if something may be received for it now. */
  find(publicId: string): Promise<ReceivingConnection | null>;
}

interface Opened {
  connection: Omit<ReceivingConnection, "secrets">;
  secrets: readonly { text: string; until: Date | null }[];
}

const REMEMBERED_FOR = 60 * SECOND;

export function openConnectionMemory(deps: {
  db: Db;
  clock: Clock;
  signals: Signals;
  config: Pick<Config, "sealingKeys">;
}): ConnectionMemory {
  const known = new Map<string, { opened: Opened; until: number }>();
  // Counts the emptyings: what was read before one must not be remembered after it.
  let generation = 0;
  deps.signals.on(CONNECTIONS_CHANGED, () => {
    generation++;
    known.clear();
  });

  async function look(id: string): Promise<Opened | null> {
    const now = performance.now();
    const remembered = deps.signals.live() ? known.get(id) : undefined;
    if (remembered && remembered.until > now) return remembered.opened;
    const before = generation;
    const [row] = await findConnectionsById(deps.db, [id]);
    const opened = row ? open(row) : null;
    if (opened && before === generation && deps.signals.live()) known.set(id, { opened, until: now + REMEMBERED_FOR });
    return opened;
  }

  function open(row: ConnectionEntity): Opened | null {
    const { id, account, mode, status, webhookSecretSealed, previousWebhookSecretSealed: previous } = row;
    if (status === "DISCONNECTED" || webhookSecretSealed === null) return null;
    const secrets = [{ text: unsealOf(deps, id, "webhook_secret", webhookSecretSealed), until: null as Date | null }];
    if (previous !== null) {
      const text = unsealOf(deps, id, "previous_webhook_secret", previous);
      secrets.push({ text, until: row.previousWebhookSecretUntil });
    }
    return { connection: { id, account, mode }, secrets };
  }

  return {
    async find(publicId) {
      const id = readPublicIdOf("connection", publicId);
      const opened = id && (await look(id));
      if (!opened) return null;
      const now = deps.clock.now();
      const good = opened.secrets.filter(({ until }) => until === null || until > now);
      return { ...opened.connection, secrets: good.map(({ text }) => text) };
    },
  };
}
