import type { Context } from "../graphql/context";
import { findActivityConditions } from "../journal/find-activity-conditions";
import type { ActivityFilter } from "../journal/list-activities";
import type { JobEntity } from "../work/job.entity";
import type { ExportFormat } from "./read-export-format";
import { startExport } from "./start-export";

/** An export of the lines that `activities` would list. What the filter names has to be there now. */
export async function startActivityExport(
  ctx: Context,
  filter: ActivityFilter,
  format: ExportFormat,
): Promise<JobEntity> {
  const { mode: _mode, ...kept } = await findActivityConditions(ctx, filter);
  return startExport(ctx, { kind: "ACTIVITY_EXPORT", name: "activities", format, filter: kept });
}
