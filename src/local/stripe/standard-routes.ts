import { type Route, route } from "./kind";
import { missing } from "./refuse";
import type { Rendered } from "./stored";
import type { TableName } from "./tables";

/** `GET /v1/things/:id`. */
export function retrieves(table: TableName, path: `${string}/:id`): Route {
  return route("GET", path, {}, ({ draft, ids }) => {
    const row = draft.find(table, ids.id);
    if (row) return draft.render(row);
    const { remembersDeleted } = draft.kinds[table];
    if (remembersDeleted && draft.isDeleted(table, ids.id)) return { id: ids.id, object: table, deleted: true };
    throw missing(table, ids.id);
  });
}

/** `DELETE /v1/things/:id`. With an event name, the event carries the object as it last was. */
export function deletes(
  table: TableName,
  path: `${string}/:id`,
  event?: "customer.deleted" | "product.deleted" | "test_helpers.test_clock.deleted",
): Route {
  return route("DELETE", path, {}, ({ draft, ids }): Rendered => {
    const last = draft.render(draft.get(table, ids.id));
    const gone = draft.remove(table, ids.id);
    if (event) draft.emit(event, last);
    return { ...gone };
  });
}
