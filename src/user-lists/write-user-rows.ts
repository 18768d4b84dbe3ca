import { markByAddress, markJoined } from "../access/facts.store";
import { insertImportGrants } from "../access/import-grants.store";
import { updateStripeGrants } from "../access/stripe-grants.store";
import { tellClockTurns } from "../access/tell-clock-turns";
import { type ActivityLine, recordActivities } from "../activities/record-activities";
import { newUuid, toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import type { Tx } from "../database/db";
import { confirmCustomers, wantPush } from "../links/customer-links.store";
import { usersToPush } from "../links/users-to-push";
import { releaseGuestSessions } from "../links/own-sessions.store";
import { queueNotices } from "../outbox/queue-notices";
import { insertManyUsers, updateManyUsers } from "../users/many-users.store";
import { isProved, isTaken } from "../users/proofs";
import { changedFields } from "../users/changed-fields";
import type { UserEntity } from "../users/user.entity";
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
  await confirmCustomers(tx, plan.confirmed, job);
  await tellAddresses(tx, plan.users, job.mode);
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
async function tellAddresses(tx: Tx, users: readonly PlannedUser[], mode: Mode): Promise<void> {
  const proved = users.filter(({ before, after }) => {
    const isNews = before === null || before.emailKey !== after.emailKey || !isProved(before, mode);
    return isNews && isProved(after, mode);
  });
  for (const { before, after } of proved) if (before) await releaseGuestSessions(tx, after.id);
  const changed = users.filter(({ before, after }) => before !== null && isDecidedAnew(before, after));
  await markByAddress(
    tx,
    [...proved, ...changed].flatMap(({ before, after }) => [before?.emailKey ?? [], after.emailKey ?? []].flat()),
  );
  await markJoined(
    tx,
    changed.map(({ after }) => after.id),
  );
  await wantPush(tx, usersToPush(users));
}

/** Whether the change decides anew what the person holds by address. */
function isDecidedAnew(before: UserEntity, after: UserEntity): boolean {
  const isSame =
    before.emailKey === after.emailKey &&
    before.emailVerifiedLive === after.emailVerifiedLive &&
    before.emailVerifiedTest === after.emailVerifiedTest;
  return !isSame || isTaken(before) !== isTaken(after);
}

type Line = Pick<ActivityLine, "type" | "userId" | "productId" | "message" | "data">;

function userLine({ before, after }: PlannedUser, job: JobEntity): Line {
  const from = { job: toPublicId("job", job.id) };
  if (before === null) {
    return { type: "USER_IMPORTED", userId: after.id, message: "The user came in by a list.", data: from };
  }
  const fields = changedFields(before, after);
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
