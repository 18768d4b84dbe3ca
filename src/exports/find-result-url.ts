import { MINUTE } from "../base/durations";
import type { Context } from "../graphql/context";
import type { JobEntity } from "../work/job.entity";
import { fileOfJob } from "../work/jobs.loader";
import { toExportUrl } from "./export-url";

const LINK_KEPT_MS = 15 * MINUTE;

/** Where the file of an export is, for a quarter of an hour from now; null: there is none, none yet, or none any more. */
export async function findResultUrl(
  ctx: Context,
  job: Pick<JobEntity, "kind" | "status"> & { uuid: string },
): Promise<string | null> {
  const isExport = job.kind === "USER_EXPORT" || job.kind === "ACTIVITY_EXPORT";
  if (!isExport || job.status !== "SUCCEEDED") return null;
  const file = await ctx.load(fileOfJob, job.uuid);
  const now = ctx.clock.now();
  if (!file?.complete || file.expiresAt <= now) return null;
  const expiresAt = new Date(Math.min(now.getTime() + LINK_KEPT_MS, file.expiresAt.getTime()));
  return toExportUrl(ctx.config, { jobId: job.uuid, expiresAt });
}
