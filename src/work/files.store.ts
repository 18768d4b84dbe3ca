import type { Mode } from "../base/mode";
import type { Reader, Tx } from "../database/db";

/** What a job reads, or what it wrote. Its bytes are kept in pieces, so that no replica holds more than one of them. */
export interface JobFile {
  jobId: string;
  /** IN: what somebody brought. OUT: what an export wrote. */
  direction: "IN" | "OUT";
  name: string;
  contentType: string;
  bytes: number;
  /** False: more of it is to come. */
  complete: boolean;
  createdAt: Date;
  expiresAt: Date;
}

export type NewFile = Pick<JobFile, "jobId" | "direction" | "name" | "contentType" | "createdAt" | "expiresAt">;

export async function insertFile(tx: Tx, file: NewFile): Promise<void> {
  const { jobId, direction, name, contentType, createdAt, expiresAt } = file;
  await tx.rows(
    `/* jobFiles.insert */ insert into job_files (job_id, direction, name, content_type, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [jobId, direction, name, contentType, createdAt, expiresAt],
  );
}

const COLUMNS = `job_id as "jobId", direction, name, content_type as "contentType", bytes::float8 as bytes, complete,
  created_at as "createdAt", expires_at as "expiresAt"`;

export async function findFile(db: Reader, jobId: string): Promise<JobFile | null> {
  return (await findFiles(db, [jobId]))[0] ?? null;
}

export function findFiles(db: Reader, jobIds: readonly string[]): Promise<JobFile[]> {
  return db.rows<JobFile>(`/* jobFiles.find */ select ${COLUMNS} from job_files where job_id = any($1::uuid[])`, [
    [...jobIds],
  ]);
}

export interface Addition {
  /** Where the caller thinks that the file ends. */
  at: number;
  piece: Buffer;
  isLast: boolean;
  /** Until when it is kept from now on; as long as before when it is left out. */
  expiresAt?: Date;
}

/**
 * Adds bytes to the end of a file, if that is still where the caller thinks it is. Answers its length after that; null:
 * somebody else has added something meanwhile, it is complete, or its job is over.
 */
export async function appendPiece(
  tx: Tx,
  jobId: string,
  { at, piece, isLast, expiresAt }: Addition,
): Promise<number | null> {
  const [row] = await tx.rows<{ bytes: number }>(
    `/* jobFiles.append */ with grown as (
       update job_files set bytes = bytes + $3, complete = $4, expires_at = coalesce($6, expires_at)
       where job_id = $1 and bytes = $2 and not complete
         and exists (select 1 from jobs where id = $1 and status in ('QUEUED', 'RUNNING'))
       returning bytes),
     kept as (
       insert into job_file_pieces (job_id, starts_at, piece) select $1, $2, $5 from grown where $3 > 0)
     select bytes::float8 as bytes from grown`,
    [jobId, at, piece.length, isLast, piece, expiresAt ?? null],
  );
  return row?.bytes ?? null;
}

/** The rest of the piece in which this byte is, or the beginning of it; null: the file ends before it. */
export async function readPieceAt(db: Reader, jobId: string, at: number, bytesMax?: number): Promise<Buffer | null> {
  const [row] = await db.rows<{ rest: Buffer }>(
    `/* jobFiles.read */ select substring(piece from ($2 - starts_at)::integer + 1 for $3) as rest from job_file_pieces
     where job_id = $1 and starts_at <= $2::bigint order by starts_at desc limit 1`,
    [jobId, at, bytesMax ?? 2_000_000_000],
  );
  return row && row.rest.length > 0 ? row.rest : null;
}

/** How many exports are under way, and how many are kept for whoever fetches them. */
export async function countExports(db: Reader, mode: Mode): Promise<{ open: number; kept: number }> {
  const [row] = await db.rows<{ open: number; kept: number }>(
    `/* jobFiles.countExports */ select count(*) filter (where j.status in ('QUEUED', 'RUNNING'))::int as open,
       count(*) filter (where j.status = 'SUCCEEDED')::int as kept
     from job_files f join jobs j on j.id = f.job_id where f.direction = 'OUT' and j.mode = $1`,
    [mode],
  );
  return row ?? { open: 0, kept: 0 };
}

export interface UploadUse {
  /** Uploads that are not complete yet. */
  open: number;
  /** Bytes that are kept until the imports end. */
  bytes: number;
}

const NO_USE: UploadUse = { open: 0, bytes: 0 };

/** Returns the space that the uploads of a mode use, and how much of it one key uses. */
export async function findUploadUse(
  db: Reader,
  { mode, createdBy }: { mode: Mode; createdBy: string },
): Promise<{ ofMode: UploadUse; ofKey: UploadUse }> {
  const rows = await db.rows<UploadUse & { isOfKey: boolean }>(
    `/* jobFiles.uploadUse */ select j.created_by = $2 as "isOfKey", count(*) filter (where not f.complete)::int as open,
       sum(f.bytes)::float8 as bytes
     from job_files f join jobs j on j.id = f.job_id
     where f.direction = 'IN' and j.mode = $1 and j.status in ('QUEUED', 'RUNNING') group by 1`,
    [mode, createdBy],
  );
  const ofKey = rows.find(({ isOfKey }) => isOfKey) ?? NO_USE;
  const others = rows.find(({ isOfKey }) => !isOfKey) ?? NO_USE;
  return { ofKey, ofMode: { open: ofKey.open + others.open, bytes: ofKey.bytes + others.bytes } };
}

/** Of files that nobody went on with, the jobs, until the transaction ends. One that is being added to now is left out. */
export async function lockAbandonedUploads(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.rows<{ jobId: string }>(
    `/* jobFiles.lockAbandoned */ select f.job_id as "jobId" from job_files f join jobs j on j.id = f.job_id
     where f.direction = 'IN' and not f.complete and f.expires_at <= $1 and j.status in ('QUEUED', 'RUNNING')
     order by f.expires_at limit $2 for update of f skip locked`,
    [now, limit],
  );
  return rows.map(({ jobId }) => jobId);
}

/** Whoever asked for it has it: its pieces go with it. */
export async function dropFile(db: Reader, jobId: string): Promise<void> {
  await db.rows(`/* jobFiles.drop */ delete from job_files where job_id = $1`, [jobId]);
}

/** What nobody may need any more; its pieces go with it. Answers how many. */
export async function deleteOldFiles(db: Reader, now: Date, limit: number): Promise<number> {
  const rows = await db.rows(
    `/* jobFiles.deleteOld */ with old as (
       select f.job_id from job_files f join jobs j on j.id = f.job_id
       where j.status in ('FAILED', 'CANCELLED') or j.status = 'SUCCEEDED' and (f.direction = 'IN' or f.expires_at <= $1)
       limit $2),
     gone as (delete from job_files where job_id in (select job_id from old) returning job_id)
     select job_id from gone`,
    [now, limit],
  );
  return rows.length;
}
