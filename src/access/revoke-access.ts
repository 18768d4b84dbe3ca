import { actorOf, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { readPublicIdOf, toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Db, Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { queueNotices } from "../outbox/queue-notices";
import { findProduct, productNotFound } from "../products/products.store";
import { readProductRef } from "../products/read-product-ref";
import { readUserRef } from "../users/read-user-ref";
import { findUser, lockUser, userNotFound } from "../users/users.store";
import { statusOf } from "./grant";
import type { GrantEntity } from "./grant.entity";
import { endGrants, findGrantByRef, findGrantsById, findManualGrants, lockGrantRef } from "./grants.store";
import { readGrantRef } from "./read-grant-ref";
import { refusePaidGrants } from "./refuse-paid-grants";
import { tellClockTurns } from "./tell-clock-turns";

export interface RevokeInput {
  grant?: string | null | undefined;
  user?: string | null | undefined;
  product?: string | null | undefined;
  source?: string | null | undefined;
  externalRef?: string | null | undefined;
  note: string;
}

/**
 * Ends one grant that was made by hand or by a list, the one of an external reference, or all manual grants of a user on a
 * product. Returns the grants that were named, ended now or before: a second call changes nothing. Refuses paid grants:
 * Stripe would go on charging for a grant that nothing opens again.
 */
export async function revokeAccess(
  deps: { db: Db; clock: Clock; identity: Identity },
  input: RevokeInput,
): Promise<GrantEntity[]> {
  if (input.note.trim().length === 0 || input.note.length > 1_000) {
    throw new Refusal("INVALID_INPUT", { say: "Say why, in at most 1000 characters.", field: "input.note" });
  }
  const now = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    const meant = await findMeant(tx, deps.identity, input);
    refusePaidGrants(meant);
    const open = meant.filter((grant) => statusOf(grant, now) !== "ENDED");
    await tellClockTurns(tx, open, now);
    await endGrants(tx, open, "REVOKED", now);
    await recordRevocations(tx, deps.identity, open, input.note, now);
    return meant.map((grant) =>
      open.includes(grant) ? Object.assign(grant, { endedAt: now, endReason: "REVOKED" as const }) : grant,
    );
  });
}

type Find = (tx: Tx, identity: Identity, input: RevokeInput) => Promise<GrantEntity[]>;

const names = ["grant", "user", "product", "source", "externalRef"] as const;

/** What may be named together. More than a way needs is not ignored: it may mean fewer grants than would end. */
const ways: Record<string, Find> = {
  grant: findOne,
  "user product": findOfPair,
  externalRef: findByRef,
  "source externalRef": findByRef,
};

function findMeant(tx: Tx, identity: Identity, input: RevokeInput): Promise<GrantEntity[]> {
  const find = ways[names.filter((name) => input[name]).join(" ")];
  if (find) return find(tx, identity, input);
  throw new Refusal("INVALID_INPUT", {
    say: "Name one grant, or a source and external reference, or a user and a product.",
    field: "input",
  });
}

async function findOne(tx: Tx, identity: Identity, input: RevokeInput): Promise<GrantEntity[]> {
  const uuid = readPublicIdOf("grant", input.grant ?? "");
  const [grant] = uuid ? await findGrantsById(tx, identity.mode, [uuid]) : [];
  if (!grant) throw new Refusal("NOT_FOUND", { say: "There is no such grant in this mode.", field: "input.grant" });
  return locked(tx, identity, [grant]);
}

async function findByRef(tx: Tx, identity: Identity, input: RevokeInput): Promise<GrantEntity[]> {
  const ref = readGrantRef(identity.mode, input);
  if (!ref) return [];
  await lockGrantRef(tx, ref);
  const grant = await findGrantByRef(tx, ref);
  return grant ? locked(tx, identity, [grant]) : [];
}

async function findOfPair(tx: Tx, identity: Identity, input: RevokeInput): Promise<GrantEntity[]> {
  const user = await findUser(tx, readUserRef(input.user ?? ""));
  if (!user) throw userNotFound("input.user");
  const product = await findProduct(tx, readProductRef(input.product ?? ""));
  if (!product) throw productNotFound("input.product");
  await lockUser(tx, { id: user.id, externalId: null });
  return findManualGrants(tx, identity.mode, user.id, product.id);
}

/** The grants as they are once their user is locked: whoever came first has been waited for. */
async function locked(tx: Tx, identity: Identity, grants: GrantEntity[]): Promise<GrantEntity[]> {
  for (const { userId } of grants) await lockUser(tx, { id: userId, externalId: null });
  return findGrantsById(
    tx,
    identity.mode,
    grants.map((grant) => grant.id),
  );
}

async function recordRevocations(
  tx: Tx,
  identity: Identity,
  grants: readonly GrantEntity[],
  note: string,
  now: Date,
): Promise<void> {
  const lines = grants.map((grant) => ({
    mode: grant.mode,
    type: "ACCESS_REVOKED" as const,
    at: now,
    userId: grant.userId,
    productId: grant.productId,
    origin: "API" as const,
    ...actorOf(identity),
    message: "Access was revoked.",
    data: { grant: toPublicId("grant", grant.id), note },
  }));
  await queueNotices(tx, now, await recordActivities(tx, now, lines));
}
