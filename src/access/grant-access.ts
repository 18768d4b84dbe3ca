import { z } from "zod";
import type { ActivityEntity } from "../activities/activity.entity";
import { actorOf, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { newUuid, toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Db, Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { readInput } from "../graphql/read-input";
import { queueNotices } from "../outbox/queue-notices";
import { findProduct, productNotFound } from "../products/products.store";
import { readProductRef } from "../products/read-product-ref";
import { readUserRef } from "../users/read-user-ref";
import { lockUser } from "../users/users.store";
import { GrantEntity } from "./grant.entity";
import { findGrantByRef, insertGrant, lockGrantRef, writeGrantRef } from "./grants.store";
import { type GrantRef, readGrantRef } from "./read-grant-ref";
import { tellClockTurns } from "./tell-clock-turns";

export interface GrantInput {
  user: string;
  product: string;
  startsAt?: Date | null | undefined;
  endsAt?: Date | null | undefined;
  note: string;
  source?: string | null | undefined;
  externalRef?: string | null | undefined;
  gift?: boolean | null | undefined;
  /** Whether a notice is queued; it is, unless this is false. */
  notify?: boolean | null | undefined;
}

const grantSchema = z.object({
  note: z
    .string()
    .refine((note) => note.trim().length > 0, "Say why: a grant with no reason cannot be explained later.")
    .refine((note) => note.length <= 1_000, "A note has at most 1000 characters."),
  source: z.string().min(1, "A source has a name.").max(100, "A source has at most 100 characters.").nullish(),
  externalRef: z.string().min(1, "A reference cannot be empty.").max(255, "At most 255 characters.").nullish(),
});

/**
 * Opens a product to a user by hand or from another system. The same source and external reference again answer the same
 * grant; after a revocation they open it anew.
 */
export async function grantAccess(
  deps: { db: Db; clock: Clock; identity: Identity },
  input: GrantInput,
): Promise<GrantEntity> {
  const { note, source, externalRef } = input;
  readInput(grantSchema, { note, source, externalRef });
  const now = deps.clock.now();
  const { mode } = deps.identity;
  const ref = readGrantRef(mode, input);
  return deps.db.transaction(async (tx) => {
    if (ref) await lockGrantRef(tx, ref);
    const grant = await planGrant(tx, deps.identity, input, now);
    const earlier = ref && (await findEarlier(tx, ref, grant, input, now));
    if (earlier) return earlier;
    checkDates(grant);
    await tellClockTurns(tx, [grant], now);
    await insertGrant(tx, grant);
    if (ref) await writeGrantRef(tx, ref, grant);
    const lines = await recordGrant(tx, deps.identity, grant, now);
    if (input.notify !== false) await queueNotices(tx, now, lines);
    return grant;
  });
}

async function planGrant(tx: Tx, identity: Identity, input: GrantInput, now: Date): Promise<GrantEntity> {
  const user = await lockUser(tx, readUserRef(input.user), "input.user");
  const product = await findProduct(tx, readProductRef(input.product));
  if (!product) throw productNotFound("input.product");
  return Object.assign(new GrantEntity(), {
    id: newUuid(now),
    userId: user.id,
    productId: product.id,
    mode: identity.mode,
    source: input.gift ? "GIFT" : "MANUAL",
    reason: input.gift ? "GIFT" : "MANUAL",
    startsAt: input.startsAt ?? now,
    endsAt: input.endsAt ?? null,
    closesAt: null,
    endedAt: null,
    endReason: null,
    revokedAt: null,
    quantity: 1,
    cancelAtPeriodEnd: false,
    stripeObject: null,
    connectionId: null,
    stripeItem: null,
    asOf: null,
    byAddress: false,
    note: input.note,
    grantedBy: input.source ?? actorOf(identity).actorRef,
    createdAt: now,
    updatedAt: now,
  });
}

/** Only of a new grant: a repetition that arrives after the end was no mistake when it was sent. */
function checkDates({ startsAt, endsAt }: GrantEntity): void {
  if (endsAt && endsAt <= startsAt) {
    throw new Refusal("INVALID_INPUT", { say: "Access must end after it begins.", field: "input.endsAt" });
  }
}

/** The grant that this reference stands for already. One that was revoked makes room for a new one. */
async function findEarlier(
  tx: Tx,
  ref: GrantRef,
  wanted: GrantEntity,
  input: GrantInput,
  now: Date,
): Promise<GrantEntity | null> {
  const earlier = await findGrantByRef(tx, ref);
  if (!earlier) return null;
  const isSame =
    earlier.userId === wanted.userId &&
    earlier.productId === wanted.productId &&
    earlier.source === wanted.source &&
    earlier.endsAt?.getTime() === wanted.endsAt?.getTime() &&
    (!input.startsAt || earlier.startsAt.getTime() === wanted.startsAt.getTime());
  const wasRevoked = earlier.endedAt !== null && earlier.endedAt <= now;
  if (wasRevoked) return null;
  if (isSame) return earlier;
  throw new Refusal("IDEMPOTENCY_MISMATCH", {
    say: "This source and external reference stand for another grant. Revoke that one first, or use another reference.",
    field: "input.externalRef",
    details: { grant: toPublicId("grant", earlier.id) },
  });
}

function recordGrant(tx: Tx, identity: Identity, grant: GrantEntity, now: Date): Promise<ActivityEntity[]> {
  return recordActivities(tx, now, [
    {
      mode: grant.mode,
      type: "ACCESS_GRANTED",
      at: now,
      userId: grant.userId,
      productId: grant.productId,
      origin: "API",
      ...actorOf(identity),
      message: grant.source === "GIFT" ? "Access was given as a gift." : "Access was granted.",
      data: { grant: toPublicId("grant", grant.id), startsAt: grant.startsAt, endsAt: grant.endsAt, note: grant.note },
    },
  ]);
}
