import { type Command, InvalidArgumentError } from "commander";
import type { Mode } from "../base/mode";
import type { JobKind } from "../work/job.entity";
import type { Calling } from "./calling";
import { oneOf } from "./read-option";
import { withExamples } from "./with-examples";

const KINDS: readonly JobKind[] = [
  "LINK_IMPORT",
  "USER_IMPORT",
  "USER_EXPORT",
  "ACTIVITY_EXPORT",
  "RECONCILIATION",
  "REPLAY",
];

interface Options {
  mode?: Mode;
  kind?: JobKind;
  limit: number;
  problems: number;
  json: boolean;
}

export function describeJobs(program: Command, { terminal, endWith }: Calling): void {
  const jobs = program
    .command("jobs")
    .description("Long work: what runs and what came of it; with an id, one job and the rows that did not go in.")
    .argument("[id]", "a job (job_…); without it, the latest jobs are listed")
    .addOption(oneOf("--mode <mode>", "list only this world", ["TEST", "LIVE"]))
    .addOption(oneOf("--kind <kind>", "list only this kind", KINDS))
    .option("--limit <count>", "list so many jobs", readCount, 20)
    .option("--problems <count>", "of one job, show so many problems", readCount, 20)
    .option("--json", "answer in JSON", false)
    .action(async (id: string | undefined, options: Options) => {
      const { listJobs, showJob } = await import("./jobs.js");
      if (id === undefined) await listJobs(terminal, options);
      else await showJob(terminal, id, options);
    });
  withExamples(jobs, "latchkey jobs --kind reconciliation", "latchkey jobs job_06d8r7k2v5w1x3y4z6a8b9c0d1");
  const watch = jobs
    .command("watch <id>")
    .description("Go on with a job here and watch it until it is over, together with the servers that run.")
    .action(async (id: string, _own: unknown, command: Command) => {
      const { watchJob } = await import("./jobs.js");
      endWith(await watchJob(terminal, id, command.optsWithGlobals<Options>()));
    });
  withExamples(watch, "latchkey jobs watch job_06d8r7k2v5w1x3y4z6a8b9c0d1");
  const cancel = jobs
    .command("cancel <id>")
    .description("End a job after the page that it is at. What it has done stays done.")
    .action(async (id: string, _own: unknown, command: Command) => {
      const { endJob } = await import("./jobs.js");
      await endJob(terminal, id, command.optsWithGlobals<Options>());
    });
  withExamples(cancel, "latchkey jobs cancel job_06d8r7k2v5w1x3y4z6a8b9c0d1");
}

function readCount(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("It is a whole number from 1 on.");
}
