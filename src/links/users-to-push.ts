import type { UserEntity } from "../users/user.entity";
import type { UsersToPush } from "./customer-links.store";

type Said = Pick<UserEntity, "id" | "email" | "name">;

/** Pure: whose address or name has changed and is to be written to Stripe. What was cleared is not. */
export function usersToPush(changes: readonly { before: Said | null; after: Said }[]): UsersToPush {
  const whose = (field: keyof UsersToPush): string[] =>
    changes
      .filter(({ before, after }) => before !== null && after[field] !== null && before[field] !== after[field])
      .map(({ after }) => after.id);
  return { email: whose("email"), name: whose("name") };
}
