import type { Readable } from "node:stream";
import type { Mode } from "../base/mode";
import { Unavailable } from "../base/refusal";
import { beginUpload } from "../user-lists/begin-upload";
import { cancelJob } from "../work/cancel-job";
import type { JobEntity } from "../work/job.entity";
import { receiveFile } from "../work/receive-file";
import { INTERRUPTED } from "./exit-codes";
import { type Interruption, openInterruption } from "./open-interruption";
import type { ListFormat, OpenList } from "./open-list";
import { modeOf, operatorIn } from "./operator";
import { refuseClosedSecrets } from "./refuse-closed-secrets";
import { seeJobThrough } from "./see-job-through";
import type { Terminal } from "./terminal";
import { type OpenDeps, withStripe } from "./with-deps";

export interface ImportOptions {
  format?: ListFormat;
  mode?: Mode;
  connection?: string;
  create: boolean;
  notify?: boolean;
  dryRun: boolean;
  json: boolean;
}

const PIECE_BYTES = 256 * 1024;

/** The list goes into the database first, as an upload does: whoever goes on with the job needs no file of ours. */
export async function importUsers(terminal: Terminal, open: OpenList, options: ImportOptions): Promise<number> {
  const { name, contentType, bytes } = open;
  const { connection = null, create: createUsers, notify = false, dryRun, json } = options;
  return withStripe(terminal, async (deps) => {
    await refuseClosedSecrets(deps);
    const identity = operatorIn(await modeOf(deps, options));
    const interruption = openInterruption(terminal);
    const list = { options: { dryRun, notify, createUsers, connection }, name, contentType };
    const job = await beginUpload({ ...deps, identity }, list);
    if (await upload(deps, job, bytes, interruption)) return seeJobThrough(terminal, deps, job, { json, interruption });
    terminal.remark("Interrupted while the list was read. Nothing was taken over.");
    return INTERRUPTED;
  });
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
