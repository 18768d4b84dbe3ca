import { readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import type { ProductEntity } from "../products/product.entity";
import { checkRef } from "./check-access";

type Shown = Pick<ProductEntity, "showWhenLocked"> & { uuid: string };

/** Whether the caller sees the product in listings: all but those who may not open it see one with showWhenLocked false. */
export async function isShown(ctx: Context, { uuid: id, showWhenLocked }: Shown): Promise<boolean> {
  if (showWhenLocked || readsEverything(ctx)) return true;
  const { userId } = ctx.identity;
  const user = userId === null ? null : { id: userId, externalId: null };
  return (await checkRef(ctx, { product: { id, key: null }, user }, ctx.clock.now())).allowed;
}
