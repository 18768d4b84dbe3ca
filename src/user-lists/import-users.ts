import { Bug, Refusal } from "../base/refusal";
import type { Deps, Identity } from "../graphql/context";
import { appendPiece } from "../work/files.store";
import type { JobEntity } from "../work/job.entity";
import { type SaidImportOptions, readImportOptions } from "./read-import-options";
import { startUserImport } from "./start-user-import";

export interface ImportUsersInput extends SaidImportOptions {
  csv?: string | null | undefined;
  rows?: readonly object[] | null | undefined;
}

/** Begins to take over a list that came with the request. It becomes a file, as one that is uploaded. */
export async function importUsers(
  deps: Pick<Deps, "db" | "clock"> & { identity: Identity },
  input: ImportUsersInput,
): Promise<JobEntity> {
  const options = readImportOptions(input, "input.");
  const list = readList(input);
  return deps.db.transaction(async (tx) => {
    const job = await startUserImport(tx, deps, { options, ...list.kind, field: "input.connection" });
    const length = await appendPiece(tx, job.id, { at: 0, piece: list.bytes, isLast: true });
    if (length === null) throw new Bug("a list that was just begun could not be written", { jobId: job.id });
    return job;
  });
}

function readList({ csv, rows }: ImportUsersInput) {
  if (typeof csv === "string" && !rows) {
    if (csv.trim() === "") throw new Refusal("INVALID_INPUT", { say: "The list is empty.", field: "input.csv" });
    return { kind: { name: "users.csv", contentType: "text/csv" } as const, bytes: Buffer.from(csv) };
  }
  if (rows && typeof csv !== "string") {
    if (rows.length === 0) throw new Refusal("INVALID_INPUT", { say: "The list is empty.", field: "input.rows" });
    const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    return { kind: { name: "users.jsonl", contentType: "application/x-ndjson" } as const, bytes };
  }
  throw new Refusal("INVALID_INPUT", { say: "Send either csv or rows.", field: "input" });
}
