import { defineLoader, inOrder } from "../graphql/define-loader";
import { type UnclaimedRow, findUnclaimedById } from "./unclaimed.store";

export const unclaimedById = defineLoader<string, UnclaimedRow | null>(async (ctx, ids) => {
  const filter = { mode: ctx.identity.mode, at: ctx.clock.now() };
  return inOrder(ids, await findUnclaimedById(ctx.db, filter, ids), ({ id }) => id);
});
