import { createReadStream } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import type { ListContentType } from "../user-lists/list-types";
import { Misuse } from "./misuse";
import type { Terminal } from "./terminal";

export type ListFormat = "CSV" | "JSONL";

/** A list that can be read from its beginning. */
export interface OpenList {
  name: string;
  contentType: ListContentType;
  bytes: Readable;
}

const CONTENT_TYPES: Record<ListFormat, ListContentType> = { CSV: "text/csv", JSONL: "application/x-ndjson" };

/** Opened before anything begins: a file that is not there makes no job. */
export async function openList({ input }: Terminal, file: string, format = formatOf(file)): Promise<OpenList> {
  const contentType = CONTENT_TYPES[format];
  if (file === "-") return { name: "standard input", contentType, bytes: input };
  const bytes = createReadStream(file);
  await new Promise<void>((opened, failed) => {
    bytes.once("ready", opened);
    bytes.once("error", (error) => failed(new Misuse(`${file} cannot be read: ${error.message}`)));
  });
  return { name: path.basename(file), contentType, bytes };
}

function formatOf(file: string): ListFormat {
  const ending = path.extname(file).toLowerCase();
  if (ending === ".csv") return "CSV";
  if (ending === ".jsonl" || ending === ".ndjson") return "JSONL";
  throw new Misuse("The name of the list does not say how it is written: add --format csv or --format jsonl.");
}
