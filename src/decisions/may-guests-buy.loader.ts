import { findPolicy } from "../access/policy.store";
import type { Mode } from "../base/mode";
import { defineLoader } from "../graphql/define-loader";

/** Whether the policy of a mode lets people buy whom nobody knows: their purchase has to create a user. */
export const mayGuestsBuy = defineLoader<Mode, boolean>((ctx, modes) =>
  Promise.all(modes.map(async (mode) => (await findPolicy(ctx.db, mode)).autoCreateUsers === "ON_PURCHASE")),
);
