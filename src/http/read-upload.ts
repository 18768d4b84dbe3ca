import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "../base/refusal";
import { type ListContentType, listTypes } from "../user-lists/list-types";
import { type UserImportOptions, readImportOptions } from "../user-lists/read-import-options";
import { Unsupported } from "./read-body";

/** What the headers of an upload say, as in the draft on resumable uploads (draft-ietf-httpbis-resumable-upload). */
export interface UploadHeaders {
  /** Null: the caller knows nothing of that draft, and sends everything at once. */
  isLast: boolean | null;
  at: number | null;
  /** How long the whole file will be, as far as it is said. */
  length: number | null;
}

/** Pure. */
export function readUploadHeaders(headers: IncomingHttpHeaders): UploadHeaders {
  const complete = headers["upload-complete"];
  if (complete !== undefined && complete !== "?0" && complete !== "?1") {
    throw new Refusal("INVALID_INPUT", { say: "`Upload-Complete` is ?1 for the last bytes of a file, or ?0." });
  }
  return {
    isLast: complete === undefined ? null : complete === "?1",
    at: readWhole(headers, "upload-offset"),
    length: readWhole(headers, "upload-length"),
  };
}

function readWhole(headers: IncomingHttpHeaders, name: string): number | null {
  const text = headers[name];
  if (text === undefined) return null;
  if (typeof text === "string" && /^\d{1,15}$/.test(text)) return Number(text);
  throw new Refusal("INVALID_INPUT", { say: `\`${name}\` is a whole number of bytes.` });
}

const CHARSETS = new Set(["utf-8", "utf8", "us-ascii", "utf-16", "utf-16le", "utf-16be"]);

/** Pure: what is sent, by its `Content-Type`. */
export function readListType(header: string | undefined): ListContentType {
  const [type = "", ...parameters] = (header ?? "").toLowerCase().split(";");
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith("charset="));
  if (charset !== undefined && !CHARSETS.has(charset.slice("charset=".length).replaceAll('"', ""))) {
    throw new Unsupported("A list is sent as UTF-8, or as UTF-16 with a mark of its byte order.");
  }
  const known = type.trim();
  if (isListType(known)) return known;
  throw new Unsupported("Send CSV as `Content-Type: text/csv`, or JSON lines as `application/x-ndjson`.");
}

function isListType(type: string): type is ListContentType {
  return Object.hasOwn(listTypes, type);
}

const OPTIONS = new Set(["dryRun", "notify", "createUsers", "connection"]);

/** Pure: the options of the import, from the query of the address. One that is misspelt must not be left out silently. */
export function readUploadOptions(search: string): UserImportOptions {
  const asked = new URLSearchParams(search);
  for (const name of asked.keys()) {
    if (!OPTIONS.has(name)) {
      throw new Refusal("INVALID_INPUT", { say: `The options are ${[...OPTIONS].join(", ")}.`, field: name });
    }
    if (asked.getAll(name).length > 1) throw new Refusal("INVALID_INPUT", { say: "Say it once.", field: name });
  }
  return readImportOptions(Object.fromEntries(asked));
}
