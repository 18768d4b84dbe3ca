import type { Draft } from "./draft";
import { isTable, kindOf } from "./kind";

/** The address in the API where an object of this table is retrieved, or an empty text when there is none. */
export function findPath(draft: Draft, table: string, id: string): string {
  if (!isTable(draft.kinds, table)) return "";
  const single = kindOf(draft.kinds, table).routes.find(
    ({ method, path }) => method === "GET" && path.endsWith("/:id"),
  );
  return single ? single.path.replace(":id", id) : "";
}
