import { markUnowned } from "../access/facts.store";
import { insertImportGrants } from "../access/import-grants.store";
import { updateStripeGrants } from "../access/stripe-grants.store";
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
  const grants = plan.grants.map((grant) => ({ ...grant, id: grant.before?.id ?? newUuid(now) }));
  const terms = { mode: job.mode, now, note: noteOf(job), grantedBy: job.createdBy };
  await insertImportGrants(
    tx,
    grants.filter(({ before }) => before === null),
    terms,
  );
  const others = grants.flatMap(({ before, endsAt }) => (before ? [{ ...before, endsAt, updatedAt: now }] : []));
  await updateStripeGrants(tx, others, now);
  await tellAddresses(tx, plan.users);
  const about = { mode: job.mode, at: now, origin: "IMPORT", actor: "ADMIN", actorRef: job.createdBy } as const;
  const record = (lines: readonly Line[]) =>
    recordActivities(
      tx,
      now,
      lines.map((line) => ({ ...about, ...line })),
    );
  // Each sort by itself: lines that are alike are written faster.
  await record(made.map((user) => userLine(user, job)));
  await record(changed.map((user) => userLine(user, job)));
  const opened = await record(grants.map((grant) => grantLine(grant, job, now)));
  if ((job.input as UserImportOptions).notify) await queueNotices(tx, now, opened);
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
  await markUnowned(
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

function grantLine(
  { id, userId, productId, endsAt, before }: PlannedListGrant & { id: string },
  job: JobEntity,
  now: Date,
): Line {
  const data = { grant: toPublicId("grant", id), startsAt: before?.startsAt ?? now, endsAt, note: noteOf(job) };
  const message = before === null ? "Access was granted by a list." : "A list changed when access ends.";
  return { type: "ACCESS_GRANTED", userId, productId, message, data };
}
