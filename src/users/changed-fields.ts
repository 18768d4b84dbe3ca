import type { UserEntity } from "./user.entity";

const told = ["externalId", "email", "emailVerified", "name", "metadata"] as const;

/** The fields that differ, by the names that callers know. */
export function changedFields(before: UserEntity, after: UserEntity): string[] {
  return told.filter((name) => saidOf(before, name) !== saidOf(after, name));
}

function saidOf(user: UserEntity, name: (typeof told)[number]): string {
  const { emailVerifiedLive, emailVerifiedTest } = user;
  return JSON.stringify(name === "emailVerified" ? [emailVerifiedLive, emailVerifiedTest] : user[name]);
}
