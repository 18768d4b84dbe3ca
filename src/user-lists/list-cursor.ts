import type { ListForm } from "./list-types";

/** Where the import of a list stands. Before the first page it is null: then the list is looked through. */
export type ListCursor =
  | {
      phase: "ROWS";
      form: ListForm;
      /** Where the next row begins, in bytes. */
      at: number;
      /** How many rows came before. */
      row: number;
      /** Somebody stands in the list more than once. */
      hasRepeated: boolean;
      /** Some rows name customers who have still to be asked for. */
      hasCustomers: boolean;
    }
  | {
      phase: "CUSTOMERS";
      /** The last row whose customer was asked for. */
      after: number;
    };
