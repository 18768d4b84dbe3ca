import { defineLoader, inOrder } from "../graphql/define-loader";
import type { UserEntity } from "./user.entity";
import { findUsersById } from "./users.store";

/** A user by our own id; null when there is none, or none any more. */
export const userById = defineLoader<string, UserEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findUsersById(ctx.db, ids), (user) => user.id),
);
