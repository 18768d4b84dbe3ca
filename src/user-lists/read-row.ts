import type { ListRecord } from "./list-types";
import { readCells } from "./read-cells";
import type { Column } from "./read-header";
import type { SaidUser } from "./read-listed-user";
import { readObject } from "./read-object";

/** What one record says, by the columns of its list; JSON has none. */
export function readRow(columns: readonly Column[], record: ListRecord): SaidUser | { fault: string } {
  switch (record.kind) {
    case "FAULT":
      return { fault: record.say };
    case "CELLS":
      return readCells(columns, record.cells);
    case "OBJECT":
      return readObject(record.object);
  }
}
