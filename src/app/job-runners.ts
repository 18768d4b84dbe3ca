import { importLink } from "../imports/import-link";
import type { JobRunners } from "../imports/run-jobs";

/** Who does which kind of long work. */
export const jobRunners: JobRunners = {
  LINK_IMPORT: importLink,
};
