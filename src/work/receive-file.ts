import type { Clock } from "../base/clock";
import type { Mode } from "../base/mode";
import { DAY } from "../base/durations";
import { Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import { appendPiece, findFile, findUploadUse } from "./files.store";
import { wakeJob } from "./jobs.store";

/** How long nobody may go on with a file before it is given up. */
const WAITED_FOR_MS = DAY;

export interface Received {
  /** Where the caller thinks that the file ends. */
  at: number;
  /** Nothing comes after these bytes. */
  isLast: boolean;
  bytesMax: number;
  /** How much may be kept for the sender; without it, nothing is counted. */
  quota?: UploadQuota;
}

export interface UploadQuota {
  mode: Mode;
  createdBy: string;
  bytesOfKeyMax: number;
}

/** All keys of a mode together may have so many times the quota of one. */
const KEYS_OF_MODE = 4;

/**
 * Adds what comes to the file of a job, a piece in each transaction: what broke off is kept up to its last piece. The job
 * begins when its file is complete. Of two who add at once, one is refused. Answers the length of the file.
 */
export async function receiveFile(
  deps: { db: Db; clock: Clock },
  jobId: string,
  { at, isLast, bytesMax, quota }: Received,
  pieces: AsyncIterable<Buffer>,
): Promise<number> {
  let end = at;
  for await (const piece of pieces) {
    if (end + piece.length > bytesMax) throw fileTooLarge(bytesMax);
    if (quota) await refuseAboveQuota(deps.db, quota, piece.length);
    end = await append(deps, jobId, { at: end, piece, isLast: false });
  }
  return append(deps, jobId, { at: end, piece: Buffer.alloc(0), isLast });
}

async function refuseAboveQuota(db: Db, quota: UploadQuota, more: number): Promise<void> {
  const { ofKey, ofMode } = await findUploadUse(db, quota);
  const max = quota.bytesOfKeyMax;
  if (ofKey.bytes + more > max) throw quotaUsedUp(max, "key");
  if (ofMode.bytes + more > max * KEYS_OF_MODE) throw quotaUsedUp(max * KEYS_OF_MODE, "mode");
}

function quotaUsedUp(max: number, of: "key" | "mode"): Refusal {
  return new Refusal("LIMIT_EXCEEDED", {
    say: `The uploads of this ${of} take up ${max} bytes together. Wait until an import ends, or cancel one.`,
    details: { limit: "uploadQuota", of, max },
  });
}

async function append(
  { db, clock }: { db: Db; clock: Clock },
  jobId: string,
  part: { at: number; piece: Buffer; isLast: boolean },
): Promise<number> {
  const expiresAt = new Date(clock.now().getTime() + WAITED_FOR_MS);
  const end = await db.transaction(async (tx) => {
    const length = await appendPiece(tx, jobId, { ...part, expiresAt });
    if (length !== null && part.isLast) await wakeJob(tx, jobId);
    return length;
  });
  if (end !== null) return end;
  throw await whyNot(db, jobId, part.at);
}

async function whyNot(db: Db, jobId: string, at: number): Promise<Refusal> {
  const file = await findFile(db, jobId);
  if (!file) return new Refusal("NOT_FOUND", { say: "There is no such upload any more." });
  const details = { uploadOffset: file.bytes, complete: file.complete };
  if (file.complete) return new Refusal("CONFLICT", { say: "The file is complete.", details });
  if (file.bytes === at) return new Refusal("CONFLICT", { say: "The job is over." });
  const say = `The file has ${file.bytes} bytes, and these would begin at ${at}.`;
  return new Refusal("CONFLICT", { say, details });
}

export function fileTooLarge(max: number): Refusal {
  return new Refusal("LIMIT_EXCEEDED", {
    say: `The file is larger than ${max} bytes.`,
    details: { limit: "uploadBytes", max },
  });
}
