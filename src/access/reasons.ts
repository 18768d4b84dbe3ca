/** Why a decision is as it is. The list is closed; the first ones allow, the others deny. */
export const accessReasons = {
  PUBLIC: "Allowed: the product is open to everybody.",
  AUTHENTICATED: "Allowed: the product is open to every user.",
  SUBSCRIPTION: "Allowed by a subscription.",
  TRIAL: "Allowed by a trial.",
  GRACE_PERIOD: "Allowed for a while although a payment failed.",
  PURCHASE: "Allowed by a purchase.",
  MANUAL: "Allowed because somebody granted it.",
  GIFT: "Allowed by a gift.",
  NOT_AUTHENTICATED: "Denied: nobody is signed in.",
  NO_GRANT: "Denied: there never was a reason to allow it.",
  NOT_STARTED: "Denied: access begins later, at `startsAt`.",
  EXPIRED: "Denied: access came to its end.",
  CANCELLED: "Denied: the subscription was cancelled and is over.",
  PAYMENT_PENDING: "Denied: the payment has not arrived yet.",
  PAYMENT_FAILED: "Denied: the payment failed.",
  PAUSED: "Denied: the subscription is paused.",
  REFUNDED: "Denied: the purchase was refunded.",
  DISPUTED: "Denied: the payment is disputed.",
  REVOKED: "Denied: access was revoked.",
  PRODUCT_NOT_LIVE: "Denied: the product is a draft or archived.",
  UNKNOWN_USER: "Denied: there is no such user.",
  UNKNOWN_PRODUCT: "Denied: there is no such product or resource, or this caller may not see it.",
} as const;

export type AccessReason = keyof typeof accessReasons;

/** A grant allows for one of these reasons only; among those that last equally long, the first one decides. */
export const reasonRank: readonly AccessReason[] = [
  "PURCHASE",
  "SUBSCRIPTION",
  "TRIAL",
  "MANUAL",
  "GIFT",
  "GRACE_PERIOD",
];
