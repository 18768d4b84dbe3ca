import type { Db } from "../database/db";
import { deleteResource } from "./resources.store";

/** Forgets a piece of content. Answers whether there was one. */
export function removeResource(deps: { db: Db }, key: string): Promise<boolean> {
  return deps.db.transaction((tx) => deleteResource(tx, key));
}
