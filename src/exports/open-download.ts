import type { Clock } from "../base/clock";
import { Bug } from "../base/refusal";
import type { Config } from "../config/config";
import type { Db } from "../database/db";
import { type JobFile, findFile, readPieceAt } from "../work/files.store";
import { readExportTicket } from "./export-url";

export interface Download {
  file: JobFile;
  /** Read one at a time, as they are sent on: no more than one is held. */
  pieces: AsyncIterable<Buffer>;
}

/** The file behind a ticket. GONE: the link was good, and it or the file has run out. */
export async function openDownload(
  { db, clock, config }: { db: Db; clock: Clock; config: Pick<Config, "sealingKeys"> },
  ticket: string,
): Promise<Download | "UNKNOWN" | "GONE"> {
  const now = clock.now();
  const read = readExportTicket(config, ticket, now);
  if (read === "FORGED") return "UNKNOWN";
  if (read === "EXPIRED") return "GONE";
  const file = await findFile(db, read.jobId);
  if (!file?.complete || file.direction !== "OUT" || file.expiresAt <= now) return "GONE";
  return { file, pieces: piecesOf(db, file) };
}

async function* piecesOf(db: Db, { jobId, bytes }: JobFile): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes;) {
    const piece = await readPieceAt(db, jobId, at);
    if (!piece) throw new Bug("a file ends before its length, or was thrown away while it was sent", { jobId, at });
    yield piece;
    at += piece.length;
  }
}
