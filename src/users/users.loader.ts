import { defineLoader, inOrder } from "../graphql/define-loader";
import { emailKeyOf } from "./email-key";
import type { UserEntity } from "./user.entity";
import { findExternalIds, findUsersByEmailKeys, findUsersByExternalId, findUsersById } from "./users.store";

/** A user by our own id; null when there is none, or none any more. */
export const userById = defineLoader<string, UserEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findUsersById(ctx.db, ids), (user) => user.id),
);

export const userByExternalId = defineLoader<string, UserEntity | null>(async (ctx, externalIds) =>
  inOrder(externalIds, await findUsersByExternalId(ctx.db, externalIds), (user) => user.externalId ?? ""),
);

/** The caller's own id of a user, for access checks. */
export const externalIdOf = defineLoader<string, string | null>(async (ctx, ids) => {
  const found = new Map((await findExternalIds(ctx.db, ids)).map(({ id, externalId }) => [id, externalId]));
  return ids.map((id) => found.get(id) ?? null);
});

/** A user by e-mail address, in any case. */
export const userByEmail = defineLoader<string, UserEntity | null>(async (ctx, emails) => {
  const keys = emails.map(emailKeyOf);
  return inOrder(keys, await findUsersByEmailKeys(ctx.db, keys), (user) => user.emailKey ?? "");
}, emailKeyOf);
