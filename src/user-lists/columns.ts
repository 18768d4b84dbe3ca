/** What a column of a list can be about. Everything else is metadata, under the column's own name. */
export type ListField =
  | "id"
  | "externalId"
  | "email"
  | "emailVerified"
  | "name"
  | "firstName"
  | "lastName"
  | "stripeCustomerId"
  | "products"
  | "accessEndsAt"
  | "metadata";

export interface ListColumn {
  meaning: string;
  /** What it may be called, as `headerKey` writes it. Of several columns for one field the name that comes first wins. */
  names: readonly string[];
}

export const listColumns: Record<ListField, ListColumn> = {
  id: {
    meaning:
      "Our id of the user (`usr_…`). Anything else is the external id, unless the list has a column for that: then the column is metadata.",
    names: ["id", "user id", "userid", "member id"],
  },
  externalId: {
    meaning: "Your own id for the person.",
    names: ["external id", "externalid", "external user id"],
  },
  email: {
    meaning: "The e-mail address. Compared without case.",
    names: ["email", "e mail", "email address", "e mail address", "mail", "user email", "member email"],
  },
  emailVerified: {
    meaning: "Whether you have verified the address in the same row: true or false, yes or no, 1 or 0.",
    names: ["email verified", "emailverified", "e mail verified", "email confirmed"],
  },
  name: {
    meaning: "What the person is called.",
    names: ["name", "full name", "fullname", "display name", "displayname"],
  },
  firstName: {
    meaning: "Together with the last name it is the name, if no column has that.",
    names: ["first name", "firstname", "given name", "forename"],
  },
  lastName: {
    meaning: "See the first name.",
    names: ["last name", "lastname", "surname", "family name"],
  },
  stripeCustomerId: {
    meaning:
      "The customer in Stripe that the person is (`cus_…`); of several accounts one each, separated by `|`, `;` or `,`.",
    names: [
      "stripe customer id",
      "stripecustomerid",
      "stripe customer ids",
      "stripe customer",
      "stripe id",
      "customer id",
      "customer",
    ],
  },
  products: {
    meaning: "Keys or ids of products that the person may open, separated by `|`, `;` or `,`.",
    names: ["products", "product", "product keys", "product key", "memberships", "membership"],
  },
  accessEndsAt: {
    meaning:
      "When access to the products ends: a day (through its end, in UTC) or a moment. Empty: never, or as it is. Without a column for products it is metadata.",
    names: [
      "access ends at",
      "accessendsat",
      "access ends",
      "access end",
      "ends at",
      "expires at",
      "expires",
      "expiry date",
      "expiry",
      "expiration date",
      "expiration",
      "valid until",
    ],
  },
  metadata: {
    meaning: "A JSON object. A column `metadata.x` is its key `x`.",
    names: ["metadata", "meta"],
  },
};

/** A header as it is compared: without case, and whatever stands between its words. */
export function headerKey(header: string): string {
  return header
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replace(/[\s_.-]+/g, " ")
    .trim()
    .toLowerCase();
}
