import { In } from "typeorm";
import { newUuid } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import { type Reader, type Tx, brokenConstraint } from "../database/db";
import { entityReader } from "../database/read-entity";
import { CustomerLinkEntity, type PushField } from "./customer-link.entity";
import type { CustomerKey } from "./customer-snapshot";

/** Whose the customers are: links that are active, and those whose customer was deleted in Stripe. */
export async function findActiveLinks(db: Reader, keys: readonly CustomerKey[]): Promise<CustomerLinkEntity[]> {
  if (keys.length === 0) return [];
  const raw = await db.rows<Record<string, unknown>>(
    `/* customerLinks.ofCustomers */ select l.* from unnest($1::uuid[], $2::text[]) as wanted (connection_id, customer)
     join customer_links l using (connection_id, customer) where l.active or l.dead order by l.id`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.customer)],
  );
  return raw.map(entityReader(db, CustomerLinkEntity));
}

/**
 * Customers that were unlinked or moved by hand: they are never joined by address again. A removal ends links too, and is
 * not among it.
 */
export async function findUnlinkedCustomers(db: Reader, keys: readonly CustomerKey[]): Promise<CustomerKey[]> {
  if (keys.length === 0) return [];
  return db.rows<CustomerKey>(
    `/* customerLinks.unlinked */ select l.connection_id as "connectionId", l.customer
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, customer)
     join customer_links l using (connection_id, customer) join users u on u.id = l.user_id
     group by 1, 2 having bool_or(l.ended_by = 'HAND' and l.unlinked_at is distinct from u.deleted_at)
       and not bool_or((l.active or l.dead) and l.basis <> 'ADDRESS')`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.customer)],
  );
}

/** All links of the users, also those that are over. Oldest first. */
export async function findLinksOfUsers(
  db: Reader,
  userIds: readonly string[],
  { mode, connectionIds }: { mode?: Mode; connectionIds?: readonly string[] } = {},
): Promise<CustomerLinkEntity[]> {
  if (userIds.length === 0) return [];
  const raw = await db.rows<Record<string, unknown>>(
    `/* customerLinks.ofUsers */ select l.* from customer_links l join stripe_connections c on c.id = l.connection_id
     where l.user_id = any($1::uuid[]) and ($2::text is null or c.mode = $2)
       and ($3::uuid[] is null or l.connection_id = any($3::uuid[])) order by l.id`,
    [[...userIds], mode ?? null, connectionIds ? [...connectionIds] : null],
  );
  return raw.map(entityReader(db, CustomerLinkEntity));
}

/** Also those that are over. */
export async function findCustomerLinksById(
  db: Reader,
  mode: Mode,
  ids: readonly string[],
): Promise<CustomerLinkEntity[]> {
  const raw = await db.rows<Record<string, unknown>>(
    `/* customerLinks.byId */ select l.* from customer_links l join stripe_connections c on c.id = l.connection_id
     where l.id = any($1::uuid[]) and c.mode = $2`,
    [[...ids], mode],
  );
  return raw.map(entityReader(db, CustomerLinkEntity));
}

type NewLink = Pick<CustomerLinkEntity, "connectionId" | "customer" | "userId" | "basis" | "joinedKey" | "linkedBy">;

export function newCustomerLink(fields: NewLink, now: Date): CustomerLinkEntity {
  const life = { active: true, dead: false, linkedAt: now, unlinkedAt: null, endedBy: null };
  const push = { pushWantedAt: null, pushFields: [], pushAttempts: 0, pushError: null };
  return Object.assign(new CustomerLinkEntity(), { id: newUuid(now), ...fields, ...life, ...push });
}

/** In one connection a customer has one user; the second link of it is refused. */
export function insertCustomerLink(tx: Tx, link: CustomerLinkEntity): Promise<void> {
  return insertCustomerLinks(tx, [link]);
}

/** All of them or none. */
export async function insertCustomerLinks(tx: Tx, links: readonly CustomerLinkEntity[]): Promise<void> {
  if (links.length === 0) return;
  try {
    await tx.repository(CustomerLinkEntity).insert([...links]);
  } catch (error) {
    throw taken[brokenConstraint(error) ?? ""]?.() ?? error;
  }
}

const taken: Record<string, () => Refusal> = {
  customer_links_customer_key: () =>
    new Refusal("CUSTOMER_ALREADY_LINKED", {
      say: "This customer belongs to another user.",
      field: "input.customerId",
    }),
};

const noPush: Partial<CustomerLinkEntity> = { pushWantedAt: null, pushFields: [], pushError: null };

/** Ends the links. One that is ended by hand keeps its customer from being joined by address. */
export async function endCustomerLinks(
  tx: Tx,
  ids: readonly string[],
  now: Date,
  endedBy: "HAND" | "ADDRESS" = "HAND",
): Promise<void> {
  if (ids.length === 0) return;
  const over = { active: false, dead: false, unlinkedAt: now, joinedKey: null, ...noPush };
  await tx.repository(CustomerLinkEntity).update({ id: In([...ids]) }, { ...over, endedBy });
}

