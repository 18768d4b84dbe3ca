import { DAY } from "../base/durations";
import type { Mode } from "../base/mode";
import type { Page, PageRequest, Position } from "../base/page";
import { Bug, Unavailable } from "../base/refusal";
import { appendPiece } from "../work/files.store";
import type { JobEntity } from "../work/job.entity";
import { type JobDeps, type JobPage, type JobRunner, noCounts } from "../work/run-jobs";
import { type ExportRow, formatRows } from "./format-rows";
import { FIRST_PAGE_ROWS, planPageRows } from "./plan-page-rows";
import type { ExportFormat } from "./read-export-format";

/** What can be exported: its columns, and how a page of its rows is read. */
export interface ExportTable<Row> {
  columns: readonly string[];
  findPage(deps: JobDeps, asked: { mode: Mode; filter: object }, page: PageRequest): Promise<Page<Row>>;
  /** All that the rows need besides, in statements whose number does not grow with the rows. */
  complete(deps: JobDeps, mode: Mode, rows: readonly Row[]): Promise<ExportRow[]>;
}

/** As it was asked for: what the filter names has become ids, so that a renamed product is still the one that was meant. */
export interface ExportInput {
  format: ExportFormat;
  filter: object;
}

interface ExportCursor {
  after: Position;
  /** Where the next piece begins. */
  at: number;
  /** How many rows it takes. */
  rows: number;
}

/** How long a file is kept for whoever asked for it. */
export const EXPORT_KEPT_MS = DAY;

/** Reads a page, and writes it as a piece of the job's file: a crash leaves a page in or out. */
export function exporting<Row>(table: ExportTable<Row>): JobRunner {
  return async (deps, job) => {
    const { format, filter } = job.input as ExportInput;
    const cursor = job.cursor as ExportCursor | null;
    const limit = cursor?.rows ?? FIRST_PAGE_ROWS;
    const request = { limit, backward: false, after: cursor?.after ?? null, before: null };
    const page = await table.findPage(deps, { mode: job.mode, filter }, request);
    const found = page.rows.map(({ row }) => row);
    const rows = await table.complete(deps, job.mode, found);
    const piece = Buffer.from(formatRows(format, table.columns, { rows, isFirst: cursor === null }));
    const at = cursor?.at ?? 0;
    const after = page.hasNext ? (page.rows.at(-1)?.position ?? null) : null;
    const total = cursor ? null : await countQuietly(deps, job, page);
    return async (tx): Promise<JobPage> => {
      const expiresAt = new Date(deps.clock.now().getTime() + EXPORT_KEPT_MS);
      const bytes = await appendPiece(tx, job.id, { at, piece, isLast: after === null, expiresAt });
      if (bytes === null) throw new Bug("the file of an export is not as long as its job says", { jobId: job.id, at });
      return {
        cursor: after && { after, at: bytes, rows: planPageRows({ rows: rows.length, bytes: piece.length }) },
        ...(total !== null && { total }),
        counts: { ...noCounts, done: rows.length },
        problems: [],
      };
    };
  };
}

/** Counting may take longer than a statement has; the export goes on without it. */
async function countQuietly<Row>({ log }: JobDeps, job: JobEntity, page: Page<Row>): Promise<number | null> {
  if (!page.hasNext) return page.rows.length;
  try {
    return await page.count();
  } catch (err) {
    if (!(err instanceof Unavailable)) throw err;
    log.warn({ err, jobId: job.id }, "the rows of an export could not be counted in time");
    return null;
  }
}
