import { Bug } from "../../src/base/refusal";
import { until } from "./until";
import type { Latchkey } from "./start-latchkey";

export interface ExportedFile {
  job: ExportJob;
  url: string;
  answer: Response;
  text: string;
}

export interface ExportJob {
  id: string;
  status: string;
  total: number | null;
  done: number;
  error: string | null;
  resultUrl: string | null;
  finishedAt: string | null;
}

const JOB = "query ($id: ID!) { job(id: $id) { id status total done error resultUrl finishedAt } }";

export async function readExportJob(latchkey: Latchkey, id: string): Promise<ExportJob> {
  return (await latchkey.get<{ job: ExportJob }>(JOB, { id })).job;
}

/** The export when it is over. */
export function exportDone(latchkey: Latchkey, id: string): Promise<ExportJob> {
  return until(
    () => readExportJob(latchkey, id),
    (job) => job.finishedAt !== null,
  );
}

/** Exports, waits for the end, and fetches the file from this server, wherever its address says that it is. */
export async function fetchExport(
  latchkey: Latchkey,
  name: "exportUsers" | "exportActivities",
  asked: { filter?: object; format?: string } = {},
  credential?: string,
): Promise<ExportedFile> {
  const type = name === "exportUsers" ? "UserFilter" : "ActivityFilter";
  const query = `mutation ($filter: ${type}, $format: String) { job: ${name}(filter: $filter, format: $format) { id } }`;
  const { job: begun } = await latchkey.get<{ job: { id: string } }>(query, asked, credential);
  const job = await exportDone(latchkey, begun.id);
  if (job.resultUrl === null) throw new Bug(`the export ended without a file: ${JSON.stringify(job)}`);
  const url = localOf(latchkey, job.resultUrl);
  const answer = await fetch(url);
  return { job, url, answer, text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(await answer.arrayBuffer()) };
}

export function localOf(latchkey: Latchkey, url: string): string {
  return `${latchkey.url}${new URL(url).pathname}`;
}
