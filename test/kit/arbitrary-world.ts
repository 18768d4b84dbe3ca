import fc from "fast-check";
import { newUuid } from "../../src/base/ids";
import type { Mode } from "../../src/base/mode";
import type { Db } from "../../src/database/db";
import type { Grant } from "../../src/access/grant";
import { GrantEntity } from "../../src/access/grant.entity";
import { rebuildOpeners } from "../../src/products/includes.store";
import { type AccessMode, ProductEntity, type ProductStatus } from "../../src/products/product.entity";
import { ResourceEntity } from "../../src/resources/resource.entity";
import { NOON, arbitraryGrant } from "./arbitrary-access";

export const USERS = 3;
export const PRODUCTS = 4;

export interface WorldProduct {
  status: ProductStatus;
  accessMode: AccessMode;
  /** Only products that come before this one, so there is no circle. */
  includes: number[];
}

export interface WorldGrant {
  user: number;
  product: number;
  mode: Mode;
  life: Grant;
}

/** A small shop: products and bundles, users who hold this and that, and one piece of content. */
export interface World {
  products: WorldProduct[];
  grants: WorldGrant[];
  /** The products that open the piece of content. */
  guards: number[];
}

const productBelow = (index: number): fc.Arbitrary<WorldProduct> =>
  fc.record({
    status: fc.constantFrom("LIVE", "LIVE", "LIVE", "LIVE", "DRAFT", "ARCHIVED"),
    accessMode: fc.constantFrom("ENTITLED", "ENTITLED", "ENTITLED", "ENTITLED", "AUTHENTICATED", "PUBLIC"),
    includes: fc.subarray(Array.from({ length: index }, (_, below) => below)),
  });

/** A list gives a user one grant on a product that has not ended; the database keeps it so. */
const openListGrant = ({ user, product, mode, life }: WorldGrant): string | symbol =>
  life.source === "IMPORT" && life.endedAt === null ? `${user} ${product} ${mode}` : Symbol("any number of these");

export const world: fc.Arbitrary<World> = fc.record({
  products: fc.tuple(...Array.from({ length: PRODUCTS }, (_, index) => productBelow(index))),
  grants: fc.uniqueArray(
    fc.record({
      user: fc.nat(USERS - 1),
      product: fc.nat(PRODUCTS - 1),
      mode: fc.constantFrom<Mode>("TEST", "TEST", "LIVE"),
      life: arbitraryGrant(),
    }),
    { maxLength: 8, selector: openListGrant },
  ),
  guards: fc.subarray(Array.from({ length: PRODUCTS }, (_, index) => index)),
});

export const keyOf = (product: number): string => `p${product}`;
export const RESOURCE = "post:1";

/** Replaces the shop. The users stay: they are made once. */
export async function buildWorld(
  db: Db,
  { products, grants, guards }: World,
  userIds: readonly string[],
): Promise<void> {
  const ids = products.map(() => newUuid(NOON));
  const resource = newUuid(NOON);
  const made = { createdAt: NOON, updatedAt: NOON };
  await db.transaction(async (tx) => {
    for (const table of [
      "grants",
      "product_openers",
      "product_includes",
      "resource_products",
      "resources",
      "products",
    ]) {
      await tx.rows(`delete from ${table}`);
    }
    await tx.repository(ProductEntity).insert(
      products.map(({ status, accessMode }, index) => ({
        ...made,
        id: ids[index] ?? "",
        key: keyOf(index),
        name: keyOf(index),
        status,
        accessMode,
        purchaseMethod: "NONE" as const,
        tags: [],
        metadata: {},
      })),
    );
    const included = products.flatMap((product, index) => product.includes.map((below) => [ids[index], ids[below]]));
    await tx.rows(
      `insert into product_includes (bundle_id, product_id, position)
       select * from unnest($1::uuid[], $2::uuid[]) with ordinality`,
      [included.map(([bundle]) => bundle), included.map(([, product]) => product)],
    );
    await rebuildOpeners(tx);
    await tx.repository(ResourceEntity).insert({ id: resource, key: RESOURCE, tags: [], ...made });
    await tx.rows(
      `insert into resource_products (resource_id, product_id, position)
       select $1, id, place from unnest($2::uuid[]) with ordinality as guard (id, place)`,
      [resource, guards.map((guard) => ids[guard])],
    );
    const rows = grants.map(({ user, product, mode, life }) => ({
      ...made,
      ...life,
      id: newUuid(NOON),
      userId: userIds[user] ?? "",
      productId: ids[product] ?? "",
      mode,
      quantity: 1,
      cancelAtPeriodEnd: false,
    }));
    if (rows.length > 0) await tx.repository(GrantEntity).insert(rows);
  });
}

/** The law once more, written as plainly as it can be: what the server's answers are compared with. */
export function mayOpen(world: World, asked: { user: number; product: number; mode: Mode; at: Date }): boolean {
  const { user, product, mode, at } = asked;
  const wanted = world.products[product];
  if (wanted?.status !== "LIVE") return false;
  if (wanted.accessMode !== "ENTITLED") return true;
  return world.grants.some(
    (grant) =>
      grant.user === user &&
      grant.mode === mode &&
      world.products[grant.product]?.status === "LIVE" &&
      opens(world, grant.product, product) &&
      lives(grant.life, at),
  );
}

/** A bundle that is not live lets nothing through, also from a live bundle above it. */
function opens(world: World, bundle: number, product: number): boolean {
  if (bundle === product) return true;
  const { status, includes = [] } = world.products[bundle] ?? {};
  return status === "LIVE" && includes.some((below) => opens(world, below, product));
}

const ALLOWING = ["PURCHASE", "SUBSCRIPTION", "TRIAL", "MANUAL", "GIFT", "GRACE_PERIOD"];

function lives({ reason, startsAt, endsAt, closesAt, endedAt }: Grant, at: Date): boolean {
  const isOver = (end: Date | null) => end !== null && at.getTime() >= end.getTime();
  return (
    ALLOWING.includes(reason) && at.getTime() >= startsAt.getTime() && !isOver(closesAt ?? endsAt) && !isOver(endedAt)
  );
}
