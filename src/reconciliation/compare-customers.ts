import type { CustomerSnapshot } from "../links/customer-snapshot";
import type { Difference } from "./compare-facts";

/** What differs of a customer. Their address is compared and never told. */
export function compareCustomers(held: CustomerSnapshot, said: CustomerSnapshot): Difference[] {
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
  if (held.email === said.email) return [];
  return [
    {
      what: "the customer's address",
      held: "another one",
      said: "that it changed",
      matters: "Where nothing surer is known, it decides whose a purchase is.",
    },
  ];
}
