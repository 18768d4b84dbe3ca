import type { Step } from "./at-version";
import { without } from "./read-path";

/** Endive told why a subscription is paused, and can pause one ahead of time. */
export const beforeEndive: Step = {
  since: "2026-09-30",
  objects: { subscription: (object) => without(object, "status_details", "pause_schedules") },
};
