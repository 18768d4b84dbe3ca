/** Ids of Stripe objects that an event or an object names. */
export interface NamedIds {
  customer?: string;
  customerAccount?: string;
  subscription?: string;
  invoice?: string;
  payment?: string;
  charge?: string;
  session?: string;
  product?: string;
  price?: string;
}

type Kind = keyof NamedIds;

/** What an object itself is, by its `object`. */
const kindOfObject: ReadonlyMap<string, Kind> = new Map([
  ["customer", "customer"],
  ["subscription", "subscription"],
  ["invoice", "invoice"],
  ["payment_intent", "payment"],
  ["charge", "charge"],
  ["checkout.session", "session"],
  ["product", "product"],
  ["price", "price"],
]);

/**
 * Where an object names another one: the present place first, then where older versions of the API had it. An event keeps
 * the shape of the endpoint's version, or of the version at which it was made.
 */
const places: Readonly<Record<Kind, readonly string[]>> = {
  customer: ["customer"],
  customerAccount: ["customer_account"],
  subscription: [
    "parent.subscription_details.subscription",
    "subscription_details.subscription",
    "subscription",
    "released_subscription",
  ],
  invoice: ["invoice"],
  payment: ["payment.payment_intent", "payment_intent"],
  charge: ["payment.charge", "charge"],
  session: ["checkout_session"],
  product: ["product"],
  price: [],
};

// Not every id has a prefix: products and customers may have one of the seller's choice.
const ID = /^[\x21-\x7e]{1,255}$/;

/** Pure: every object that this one names, itself included. */
export function namedIdsOf(object: Record<string, unknown>): NamedIds {
  const ids: NamedIds = {};
  for (const [kind, paths] of Object.entries(places) as [Kind, readonly string[]][]) {
    for (const path of paths) {
      const id = idAt(object, path);
      if (id !== null) {
        ids[kind] = id;
        break;
      }
    }
  }
  const own = typeof object["object"] === "string" ? kindOfObject.get(object["object"]) : undefined;
  const id = asId(object["id"]);
  if (own && id) ids[own] = id;
  return ids;
}

/** A thin event names the one object and its kind. */
export function namedIdsOfRelated(type: string | null, id: string | null): NamedIds {
  return type && id ? namedIdsOf({ object: type, id }) : {};
}

/** The id at a path, also where the object was expanded in its place. */
function idAt(object: Record<string, unknown>, path: string): string | null {
  let value: unknown = object;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Record<string, unknown>)[name];
  }
  if (typeof value === "object" && value !== null && Object.hasOwn(value, "id")) {
    return asId((value as { id: unknown }).id);
  }
  return asId(value);
}

function asId(value: unknown): string | null {
  return typeof value === "string" && ID.test(value) ? value : null;
}
