import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { ActivityType, Actor } from "../activities/activity-types";
import type { Mode } from "../base/mode";
import { Bug, Unavailable } from "../base/refusal";
import { startActivityExport } from "../exports/start-activity-export";
import { readExportFormat } from "../exports/read-export-format";
import { startUserExport } from "../exports/start-user-export";
import { dropFile, findFile, readPieceAt } from "../work/files.store";
import type { JobEntity } from "../work/job.entity";
import { requestOf } from "./operator";
import { type Since, toMoment } from "./read-option";
import { seeJobThrough } from "./see-job-through";
import type { Terminal } from "./terminal";
import { type OpenDeps, withDeps } from "./with-deps";

interface ExportOptions {
  mode: Mode;
  format: "CSV" | "JSONL";
  out?: string;
  json: boolean;
}

export interface UserExportOptions extends ExportOptions {
  search?: string;
  hasAccessTo?: string;
  lacksAccessTo?: string;
  after?: Since;
  before?: Since;
  linked?: boolean;
}

export interface ActivityExportOptions extends ExportOptions {
  type?: ActivityType[];
  user?: string;
  product?: string;
  actor?: Actor;
  after?: Since;
  before?: Since;
}

export async function exportUsers(terminal: Terminal, options: UserExportOptions): Promise<number> {
  return exportTo(terminal, options, (deps) => {
    const { search, hasAccessTo, lacksAccessTo, linked } = options;
    const { after, before } = momentsOf(deps, options);
    const named = { search, hasAccessTo, lacksAccessTo, linkedToStripe: linked };
    const filter = { ...named, createdAfter: after, createdBefore: before };
    return startUserExport(requestOf(deps, options.mode), filter, readExportFormat(options.format));
  });
}

export async function exportActivities(terminal: Terminal, options: ActivityExportOptions): Promise<number> {
  return exportTo(terminal, options, (deps) => {
    const { user, product, actor } = options;
    const filter = { types: options.type, user, product, actor, ...momentsOf(deps, options) };
    return startActivityExport(requestOf(deps, options.mode), filter, readExportFormat(options.format));
  });
}

function momentsOf({ clock }: OpenDeps, { after, before }: { after?: Since; before?: Since }) {
  const now = clock.now();
  return { after: after && toMoment(after, now), before: before && toMoment(before, now) };
}

/** The file is written by a job, like any other export, and fetched when it is complete: so it is whole, or there is none. */
async function exportTo(
  terminal: Terminal,
  { out, json }: ExportOptions,
  begin: (deps: OpenDeps) => Promise<JobEntity>,
): Promise<number> {
  return withDeps(terminal, async (deps) => {
    const job = await begin(deps);
    const afterwards = async () => {
      if (out === undefined) for await (const piece of piecesOf(deps, job)) await terminal.write(piece);
      else await writeWhole(out, piecesOf(deps, job));
      // It is not kept for a day as others are: so many are, and a script may export every hour.
      await dropFile(deps.db, job.id);
    };
    // Standard output is for the file.
    const told = out === undefined ? { ...terminal, print: terminal.remark } : terminal;
    return seeJobThrough(told, deps, job, { json, afterwards });
  });
}

async function* piecesOf({ db }: OpenDeps, { id }: JobEntity): AsyncGenerator<Buffer> {
  const file = await findFile(db, id);
  if (!file?.complete) throw new Bug("an export is through, and its file is not", { jobId: id });
  for (let at = 0; at < file.bytes;) {
    const piece = await readPieceAt(db, id, at);
    if (!piece) throw new Bug("a file ends before its length", { jobId: id, at });
    yield piece;
    at += piece.length;
  }
}

/** Written beside it and moved into its place: what was there before stays until all of the new one is there. */
async function writeWhole(out: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  const draft = `${out}.part`;
  try {
    await pipeline(pieces, createWriteStream(draft, { mode: 0o600 }));
    await rename(draft, out);
  } catch (cause) {
    await rm(draft, { force: true });
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    throw new Unavailable({ say: `${out} cannot be written: ${cause.message}`, cause });
  }
}
