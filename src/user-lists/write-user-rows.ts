import type { GrantEntity } from "../access/grant.entity";
import { markUnownedOfAll } from "../access/facts.store";
import { insertStripeGrants, updateStripeGrants } from "../access/stripe-grants.store";
import { tellClockTurns } from "../access/tell-clock-turns";
import { type ActivityLine, recordActivities } from "../activities/record-activities";
import { newUuid, toPublicId } from "../base/ids";
import type { Tx } from "../database/db";
import { wantPushOfAll } from "../links/customer-links.store";
import { queueNotices } from "../outbox/queue-notices";
import { insertManyUsers, updateManyUsers } from "../users/many-users.store";
import type { JobEntity } from "../work/job.entity";
import type { PlannedListGrant, PlannedUser, RowsPlan } from "./list-plan";
import type { UserImportOptions } from "./read-import-options";

/** Writes what some rows come to: people, what is open to them, the journal and the notices. Those who change are locked. */
export async function writeUserRows(tx: Tx, job: JobEntity, plan: RowsPlan, now: Date): Promise<void> {
  const made = plan.users.filter(({ before }) => before === null);
  const changed = plan.users.filter(({ before }) => before !== null);
  await insertManyUsers(
    tx,
    made.map(({ after }) => after),
  );
  await updateManyUsers(
    tx,
    changed.map(({ after }) => after),
  );
  const isNew = new Set(made.map(({ after }) => after.id));
  const pairs = plan.grants.filter(({ userId }) => !isNew.has(userId)).map((grant) => ({ ...grant, mode: job.mode }));
  await tellClockTurns(tx, pairs, now);
  const grants = plan.grants.map((grant) => ({ ...grant, row: toGrant(grant, job, now) }));
  await insertStripeGrants(
    tx,
    grants.filter(({ before }) => before === null).map(({ row }) => row),
  );
  await updateStripeGrants(
    tx,
    grants.filter(({ before }) => before !== null).map(({ row }) => row),
    now,
  );
  await tellAddresses(tx, plan.users);
  const about = { mode: job.mode, at: now, origin: "IMPORT", actor: "ADMIN", actorRef: job.createdBy } as const;
  await recordActivities(
    tx,
    now,
    plan.users.map((user) => ({ ...about, ...userLine(user, job) })),
  );
  const opened = await recordActivities(
    tx,
    now,
    grants.map((grant) => ({ ...about, ...grantLine(grant, job) })),
  );
  if ((job.input as UserImportOptions).notify) await queueNotices(tx, now, opened);
}

function toGrant({ before, userId, productId, endsAt }: PlannedListGrant, job: JobEntity, now: Date): GrantEntity {
  if (before) return { ...before, endsAt, updatedAt: now };
  return {
    id: newUuid(now),
    userId,
    productId,
    mode: job.mode,
    source: "IMPORT",
    reason: "MANUAL",
    startsAt: now,
    endsAt,
    closesAt: null,
    endedAt: null,
    endReason: null,
    revokedAt: null,
    quantity: 1,
    cancelAtPeriodEnd: false,
    stripeObject: null,
    connectionId: null,
    stripeItem: null,
    linkIds: [],
    asOf: null,
    note: noteOf(job),
    grantedBy: job.createdBy,
    createdAt: now,
    updatedAt: now,
  };
}

function noteOf(job: JobEntity): string {
  return `Imported from a list (${toPublicId("job", job.id)}).`;
}

/** What somebody bought with a verified address may be theirs now; and customers in Stripe are told a new one. */
async function tellAddresses(tx: Tx, users: readonly PlannedUser[]): Promise<void> {
  const verified = users.filter(({ before, after }) => {
    const isNews = before === null || before.emailKey !== after.emailKey || !before.emailVerified;
    return isNews && after.emailVerified;
  });
  await markUnownedOfAll(
    tx,
    verified.flatMap(({ after }) => after.emailKey ?? []),
  );
  const moved = users.filter(({ before, after }) => before !== null && before.email !== after.email);
  await wantPushOfAll(
    tx,
    moved.map(({ after }) => after.id),
  );
}

type Line = Pick<ActivityLine, "type" | "userId" | "productId" | "message" | "data">;

const told = ["externalId", "email", "emailVerified", "name", "metadata"] as const;

function userLine({ before, after }: PlannedUser, job: JobEntity): Line {
  const from = { job: toPublicId("job", job.id) };
  if (before === null) {
    return { type: "USER_IMPORTED", userId: after.id, message: "The user came in by a list.", data: from };
  }
  const fields = told.filter((name) => before[name] !== after[name]);
  const message = `Changed: ${fields.join(", ")}.`;
  return { type: "USER_UPDATED", userId: after.id, message, data: { fields, ...from } };
}

function grantLine({ row, before }: { row: GrantEntity; before: GrantEntity | null }, job: JobEntity): Line {
  const { id, userId, productId, startsAt, endsAt } = row;
  const data = { grant: toPublicId("grant", id), startsAt, endsAt, note: noteOf(job) };
  const message = before === null ? "Access was granted by a list." : "A list changed when access ends.";
  return { type: "ACCESS_GRANTED", userId, productId, message, data };
}
