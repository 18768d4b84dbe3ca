import { Refusal } from "../base/refusal";

export type ExportFormat = "CSV" | "JSONL";

/** Pure: CSV unless another one is asked for, in any case. */
export function readExportFormat(named: string | null | undefined): ExportFormat {
  const name = (named ?? "CSV").toUpperCase();
  if (name === "CSV" || name === "JSONL") return name;
  throw new Refusal("INVALID_INPUT", { say: "An export is written as CSV or as JSONL.", field: "format" });
}
