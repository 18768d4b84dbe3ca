import { createHmac, timingSafeEqual } from "node:crypto";
import { readPublicIdOf, toPublicId } from "../base/ids";
import type { SealingKey } from "../base/sealing-key";

/** The route that serves these addresses; the last segment is the ticket. */
export const EXPORTS_PATH = "/exports";

const TICKET = /^((job_[0-9a-z]{26})\.(\d{1,12}))\.([\w-]{43})$/;

/** Pure: an address of ours that gives whoever has it the file of this job, until then. */
export function toExportUrl(
  config: { publicUrl: string; sealingKeys: readonly SealingKey[] },
  { jobId, expiresAt }: { jobId: string; expiresAt: Date },
): string {
  const [key] = config.sealingKeys;
  if (!key) throw new TypeError("there is no sealing key");
  const body = `${toPublicId("job", jobId)}.${Math.floor(expiresAt.getTime() / 1000)}`;
  return `${config.publicUrl}${EXPORTS_PATH}/${body}.${sign(key.signing, body)}`;
}

/** Pure: whose file it is. Only a ticket that we signed is told apart by its time. */
export function readExportTicket(
  config: { sealingKeys: readonly SealingKey[] },
  ticket: string,
  now: Date,
): { jobId: string } | "FORGED" | "EXPIRED" {
  const [, body, id, seconds, signature] = TICKET.exec(ticket) ?? [];
  if (body === undefined || id === undefined || signature === undefined) return "FORGED";
  const given = Buffer.from(signature);
  // The first key signed it, or did so before another came to stand in front of it.
  if (!config.sealingKeys.some((key) => isSigned(key, body, given))) return "FORGED";
  const jobId = readPublicIdOf("job", id);
  if (jobId === null) return "FORGED";
  return now.getTime() < Number(seconds) * 1000 ? { jobId } : "EXPIRED";
}

function isSigned(key: SealingKey, body: string, given: Buffer): boolean {
  // Addresses that were given out before keys were derived as they are now go on being good.
  return [key.signing, key.older.bytes].some((bytes) => timingSafeEqual(Buffer.from(sign(bytes, body)), given));
}

function sign(bytes: Buffer, body: string): string {
  return createHmac("sha256", bytes).update(`latchkey export\n${body}`).digest("base64url");
}
