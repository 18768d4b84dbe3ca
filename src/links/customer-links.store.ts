import { In } from "typeorm";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import { type Reader, type Tx, brokenConstraint } from "../database/db";
import { entityReader } from "../database/read-entity";
import { CustomerLinkEntity } from "./customer-link.entity";
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

/** Customers whom somebody unlinked, or whose user was removed: they are not guessed again. */
export async function findUnlinkedCustomers(db: Reader, keys: readonly CustomerKey[]): Promise<CustomerKey[]> {
  if (keys.length === 0) return [];
  return db.rows<CustomerKey>(
    `/* customerLinks.unlinked */ select l.connection_id as "connectionId", l.customer
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, customer)
     join customer_links l using (connection_id, customer)
     group by 1, 2 having not bool_or(l.active or l.dead)`,
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

export function findCustomerLinksById(db: Reader, ids: readonly string[]): Promise<CustomerLinkEntity[]> {
  return db.repository(CustomerLinkEntity).findBy({ id: In([...ids]) });
}

/** In one connection a customer has one user and a user one customer; whoever comes second is refused. */
export async function insertCustomerLink(tx: Tx, link: CustomerLinkEntity): Promise<void> {
  try {
    await tx.repository(CustomerLinkEntity).insert(link);
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
  customer_links_user_key: () =>
    new Refusal("CUSTOMER_ALREADY_LINKED", {
      say: "The user was linked to another customer at the same moment.",
      field: "input.user",
    }),
};

/** They are over, whatever they were. */
export async function endCustomerLinks(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .repository(CustomerLinkEntity)
    .update({ id: In([...ids]) }, { active: false, dead: false, unlinkedAt: now, pushWantedAt: null, pushError: null });
}

/** The customers were deleted in Stripe: their links lead nowhere, and still say who bought what was bought once. */
export async function buryCustomerLinks(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const dead = { active: false, dead: true, unlinkedAt: now, pushWantedAt: null, pushError: null };
  await tx.repository(CustomerLinkEntity).update({ id: In([...ids]) }, dead);
}
