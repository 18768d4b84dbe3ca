import type { Context } from "../graphql/context";
import type { AccessMode, ProductStatus } from "../products/product.entity";
import type { UserRef } from "../users/read-user-ref";
import { counted, hideUnseen } from "./check-access";
import { type Decision, decide } from "../access/decide";
import { findOpening } from "./opening-grants.store";

export interface ListedProduct {
  uuid: string;
  status: ProductStatus;
  accessMode: AccessMode;
}

/**
 * One user's decisions for the products of a list, whose rows are known already: what is left to ask is the user's own
 * grants, once for the whole list. The decisions are those of `checkRef`.
 */
export async function checkList(ctx: Context, products: readonly ListedProduct[], user: UserRef): Promise<Decision[]> {
  const at = ctx.clock.now();
  const ids = products.map((product) => product.uuid);
  const opening = await findOpening(ctx.db, ctx.identity.mode, user, ids);
  return products.map(({ uuid, status, accessMode }) => {
    const question = {
      product: { id: uuid, status, accessMode },
      subject: opening ? ("KNOWN" as const) : ("UNKNOWN" as const),
      grants: opening?.get(uuid) ?? [],
    };
    return counted(ctx, decide({ ...hideUnseen(ctx, question), at }));
  });
}
