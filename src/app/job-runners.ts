import { importLink } from "../imports/import-link";
import { replayConnection } from "../imports/replay-connection";
import type { JobRunners } from "../work/run-jobs";
import { runReconciliation } from "../reconciliation/run-reconciliation";

/** Who does which kind of long work. */
export const jobRunners: JobRunners = {
  LINK_IMPORT: importLink,
  REPLAY: replayConnection,
  RECONCILIATION: runReconciliation,
};
