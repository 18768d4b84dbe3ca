import { defineLoader, inOrder } from "../graphql/define-loader";
import { definePages } from "../graphql/define-pages";
import { type JobFile, findFiles } from "./files.store";
import type { JobEntity, JobProblemRow } from "./job.entity";
import { findJobsById, findLatestJobs, findProblemPages } from "./jobs.store";

export const jobById = defineLoader<string, JobEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findJobsById(ctx.db, ctx.identity.mode, ids), (job) => job.id),
);

export const problemsOfJob = definePages<Record<string, never>, JobProblemRow>((ctx, jobIds, _filter, page) =>
  findProblemPages(ctx.db, jobIds, page),
);

/** The latest import for a link; null if there was none. */
export const importOfLink = defineLoader<string, JobEntity | null>(async (ctx, linkIds) =>
  inOrder(linkIds, await findLatestJobs(ctx.db, "LINK_IMPORT", linkIds), (job) => job.subject),
);

/** What a job reads or wrote; null when there is none, or none any more. */
export const fileOfJob = defineLoader<string, JobFile | null>(async (ctx, jobIds) =>
  inOrder(jobIds, await findFiles(ctx.db, jobIds), (file) => file.jobId),
);
