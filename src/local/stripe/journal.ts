import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { lockFolder } from "./lock-folder";
import { type Change, describe, type World } from "./world";

/**
 * What survives a restart: one line per commit, appended before the commit is applied. A crash can only tear the last
 * line, and that commit was never answered, so it is cut off. Compaction writes the whole world as one such file beside
 * the old one and then takes its name, so there is a readable file at every moment.
 */
export interface Journal {
  read(): Iterable<Change[]>;
  append(changes: readonly Change[]): void;
  compact(world: World): void;
  close(): void;
}

export const noJournal: Journal = { read: () => [], append() {}, compact() {}, close() {} };

const CHUNK = 1 << 20;
const OWNER_ONLY = 0o600;

export function openJournal(dataDir: string): Journal {
  // The world holds names and addresses: it is for its owner alone.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const unlock = lockFolder(dataDir);
  const path = join(dataDir, "world.jsonl");
  let file = openSync(path, "a+", OWNER_ONLY);
  fchmodSync(file, OWNER_ONLY);
  return {
    *read() {
      const torn = yield* readLines(file);
      if (torn !== null) truncateSync(path, torn);
    },
    append(changes) {
      writeWhole(file, `${JSON.stringify(changes)}\n`);
    },
    compact(world) {
      const fresh = openSync(`${path}.new`, "w", OWNER_ONLY);
      // A file that a crash left behind keeps the mode that it had.
      fchmodSync(fresh, OWNER_ONLY);
      for (const change of describe(world)) writeWhole(fresh, `${JSON.stringify([change])}\n`);
      fsyncSync(fresh);
      closeSync(fresh);
      closeSync(file);
      renameSync(`${path}.new`, path);
      file = openSync(path, "a");
    },
    close() {
      closeSync(file);
      unlock();
    },
  };
}

function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

/** Yields the commits; returns where a torn last line begins, or null. */
function* readLines(file: number): Generator<Change[], number | null> {
  const chunk = Buffer.alloc(CHUNK);
  let rest: Buffer = Buffer.alloc(0);
  let at = 0;
  for (let size = readSync(file, chunk, 0, CHUNK, at); size > 0; size = readSync(file, chunk, 0, CHUNK, at)) {
    at += size;
    let unread = Buffer.concat([rest, chunk.subarray(0, size)]);
    for (let end = unread.indexOf(10); end >= 0; end = unread.indexOf(10)) {
      const changes: Change[] = JSON.parse(unread.toString("utf8", 0, end));
      yield changes;
      unread = unread.subarray(end + 1);
    }
    rest = unread;
  }
  return rest.length > 0 ? at - rest.length : null;
}
