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
  const [row] = await db.rows<JobFile>(`/* jobFiles.find */ select ${COLUMNS} from job_files where job_id = $1`, [
    jobId,
  ]);
  return row ?? null;
}

/**
 * Adds bytes to the end of a file, if that is still where the caller thinks it is. Answers its length after that; null:
 * somebody else has added something meanwhile, or it is complete.
 */
export async function appendPiece(
  tx: Tx,
  jobId: string,
  { at, piece, isLast }: { at: number; piece: Buffer; isLast: boolean },
): Promise<number | null> {
  const [row] = await tx.rows<{ bytes: number }>(
    `/* jobFiles.append */ with grown as (
       update job_files set bytes = bytes + $3, complete = $4
       where job_id = $1 and bytes = $2 and not complete returning bytes),
     kept as (
       insert into job_file_pieces (job_id, place, starts_at, piece)
       select $1, (select count(*) from job_file_pieces where job_id = $1), $2, $5 from grown where $3 > 0)
     select bytes::float8 as bytes from grown`,
    [jobId, at, piece.length, isLast, piece],
  );
  return row?.bytes ?? null;
}

/** The rest of the piece in which this byte is; null: the file ends before it. */
export async function readPieceAt(db: Reader, jobId: string, at: number): Promise<Buffer | null> {
  const [row] = await db.rows<{ piece: Buffer; startsAt: number }>(
    `/* jobFiles.read */ select piece, starts_at::float8 as "startsAt" from job_file_pieces
     where job_id = $1 and starts_at <= $2 and starts_at + octet_length(piece) > $2`,
    [jobId, at],
  );
  return row ? row.piece.subarray(at - row.startsAt) : null;
}

/** What nobody may need any more: its pieces go with it. Answers how many. */
export async function deleteExpiredFiles(db: Reader, now: Date, limit: number): Promise<number> {
  const rows = await db.rows(
    `/* jobFiles.deleteExpired */ delete from job_files where job_id in
       (select job_id from job_files where expires_at <= $1 order by expires_at limit $2) returning job_id`,
    [now, limit],
  );
  return rows.length;
}
