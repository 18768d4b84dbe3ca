import type { CustomerSnapshot } from "../links/customer-snapshot";
import type { Difference } from "./compare-facts";

/**
 * What differs of a customer. Their address and name are compared and never told; of one who was unlinked, or whose user was
 * removed, neither is kept.
 */
export function compareCustomers(
  held: CustomerSnapshot,
  said: CustomerSnapshot,
  { isForgotten }: { isForgotten: boolean },
): Difference[] {
  if (held.deleted !== said.deleted) {
    return [
      {
        what: "the customer",
        held: held.deleted ? "that it was deleted" : "that it is there",
        said: said.deleted ? "that it was deleted" : "that it is there",
        matters: "The link of a customer who is gone leads nowhere.",
      },
    ];
  }
  if (isForgotten) return [];
  return [
    ...another("address", held.email, said.email, "Where nothing surer is known, it decides whose a purchase is."),
    ...another("name", held.name, said.name, "A user who is made by a purchase is named by it."),
  ];
}

function another(what: string, held: string | null, said: string | null, matters: string): Difference[] {
  if (held === said) return [];
  return [{ what: `the customer's ${what}`, held: "another one", said: "that it changed", matters }];
}
