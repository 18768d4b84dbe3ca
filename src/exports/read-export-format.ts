import { Refusal } from "../base/refusal";

export type ExportFormat = "CSV" | "JSONL";

/**
 * Pure: CSV unless another one is asked for, in any case.
 * @param chosen the same as a member of the enum; both may be given when they agree
 */
export function readExportFormat(named: string | null | undefined, chosen?: ExportFormat | null): ExportFormat {
  const name = (named ?? chosen ?? "CSV").toUpperCase();
  if (name !== "CSV" && name !== "JSONL") {
    throw new Refusal("INVALID_INPUT", { say: "An export is written as CSV or as JSONL.", field: "format" });
  }
  if (chosen && chosen !== name) {
    throw new Refusal("INVALID_INPUT", { say: "`format` and `fileFormat` name two formats.", field: "fileFormat" });
  }
  return name;
}