/** Changes what an active link rests on. A link by hand or by a claim confirms one by address. */
export async function confirmCustomerLink(
  tx: Tx,
  id: string,
  { basis, linkedBy }: Pick<CustomerLinkEntity, "basis" | "linkedBy">,
): Promise<void> {
  await tx.repository(CustomerLinkEntity).update({ id }, { basis, linkedBy, joinedKey: null });
}

/** A list names customers that were joined to its people by address: the links are by hand from now on. */
export async function confirmCustomers(
  tx: Tx,
  customers: readonly string[],
  { mode, createdBy }: { mode: Mode; createdBy: string },
): Promise<void> {
  if (customers.length === 0) return;
  await tx.rows(
    `/* customerLinks.confirm */ with confirmed as (
       update customer_links l set basis = 'HAND', joined_key = null, linked_by = $3 from stripe_connections c
       where c.id = l.connection_id and c.mode = $2 and l.customer = any($1::text[]) and l.basis = 'ADDRESS' and l.active
       returning l.connection_id, l.customer
     )
     update stripe_facts f set needs_plan = true from confirmed n
     where f.connection_id = n.connection_id and f.customer = n.customer`,
    [[...customers], mode, createdBy],
  );
}

/** The customer is joined by another address of the same user. */
export async function writeJoinedKeys(tx: Tx, keys: readonly { id: string; joinedKey: string }[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.rows(
    `/* customerLinks.joinedKeys */ update customer_links l set joined_key = n.key
     from unnest($1::uuid[], $2::text[]) as n (id, key) where l.id = n.id and l.basis = 'ADDRESS'`,
    [keys.map(({ id }) => id), keys.map(({ joinedKey }) => joinedKey)],
  );
}

/** The customers were deleted in Stripe: their links lead nowhere, and still say who bought what was bought once. */
export async function buryCustomerLinks(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const dead = { active: false, dead: true, unlinkedAt: now, ...noPush };
  await tx.repository(CustomerLinkEntity).update({ id: In([...ids]) }, dead);
}

/** The users whose new address or name is to be written to Stripe. */
export type UsersToPush = Record<PushField, readonly string[]>;

/**
 * Asks for new addresses and names of users to be written to their customers in Stripe, in both modes: people are shared by
 * both. A customer that was joined by an address keeps its own, for it may be somebody else's.
 */
export async function wantPush(tx: Tx, { email, name }: UsersToPush): Promise<void> {
  if (email.length === 0 && name.length === 0) return;
  await tx.rows(
    `/* customerLinks.wantPush */ update customer_links
     set push_wanted_at = now(), push_attempts = 0, push_error = null, push_fields = array(
       select field from unnest(array['email', 'name']) field
       where field = any(push_fields) or (field = 'email' and user_id = any($1::uuid[]))
         or (field = 'name' and user_id = any($2::uuid[])))
     where user_id = any($1::uuid[] || $2::uuid[]) and active and basis <> 'ADDRESS'`,
    [[...email], [...name]],
  );
}

export interface WantedPush {
  id: string;
  connectionId: string;
  customer: string;
  userId: string;
  fields: PushField[];
  attempts: number;
  /** Until when nobody else pushes it. It changes when the user changes again. */
  claim: string;
}

/** Some that are due, for whoever asks first. One that nobody finishes is due again after the lease. */
export function claimPushes(db: Reader, limit: number, leaseSeconds: number): Promise<WantedPush[]> {
  return db.rows<WantedPush>(
    `/* customerLinks.claimPushes */ with claimed as (
       update customer_links set push_wanted_at = now() + make_interval(secs => $2)
       where id in (select id from customer_links where push_wanted_at <= now() and active
         order by push_wanted_at limit $1 for update skip locked)
       returning id, connection_id as "connectionId", customer, user_id as "userId", push_fields as fields, push_attempts as attempts,
         push_wanted_at::text as claim)
     select * from claimed`,
    [limit, leaseSeconds],
  );
}

/** Done, unless the user changed meanwhile. */
export async function finishPush(db: Reader, { id, claim }: WantedPush): Promise<void> {
  await db.rows(
    `/* customerLinks.finishPush */ update customer_links
     set push_wanted_at = null, push_fields = '{}', push_attempts = 0, push_error = null
     where id = $1 and push_wanted_at = $2::timestamptz`,
    [id, claim],
  );
}

/** Tried again after the pause; null: never. True if it was still this wish that failed. */
export async function failPush(
  tx: Tx,
  { id, claim }: WantedPush,
  { error, pauseSeconds }: { error: string; pauseSeconds: number | null },
): Promise<boolean> {
  const rows = await tx.rows(
    `/* customerLinks.failPush */ with failed as (
       update customer_links
       set push_wanted_at = now() + make_interval(secs => $3), push_attempts = push_attempts + 1, push_error = $4
       where id = $1 and push_wanted_at = $2::timestamptz returning id)
     select id from failed`,
    [id, claim, pauseSeconds, error],
  );
  return rows.length > 0;
}
