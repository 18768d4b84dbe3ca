/** What the journal can say, with the sentence that callers read in the schema. The list is closed. */
export const activityTypes = {
  PRODUCT_PURCHASED: "Somebody bought a product, once or as a subscription.",
  SUBSCRIPTION_STARTED: "A subscription began.",
  SUBSCRIPTION_CANCELLED: "A cancellation was made; access may go on until the end of the period.",
  SUBSCRIPTION_RENEWED: "A subscription was renewed.",
  SUBSCRIPTION_RESUMED: "A paused or cancelled subscription goes on.",
  SUBSCRIPTION_ENDED: "A subscription is over.",
  SUBSCRIPTION_CHANGED: "The plan, the quantity or the period of a subscription changed.",
  PAYMENT_PENDING: "A payment was begun and has not arrived.",
  PAYMENT_FAILED: "A payment failed, or an invoice was not paid by its due date.",
  PURCHASE_REFUNDED: "A purchase was refunded, in full or in part.",
  DISPUTE_OPENED: "A buyer disputes a payment.",
  DISPUTE_CLOSED: "A dispute was decided.",
  ACCESS_STARTED:
    "A user may open a product from now on, and could not before. Not written where another grant, or one of a live bundle, had opened it.",
  ACCESS_ENDED:
    "A user may no longer open a product: no grant of it or of a live bundle keeps it open. Products that a user has through a bundle alone have no line of their own.",
  ACCESS_GRANTED: "Somebody granted access by hand or by a server.",
  ACCESS_REVOKED: "Somebody revoked access that had been granted.",
  USER_CREATED: "A user was made.",
  USER_UPDATED: "A user was changed.",
  USER_DELETED: "A user was removed; the lines about them stay, without the person.",
  USER_IMPORTED: "A user came in by an import.",
  CUSTOMER_LINKED: "A user was linked to a Stripe customer.",
  CUSTOMER_UNLINKED: "A user is no longer linked to a Stripe customer.",
  PRODUCT_LINKED: "A product was linked to a Stripe product.",
  PRODUCT_UNLINKED: "A product is no longer linked to a Stripe product.",
  STRIPE_CONNECTED: "A Stripe account was connected.",
  STRIPE_DISCONNECTED: "A Stripe account was disconnected.",
  RECONCILED: "What we hold was compared with Stripe.",
  CUSTOM: "A line that a caller wrote, or a rare one of ours, such as `access.ending`; `customType` names it.",
} as const;

export type ActivityType = keyof typeof activityTypes;

export const actors = {
  CUSTOMER: "The person themselves.",
  ADMIN: "Somebody with a server key, or an administrator in Stripe.",
  SYSTEM: "Latchkey itself.",
  STRIPE: "Stripe, by its own rules.",
} as const;

export type Actor = keyof typeof actors;

/** Where we learned of what a line says, each with what callers read about it. */
export const origins = {
  WEBHOOK: "An event of Stripe.",
  IMPORT: "An import, of a list or when a product was linked.",
  RECONCILIATION: "A comparison with Stripe.",
  API: "A call of this API or of the command line.",
  CLOCK: "A moment that was known in advance, such as an end.",
};

export type Origin = keyof typeof origins;

/** The name of the CUSTOM line about a purchase that has no owner. */
export const UNCLAIMED = "purchase.unclaimed";

/** The names of CUSTOM lines that are ours, with the sentence about each. Callers cannot write lines of these names. */
export const ownCustomTypes = {
  "access.ending": "Access ends soon.",
  "customer.push-failed": "A change of a user could not be written to their Stripe customer.",
  "product.push-failed": "A new name of a product could not be written to its Stripe product.",
  "policy.updated": "The access policy was changed.",
  "purchase.claimed": "A purchase was given to a user by hand.",
  "purchase.duplicate": "A user pays for the same product twice.",
  [UNCLAIMED]: "A purchase has no owner.",
  "refund.failed": "A refund failed or was cancelled.",
} as const;

export type OwnCustomType = keyof typeof ownCustomTypes;
