import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";

/** A link to a Stripe product of an account that was disconnected. */
export interface InactiveLink {
  /** The key of the linked product. */
  product: string;
  stripeProduct: string;
  account: string;
}

export interface ShopFacts {
  hasProduct: boolean;
  /** A product is linked in an account that is connected. */
  hasLink: boolean;
  /** Links of live products that have no other link in a connected account. */
  inactiveLinks: InactiveLink[];
  /** Connections in whose account somebody has a subscription that goes on, so that events are to be expected. */
  sellingConnections: string[];
}

const ACTIVE_LINK = `select 1 from product_links a join stripe_connections ac on ac.id = a.connection_id
         where ac.mode = $1 and ac.status <> 'DISCONNECTED' and a.state = 'ACTIVE'`;

export async function findShopFacts(db: Reader, mode: Mode): Promise<ShopFacts> {
  const [row] = await db.rows<ShopFacts>(
    `/* setup.shop */ select
       exists (select 1 from products where status = 'LIVE') as "hasProduct",
       exists (${ACTIVE_LINK}) as "hasLink",
       coalesce((select json_agg(
           json_build_object('product', p.key, 'stripeProduct', l.stripe_product, 'account', c.account)
           order by p.key, l.id)
         from product_links l join stripe_connections c on c.id = l.connection_id join products p on p.id = l.product_id
         where c.mode = $1 and c.status = 'DISCONNECTED' and l.state = 'ACTIVE' and p.status = 'LIVE'
           and not exists (${ACTIVE_LINK} and a.product_id = p.id)), '[]') as "inactiveLinks",
       array(select c.id from stripe_connections c where c.mode = $1 and exists (
         select 1 from grants g where g.connection_id = c.id and g.ended_at is null and g.stripe_object like 'sub%'
       )) as "sellingConnections"`,
    [mode],
  );
  return row ?? { hasProduct: false, hasLink: false, inactiveLinks: [], sellingConnections: [] };
}
