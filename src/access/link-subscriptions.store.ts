import type { Reader } from "../database/db";

export interface LiveSubscriptions {
  linkId: string;
  subscriptions: number;
  /** Whoever pays for them, known to us or not. */
  people: number;
}

/** How many subscriptions are going on, in Stripe's words, for what each of the links covers. */
export function countLiveSubscriptions(db: Reader, linkIds: readonly string[]): Promise<LiveSubscriptions[]> {
  return db.rows<LiveSubscriptions>(
    `/* facts.liveOfLinks */ select l.id as "linkId", count(f.source)::int as subscriptions,
       count(distinct coalesce(f.owner_id::text, f.customer, f.source))::int as people
     from product_links l
     left join stripe_facts f on f.connection_id = l.connection_id and f.kind = 'SUBSCRIPTION'
       and f.stripe_products @> array[l.stripe_product]
       and f.facts -> 'state' ->> 'status' in ('active', 'trialing', 'past_due')
       and not (f.facts ->> 'ignored')::boolean
       and exists (
         select 1 from jsonb_array_elements(f.facts -> 'items') item
         where item ->> 'stripeProduct' = l.stripe_product
           and (l.price_ids = '{}' or item ->> 'price' = any(l.price_ids)))
     where l.id = any($1::uuid[]) group by l.id`,
    [[...linkIds]],
  );
}
