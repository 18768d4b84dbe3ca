import { type Concern, questionOf } from "../access/ask-owner";
import type { HeldSource } from "../access/facts.store";
import { addressOf, loadOwnerWorld } from "../access/load-owner-world";
import { concernOf, loadRules } from "../access/load-plans";
import { toPublicId } from "../base/ids";
import type { Tx } from "../database/db";
import { findActiveLinks } from "../links/customer-links.store";
import { findCustomersOfAddress } from "../links/customers.store";
import { type UnclaimedReason, decideOwner } from "../links/decide-owner";
import { findNotesAfter, writeNotes } from "../work/notes.store";

/** Why a purchase of a page has no owner, with everybody who has something to do with it. */
export interface Nobodys {
  reason: UnclaimedReason;
  /** Users whom it may belong to, by their public ids. */
  candidates: readonly string[];
  /** Other customers of the same address that belong to nobody. */
  otherCustomers: readonly string[];
}

/** The kind of notes about customers whose address is not surely somebody's. */
function unsureOf(key: string): string {
  return `UNSURE ${key}`;
}

const CUSTOMERS_MAX = 20;

/** Explains the purchases of a page that have no owner once it is applied, by source. */
export async function findNobodys(
  tx: Tx,
  job: { id: string; dryRun: boolean },
  held: readonly HeldSource[],
  now: Date,
): Promise<{ nobodys: Map<string, Nobodys>; unsure: UnsureCustomer[] }> {
  const unowned = held.filter(({ ownerId }) => ownerId === null);
  const nobodys = new Map<string, Nobodys>();
  const unsure: UnsureCustomer[] = [];
  if (unowned.length === 0) return { nobodys, unsure };
  const rules = await loadRules(tx, unowned);
  const world = await loadOwnerWorld(tx, unowned);
  for (const each of unowned) {
    const concern: Concern = concernOf(each, rules, now);
    const owner = decideOwner(questionOf(concern, world));
    if (owner.by !== null) continue;
    const { reason, candidates } = owner;
    const { customer, connectionId, source } = each.facts;
    const key = isUnsure(reason) ? (addressOf(each.facts, world)?.key ?? null) : null;
    const shown = key === null ? [] : await findUnsure(tx, job, { connectionId, key });
    if (key !== null && customer !== null) unsure.push({ key, customer });
    nobodys.set(source, {
      reason,
      candidates: candidates.map((id) => toPublicId("user", id)),
      otherCustomers: shown.filter((other) => other !== customer),
    });
  }
  return { nobodys, unsure };
}

function isUnsure(reason: UnclaimedReason): boolean {
  return reason === "UNVERIFIED_CANDIDATE" || reason === "AMBIGUOUS";
}

export interface UnsureCustomer {
  key: string;
  customer: string;
}

/** Customers of an address that belong to nobody: those that are held, and those of earlier pages of a dry run. */
async function findUnsure(
  tx: Tx,
  job: { id: string; dryRun: boolean },
  { connectionId, key }: { connectionId: string; key: string },
): Promise<string[]> {
  const held = await findCustomersOfAddress(tx, { connectionId, key, limit: CUSTOMERS_MAX });
  const noted = job.dryRun ? await findNotesAfter(tx, job.id, unsureOf(key), { after: "", limit: CUSTOMERS_MAX }) : [];
  const all = [...new Set([...held, ...noted.map(({ subject }) => subject)])];
  const keys = all.map((customer) => ({ connectionId, customer }));
  const linked = new Set((await findActiveLinks(tx, keys)).map(({ customer }) => customer));
  return all.filter((customer) => !linked.has(customer)).sort();
}

/** Keeps them for later pages of a dry run. */
export function noteUnsure(tx: Tx, jobId: string, unsure: readonly UnsureCustomer[]): Promise<void> {
  return writeNotes(
    tx,
    jobId,
    unsure.map(({ key, customer }) => ({ kind: unsureOf(key), subject: customer, value: null })),
  );
}
