import { importLink } from "../imports/import-link";
import { replayConnection } from "../imports/replay-connection";
import { exportActivities } from "../exports/export-activities";
import { exportUsers } from "../exports/export-users";
import { importListedUsers } from "../user-lists/import-listed-users";
import type { JobRunners } from "../work/run-jobs";
import { runReconciliation } from "../reconciliation/run-reconciliation";

/** Who does which kind of long work. */
export const jobRunners: JobRunners = {
  LINK_IMPORT: importLink,
  USER_IMPORT: importListedUsers,
  USER_EXPORT: exportUsers,
  ACTIVITY_EXPORT: exportActivities,
  REPLAY: replayConnection,
  RECONCILIATION: runReconciliation,
};
