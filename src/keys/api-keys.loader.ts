import { defineLoader, inOrder } from "../graphql/define-loader";
import type { ApiKeyEntity } from "./api-key.entity";
import { findKeysById } from "./api-keys.store";

/** A key of the credential's mode by its id. */
export const apiKeyById = defineLoader<string, ApiKeyEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findKeysById(ctx.db, ctx.identity.mode, ids), (key) => key.id),
);
