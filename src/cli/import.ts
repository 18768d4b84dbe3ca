import { createReadStream } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import type { Mode } from "../base/mode";
import { Unavailable } from "../base/refusal";
import type { ListContentType } from "../user-lists/list-types";
import { startUserImport } from "../user-lists/start-user-import";
import { cancelJob } from "../work/cancel-job";
import type { JobEntity } from "../work/job.entity";
import { receiveFile } from "../work/receive-file";
import { INTERRUPTED } from "./exit-codes";
import { Misuse } from "./misuse";
import { type Interruption, openInterruption } from "./open-interruption";
import { modeOf, operatorIn } from "./operator";
import { refuseClosedSecrets } from "./refuse-closed-secrets";
import { seeJobThrough } from "./see-job-through";
import type { Terminal } from "./terminal";
import { type OpenDeps, withStripe } from "./with-deps";

export interface ImportOptions {
  format?: "CSV" | "JSONL";
  mode?: Mode;
  connection?: string;
  create: boolean;
  notify?: boolean;
  dryRun: boolean;
  json: boolean;
}

const PIECE_BYTES = 256 * 1024;
const CONTENT_TYPES: Record<"CSV" | "JSONL", ListContentType> = { CSV: "text/csv", JSONL: "application/x-ndjson" };

/** The list goes into the database first, as an upload does: whoever goes on with the job needs no file of ours. */
export async function importUsers(terminal: Terminal, file: string, options: ImportOptions): Promise<number> {
  const contentType = CONTENT_TYPES[options.format ?? formatOf(file)];
  const bytes = await openList(terminal, file);
  const { connection = null, create: createUsers, notify = false, dryRun, json } = options;
  return withStripe(terminal.env, async (deps) => {
    await refuseClosedSecrets(deps);
    const identity = operatorIn(await modeOf(deps, options));
    const interruption = openInterruption();
    const list = { options: { dryRun, notify, createUsers, connection }, name: nameOf(file), contentType };
    const job = await deps.db.transaction((tx) => startUserImport(tx, { clock: deps.clock, identity }, list));
    if (await upload(deps, job, bytes, interruption)) return seeJobThrough(terminal, deps, job, { json, interruption });
    terminal.remark("Interrupted while the list was read. Nothing was taken over.");
    return INTERRUPTED;
  });
}

function formatOf(file: string): "CSV" | "JSONL" {
  const ending = path.extname(file).toLowerCase();
  if (ending === ".csv") return "CSV";
  if (ending === ".jsonl" || ending === ".ndjson") return "JSONL";
  throw new Misuse("The name of the list does not say how it is written: add --format csv or --format jsonl.");
}

function nameOf(file: string): string {
  return file === "-" ? "standard input" : path.basename(file);
}

/** Opened before anything begins: a file that is not there makes no job. */
async function openList({ input }: Terminal, file: string): Promise<Readable> {
  if (file === "-") return input;
  const stream = createReadStream(file, { highWaterMark: PIECE_BYTES });
  await new Promise<void>((opened, failed) => {
    stream.once("ready", opened);
    stream.once("error", (error) => failed(new Misuse(`${file} cannot be read: ${error.message}`)));
  });
  return stream;
}

/** All of it, or nothing: a list of which only a part came is not taken over. False: it was interrupted. */
async function upload(deps: OpenDeps, job: JobEntity, bytes: Readable, interruption: Interruption): Promise<boolean> {
  // A pipe may have nothing to say for as long as it likes.
  void interruption.told.then(() => bytes.destroy());
  const { uploadBytesMax: bytesMax } = deps.config.limits;
  try {
    await receiveFile(deps, job.id, { at: 0, isLast: true, bytesMax }, inPieces(bytes, interruption));
    return true;
  } catch (cause) {
    await cancelJob(deps, job).catch(() => undefined);
    if (interruption.happened()) return false;
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    throw new Unavailable({
      say: `The list cannot be read to its end: ${cause.message} Nothing was taken over.`,
      cause,
    });
  }
}

/** A pipe gives a little at a time; the database is given a good deal. */
async function* inPieces(bytes: Readable, interruption: Interruption): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    const piece = Buffer.from(chunk as Buffer);
    held.push(piece);
    size += piece.length;
    if (size < PIECE_BYTES) continue;
    yield Buffer.concat(held);
    [held, size] = [[], 0];
  }
  // What was cut off is not its end.
  if (interruption.happened()) throw new Unavailable({ say: "The list was not read to its end." });
  if (size > 0) yield Buffer.concat(held);
}
