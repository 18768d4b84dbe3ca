import { measureUnclaimed } from "../access/measure-unclaimed";
import type { Metrics } from "../base/metrics";
import { measurePools } from "../database/measure-pools";
import type { Deps } from "../graphql/context";
import { measureNotices } from "../outbox/measure-notices";
import { measureDrift } from "../reconciliation/measure-drift";
import { measureRequests } from "../stripe/count-requests";
import { measureInbox } from "../stripe/measure-inbox";
import { measureJobs } from "../work/measure-jobs";

/** Everything of `/metrics` that is read when somebody looks. */
export function measure(parts: Deps, { registry }: Pick<Metrics, "registry">): void {
  measurePools(parts.db, registry);
  measureRequests(registry);
  measureInbox(parts, registry);
  measureNotices(parts, registry);
  measureUnclaimed(parts, registry);
  measureJobs(parts, registry);
  measureDrift(parts, registry);
}
