import { defineLoader } from "../graphql/define-loader";
import { createEntitlementToken } from "./create-entitlement-token";

type Key = Parameters<typeof createEntitlementToken>[1];
type Token = Awaited<ReturnType<typeof createEntitlementToken>>;

/** A token of a user and a lifetime: signed once for a request, however often it is asked. */
export const entitlementToken = defineLoader<Key, Token>(
  (ctx, keys) =>
    Promise.all(keys.map((key) => createEntitlementToken(ctx, key).catch((error: unknown) => error as Token))),
  ({ user, ttlSeconds }) => JSON.stringify([user ?? null, ttlSeconds ?? null]),
);
