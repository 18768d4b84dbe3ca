import type { Draft } from "../draft";
import { findPath } from "../find-path";
import type { Rendered } from "../stored";
import type { Tables } from "../tables";

/** The short form: it names the object and does not show it. Its time is text, and its id another one than its twin's. */
export function thinEvent(draft: Draft, event: Tables["event"]): Rendered {
  const { id, object: type } = event.data.object;
  const related =
    typeof id === "string" && typeof type === "string" ? { id, type, url: findPath(draft, type, id) } : null;
  return {
    id: event.id.replace(/^evt_/, "evt_test_"),
    object: "v2.core.event",
    type: `v1.${event.type}`,
    created: new Date(event.created * 1000).toISOString(),
    livemode: false,
    snapshot_event: event.id,
    related_object: related,
  };
}
