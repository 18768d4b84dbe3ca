import type { Clock } from "../base/clock";
import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import type { Db } from "../database/db";
import type { Signals } from "../database/open-signals";
import type { ApiKeyEntity } from "./api-key.entity";
import { hashKeyText } from "./api-key-text";
import { KEYS_CHANGED, findKeyByHash, markUsed } from "./api-keys.store";

/**
 * Keys that were checked a moment ago. A revocation anywhere empties the memory of every replica; while the line for
 * notices is down nothing is remembered at all.
 */
export interface KeyMemory {
  /** The key behind a text, if it is good now. */
  find(text: string): Promise<ApiKeyEntity | null>;
  close(): Promise<void>;
}

const REMEMBERED_FOR = 10 * SECOND;
const REMEMBERED_MAX = 10_000;
const LAST_USE_WRITTEN_EVERY = 5 * SECOND;

export function openKeyMemory(deps: { db: Db; clock: Clock; log: Logger; signals: Signals }): KeyMemory {
  const known = new Map<string, { key: ApiKeyEntity; until: number }>();
  let uses = new Map<string, Date>();
  // Counts the emptyings: what was read before one must not be remembered after it.
  let generation = 0;
  deps.signals.on(KEYS_CHANGED, () => {
    generation++;
    known.clear();
  });

  async function look(text: string): Promise<ApiKeyEntity | null> {
    const now = deps.clock.now().getTime();
    const remembered = deps.signals.live() ? known.get(text) : undefined;
    if (remembered && remembered.until > now) return remembered.key;
    const before = generation;
    const key = await findKeyByHash(deps.db, hashKeyText(text));
    if (key && before === generation && deps.signals.live()) {
      if (known.size >= REMEMBERED_MAX) known.clear();
      known.set(text, { key, until: now + REMEMBERED_FOR });
    }
    return key;
  }

  async function writeUses(): Promise<void> {
    if (uses.size === 0) return;
    const written = uses;
    uses = new Map();
    await markUsed(deps.db, written);
  }

  const timer = setInterval(() => {
    writeUses().catch((err: unknown) => deps.log.warn({ err }, "the last use of keys could not be written"));
  }, LAST_USE_WRITTEN_EVERY);
  timer.unref();

  return {
    async find(text) {
      const key = await look(text);
      const now = deps.clock.now();
      if (!key || key.revokedAt || (key.expiresAt && key.expiresAt <= now)) return null;
      uses.set(key.id, now);
      return key;
    },
    async close() {
      clearInterval(timer);
      await writeUses();
    },
  };
}
