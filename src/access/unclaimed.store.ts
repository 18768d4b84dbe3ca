import type { Mode } from "../base/mode";
import type { ListOrder, Page, PageRequest } from "../base/page";
import { firstUuidAt } from "../base/ids";
import type { Reader, Tx } from "../database/db";
import { readPage } from "../database/read-pages";
import type { UnclaimedReason } from "../links/decide-owner";
import type { HeldSource } from "./facts.store";

/** By when they were bought, the latest first: the ids say so. */
export const unclaimedOrder: ListOrder = {
  list: "unclaimed",
  columns: [{ sql: "f.unclaimed_id", type: "uuid" }],
  newestFirst: true,
};

/** A purchase that would open something and has no owner. */
export interface UnclaimedRow {
  id: string;
  connectionId: string;
  source: string;
  customer: string | null;
  email: string | null;
  reason: UnclaimedReason;
  candidateId: string | null;
  productIds: string[];
  boughtAt: Date;
  /** What an order cost, in the smallest unit of its currency; null for a subscription. */
  amount: number | null;
  items: readonly { price: string; quantity: number }[];
}

export interface UnclaimedConditions {
  mode: Mode;
  at: Date;
  productId?: string | null;
  candidateId?: string | null;
  connectionId?: string | null;
  /** Bought at this moment or later. */
  after?: Date | null;
  /** Bought before this moment. */
  before?: Date | null;
}

const columns = `f.unclaimed_id, f.connection_id, f.source, f.customer, f.unclaimed_reason, f.candidate_id,
  f.unclaimed_products, f.facts ->> 'boughtAt' as bought_at, f.facts -> 'state' ->> 'amount' as amount,
  f.facts -> 'items' as items,
  case when f.unclaimed_reason <> 'PERSON_REMOVED' then coalesce(
    (select u.email from stripe_customers u where u.connection_id = f.connection_id and u.customer = f.customer),
    f.facts -> 'buyer' ->> 'email') end as email`;

// An account that is not connected opens nothing, so nothing of it can be claimed.
const listed = `f.unclaimed_id is not null and exists (
  select 1 from stripe_connections c where c.id = f.connection_id and c.status <> 'DISCONNECTED')`;

export function findUnclaimedPage(
  db: Reader,
  filter: UnclaimedConditions,
  page: PageRequest,
): Promise<Page<UnclaimedRow>> {
  const list = { order: unclaimedOrder, columns, from: "stripe_facts f", ...where(filter) };
  return readPage(db, list, page, toRow);
}

export async function findUnclaimedById(
  db: Reader,
  filter: Pick<UnclaimedConditions, "mode" | "at">,
  ids: readonly string[],
): Promise<UnclaimedRow[]> {
  const { conditions, values } = where(filter);
  const rows = await db.rows<Record<string, unknown>>(
    `/* unclaimed.byId */ select ${columns} from stripe_facts f
     where ${conditions.join(" and ")} and f.unclaimed_id = any($${values.length + 1}::uuid[])`,
    [...values, [...ids]],
  );
  return rows.map(toRow);
}

export async function countUnclaimed(db: Reader, filter: Pick<UnclaimedConditions, "mode" | "at">): Promise<number> {
  const { conditions, values } = where(filter);
  const [row] = await db.rows<{ count: string }>(
    `/* unclaimed.count */ select count(*) as count from stripe_facts f where ${conditions.join(" and ")}`,
    values,
  );
  return Number(row?.count ?? 0);
}

/** Writes how these are listed, or that they are not. Whoever calls holds the locks of their customers. */
export async function writeUnclaimed(tx: Tx, held: readonly HeldSource[]): Promise<void> {
  if (held.length === 0) return;
  await tx.rows(
    `/* unclaimed.write */ update stripe_facts f set unclaimed_id = n.id, unclaimed_mode = n.mode,
       unclaimed_reason = n.reason, unclaimed_products = string_to_array(n.products, ' ')::uuid[],
       unclaimed_until = n.until, candidate_id = n.candidate
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::uuid[])
       as n (connection_id, source, id, mode, reason, products, until, candidate)
     where f.connection_id = n.connection_id and f.source = n.source`,
    [
      held.map(({ facts }) => facts.connectionId),
      held.map(({ facts }) => facts.source),
      held.map(({ unclaimed }) => unclaimed?.id ?? null),
      held.map(({ facts, unclaimed }) => (unclaimed ? facts.mode : null)),
      held.map(({ unclaimed }) => unclaimed?.reason ?? null),
      held.map(({ unclaimed }) => unclaimed?.productIds.join(" ") ?? null),
      held.map(({ unclaimed }) => unclaimed?.until ?? null),
      held.map(({ unclaimed }) => unclaimed?.candidateId ?? null),
    ],
  );
}

function where(filter: UnclaimedConditions): { conditions: string[]; values: unknown[] } {
  const values: unknown[] = [];
  const parameter = (value: unknown, cast: string) => `$${values.push(value)}::${cast}`;
  const conditions = [
    listed,
    `f.unclaimed_mode = ${parameter(filter.mode, "text")}`,
    `(f.unclaimed_until is null or f.unclaimed_until > ${parameter(filter.at, "timestamptz")})`,
  ];
  if (filter.productId) conditions.push(`f.unclaimed_products @> array[${parameter(filter.productId, "uuid")}]`);
  if (filter.candidateId) conditions.push(`f.candidate_id = ${parameter(filter.candidateId, "uuid")}`);
  if (filter.connectionId) conditions.push(`f.connection_id = ${parameter(filter.connectionId, "uuid")}`);
  if (filter.after) conditions.push(`f.unclaimed_id >= ${parameter(firstUuidAt(filter.after), "uuid")}`);
  if (filter.before) conditions.push(`f.unclaimed_id < ${parameter(firstUuidAt(filter.before), "uuid")}`);
  return { conditions, values };
}

function toRow(raw: Record<string, unknown>): UnclaimedRow {
  return {
    id: String(raw["unclaimed_id"]),
    connectionId: String(raw["connection_id"]),
    source: String(raw["source"]),
    customer: raw["customer"] as string | null,
    email: raw["email"] as string | null,
    reason: raw["unclaimed_reason"] as UnclaimedReason,
    candidateId: raw["candidate_id"] as string | null,
    productIds: raw["unclaimed_products"] as string[],
    boughtAt: new Date(String(raw["bought_at"])),
    amount: raw["amount"] === null ? null : Number(raw["amount"]),
    items: raw["items"] as UnclaimedRow["items"],
  };
}
