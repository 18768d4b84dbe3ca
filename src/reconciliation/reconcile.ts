import { actorOf } from "../activities/record-activities";
import { Refusal } from "../base/refusal";
import { findConnected } from "../connections/connections.store";
import { getConnection } from "../connections/find-connection";
import type { Deps, Identity } from "../graphql/context";
import type { JobEntity } from "../work/job.entity";
import { loadJobConnection } from "../work/load-job-connection";
import { lockJobs } from "../work/jobs.store";
import { supersedeJob } from "../work/open-jobs.store";
import { startJob } from "../work/start-job";
import { readUserRef } from "../users/read-user-ref";
import { findUser, userNotFound } from "../users/users.store";
import { automaticSubjectOf } from "./start-due-reconciliations";
import type { ReconciliationInput } from "./run-reconciliation";

export interface ReconcileRequest {
  connection?: string | null | undefined;
  user?: string | null | undefined;
  since?: Date | null | undefined;
  dryRun?: boolean | null | undefined;
}

/** Compares what we hold with what Stripe says: of one account or all of this mode, of everybody or one user. */
export async function reconcile(
  deps: Pick<Deps, "db" | "clock"> & { identity: Identity },
  { connection, user, since, dryRun }: ReconcileRequest,
): Promise<JobEntity> {
  const { mode } = deps.identity;
  const connectionIds = connection ? [await idOf(deps, connection)] : await idsOfAll(deps);
  const userId = user ? await userIdOf(deps, user) : null;
  const [only = null] = connectionIds.length === 1 ? connectionIds : [];
  const input: ReconciliationInput = { connectionIds, userId, since: since?.toISOString() ?? null };
  const isWhole = userId === null && !input.since && !dryRun;
  return deps.db.transaction(async (tx) => {
    if (only !== null) await lockJobs(tx, only);
    // The new run does all that the automatic one would have done.
    if (only !== null && isWhole) await supersedeJob(tx, "RECONCILIATION", automaticSubjectOf(only), deps.clock.now());
    return startJob(tx, deps, {
      kind: "RECONCILIATION",
      mode,
      subject: userId ?? only ?? "all",
      connectionId: only,
      input,
      dryRun: dryRun ?? false,
      createdBy: actorOf(deps.identity).actorRef,
    });
  });
}

type Parts = Pick<Deps, "db"> & { identity: Identity };

async function idOf(deps: Parts, named: string): Promise<string> {
  const { id } = await getConnection(deps, deps.identity.mode, named, "input.connection");
  return (await loadJobConnection(deps.db, id)).id;
}

async function idsOfAll({ db, identity }: Parts): Promise<string[]> {
  const all = await findConnected(db, identity.mode);
  if (all.length > 0) return all.map(({ id }) => id);
  throw new Refusal("STRIPE_NOT_CONNECTED", {
    say: `No Stripe account is connected in ${identity.mode.toLowerCase()} mode. \`connectStripe\` connects one.`,
  });
}

async function userIdOf({ db }: Parts, named: string): Promise<string> {
  const user = await findUser(db, readUserRef(named));
  if (!user) throw userNotFound("input.user");
  return user.id;
}
