import { readPublicIdOf, toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import { cancelJob } from "../work/cancel-job";
import type { JobEntity, JobKind } from "../work/job.entity";
import { findJobPage, findJobsById } from "../work/jobs.store";
import { describeJob, lineOfJob, nameOfJob } from "./format-job";
import { refuseClosedSecrets } from "./refuse-closed-secrets";
import { reportJob } from "./report-job";
import { seeJobThrough } from "./see-job-through";
import type { Terminal } from "./terminal";
import { type OpenDeps, withDeps, withStripe } from "./with-deps";

const MODES: readonly Mode[] = ["LIVE", "TEST"];

export interface ListOptions {
  mode?: Mode;
  kind?: JobKind;
  limit: number;
  json: boolean;
}

export async function listJobs(terminal: Terminal, { mode, kind, limit, json }: ListOptions): Promise<void> {
  const { print } = terminal;
  const jobs = await withDeps(terminal, async ({ db }) => {
    const request = { limit, backward: false, after: null, before: null };
    const pages = [];
    for (const one of mode ? [mode] : MODES) pages.push(await findJobPage(db, { mode: one, kind }, request));
    const found = pages.flatMap(({ rows }) => rows.map(({ row }) => row));
    return found.sort((one, two) => two.createdAt.getTime() - one.createdAt.getTime()).slice(0, limit);
  });
  if (json) print(JSON.stringify(jobs.map((job) => describeJob(job))));
  else if (jobs.length === 0) print("There are no jobs. `latchkey --help` shows what begins one.");
  else for (const job of jobs) print(lineOfJob(job));
}

export interface ShowOptions {
  problems: number;
  json: boolean;
}

export async function showJob(terminal: Terminal, named: string, { problems, json }: ShowOptions): Promise<void> {
  await withDeps(terminal, async (deps) => {
    const job = await getJob(deps, named);
    await reportJob(terminal, deps, job, { json, problemsMax: problems });
  });
}

/** Also what a command or a server has left where it stood. */
export async function watchJob(terminal: Terminal, named: string, { json }: { json: boolean }): Promise<number> {
  return withStripe(terminal, async (deps) => {
    const job = await getJob(deps, named);
    await refuseClosedSecrets(deps);
    return seeJobThrough(terminal, deps, job, { json });
  });
}

export async function endJob(terminal: Terminal, named: string, { json }: { json: boolean }): Promise<void> {
  const { print } = terminal;
  const job = await withDeps(terminal, async (deps) => {
    const { id, mode } = await getJob(deps, named);
    return cancelJob(deps, { mode, id });
  });
  if (json) print(JSON.stringify(describeJob(job)));
  else if (job.status === "CANCELLED") print(`${nameOfJob(job)} is cancelled. What it did until then stays.`);
  else print(`${nameOfJob(job)} ends after the page that it is at. What it did until then stays.`);
}

/** Whatever its mode: an id says enough. */
async function getJob({ db }: Pick<OpenDeps, "db">, named: string): Promise<JobEntity> {
  const id = readPublicIdOf("job", named);
  for (const mode of id === null ? [] : MODES) {
    const [job] = await findJobsById(db, mode, [id ?? ""]);
    if (job) return job;
  }
  const say = id === null ? "That is no id of a job." : `There is no job ${toPublicId("job", id)}.`;
  throw new Refusal("NOT_FOUND", { say: `${say} \`latchkey jobs\` shows the ids (job_…).` });
}
