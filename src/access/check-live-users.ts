import type { Mode } from "../base/mode";
import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Reader } from "../database/db";
import { findLiveUsers } from "./merge-users.store";

/** Refuses what a test credential may not do: change or remove users who have anything live. */
export async function checkMayChange(db: Reader, mode: Mode, userIds: readonly string[], field: string): Promise<void> {
  if (mode === "LIVE") return;
  const live = await findLiveUsers(db, userIds);
  if (live.size === 0) return;
  throw new Refusal("FORBIDDEN", {
    say: "The user has something live. A test credential neither changes nor removes them; use a live key.",
    field,
    details: { users: [...live].map((id) => toPublicId("user", id)) },
  });
}
