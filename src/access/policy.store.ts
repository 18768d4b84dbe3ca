import type { Mode } from "../base/mode";
import type { Reader, Tx } from "../database/db";
import { type AutoCreateUsers, type DisputeRule, type Policy, usualPolicy } from "./policy";

interface PolicyRow {
  past_due_grace_days: number;
  dispute_opened: DisputeRule;
  full_refund_ends_access: boolean;
  partial_refund_ends_access: boolean;
  paused_collection_suspends: boolean;
  auto_create_users: AutoCreateUsers;
  trials_per_user: number | null;
}

export async function findPolicy(db: Reader, mode: Mode): Promise<Policy> {
  const [row] = await db.rows<PolicyRow>(`/* policies.find */ select * from policies where mode = $1`, [mode]);
  if (!row) return usualPolicy;
  return {
    pastDueGraceDays: row.past_due_grace_days,
    disputeOpened: row.dispute_opened,
    fullRefundEndsAccess: row.full_refund_ends_access,
    partialRefundEndsAccess: row.partial_refund_ends_access,
    pausedCollectionSuspends: row.paused_collection_suspends,
    autoCreateUsers: row.auto_create_users,
    trialsPerUser: row.trials_per_user,
  };
}

export async function writePolicy(tx: Tx, mode: Mode, policy: Policy, now: Date): Promise<void> {
  await tx.rows(
    `/* policies.write */ insert into policies (mode, past_due_grace_days, dispute_opened, full_refund_ends_access,
       partial_refund_ends_access, paused_collection_suspends, auto_create_users, trials_per_user, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (mode) do update set past_due_grace_days = $2, dispute_opened = $3, full_refund_ends_access = $4,
       partial_refund_ends_access = $5, paused_collection_suspends = $6, auto_create_users = $7, trials_per_user = $8,
       updated_at = $9`,
    [
      mode,
      policy.pastDueGraceDays,
      policy.disputeOpened,
      policy.fullRefundEndsAccess,
      policy.partialRefundEndsAccess,
      policy.pausedCollectionSuspends,
      policy.autoCreateUsers,
      policy.trialsPerUser,
      now,
    ],
  );
}

/** Whoever plans holds the shared side, so that nothing is planned by a policy that is no more when it is written. */
export async function lockPolicy(tx: Tx, mode: Mode): Promise<void> {
  await tx.rows(`/* policies.lock */ select pg_advisory_xact_lock(hashtextextended('policy ' || $1, 0))`, [mode]);
}

export async function sharePolicy(tx: Tx, modes: readonly Mode[]): Promise<void> {
  const names = [...new Set(modes)].sort();
  await tx.rows(
    `/* policies.share */ select pg_advisory_xact_lock_shared(hashtextextended('policy ' || mode, 0))
     from (select mode from unnest($1::text[]) with ordinality as wanted (mode, place) order by place) wanted`,
    [names],
  );
}
