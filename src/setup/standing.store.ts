import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";

export interface LinkStanding {
  linkId: string;
  /** The key of the product of ours. */
  product: string;
  stripeProduct: string;
  /** How the Stripe product was when it was last seen; null: it never was. */
  catalogue: "THERE" | "ARCHIVED" | "DELETED" | null;
  /** How its latest import stands, and why it failed; null: there was none. */
  importStatus: string | null;
  importError: string | null;
}

/** The links that open something, with what became of the import of each. */
export function findLinkStandings(db: Reader, mode: Mode): Promise<LinkStanding[]> {
  return db.rows(
    `/* standing.links */ select l.id as "linkId", p.key as product, l.stripe_product as "stripeProduct",
       case when s.deleted then 'DELETED' when not s.active then 'ARCHIVED' when s.id is not null then 'THERE' end as catalogue,
       j.status as "importStatus", j.error as "importError"
     from product_links l
     join stripe_connections c on c.id = l.connection_id and c.mode = $1 and c.status <> 'DISCONNECTED'
     join products p on p.id = l.product_id
     left join stripe_products s on s.connection_id = l.connection_id and s.id = l.stripe_product
     left join lateral (
       select status, error from jobs
       where kind = 'LINK_IMPORT' and subject = l.id::text and not dry_run order by id desc limit 1) j on true
     where l.state = 'ACTIVE' order by p.key, l.id`,
    [mode],
  );
}

export interface StillJob {
  id: string;
  kind: string;
  mode: Mode;
  /** Since when somebody should have gone on with it. */
  dueAt: Date;
  /** What it waits for, or what went wrong the last time. */
  error: string | null;
  isDue: boolean;
}

/** Jobs that nobody goes on with although they are due, and those that wait or fail again and again. */
export function findStillJobs(db: Reader, dueForMs: number): Promise<StillJob[]> {
  return db.rows(
    `/* standing.jobs */ select id, kind, mode, next_try_at as "dueAt", error,
       next_try_at < now() - $1 * interval '1 millisecond' as "isDue"
     from jobs where status in ('QUEUED', 'RUNNING') and (claimed_until is null or claimed_until < now())
       and (next_try_at < now() - $1 * interval '1 millisecond' or waits + attempts >= 3)
     order by next_try_at limit 20`,
    [dueForMs],
  );
}
