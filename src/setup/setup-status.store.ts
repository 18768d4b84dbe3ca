import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";

export interface ShopFacts {
  hasProduct: boolean;
  hasLink: boolean;
  /** Connections in whose account somebody has a subscription that goes on, so that events are to be expected. */
  sellingConnections: string[];
}

export async function findShopFacts(db: Reader, mode: Mode): Promise<ShopFacts> {
  const [row] = await db.rows<ShopFacts>(
    `/* setup.shop */ select
       exists (select 1 from products where status = 'LIVE') as "hasProduct",
       exists (select 1 from product_links l join stripe_connections c on c.id = l.connection_id
               where c.mode = $1 and l.state = 'ACTIVE') as "hasLink",
       array(select c.id from stripe_connections c where c.mode = $1 and exists (
         select 1 from grants g where g.connection_id = c.id and g.ended_at is null and g.stripe_object like 'sub%'
       )) as "sellingConnections"`,
    [mode],
  );
  return row ?? { hasProduct: false, hasLink: false, sellingConnections: [] };
}
