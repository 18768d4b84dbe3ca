/**
 * Every code that `extensions.code` of an error can hold, with its sentence for the caller. The list is closed: a code
 * that is not here cannot be thrown. The GraphQL enum and the page of errors in the docs are made from it.
 */
export const errorCodes = {
  UNAUTHENTICATED: "No credential was sent, or the one that was sent is wrong, expired or revoked.",
  FORBIDDEN: "The credential is good, but it may not do this. The answer is the same whether or not the object exists.",
  NOT_FOUND: "There is no such object, or this caller may not see it.",
  INVALID_INPUT: "The document, a variable or an input field is malformed; `field` names it where there is one.",
  CONFLICT: "The request contradicts the present state; read it again before trying once more.",
  LIMIT_EXCEEDED: "The request is larger than a limit allows; `details` names the limit.",
  RATE_LIMITED: "Too many requests; `details.retryAfterMs` says when to try again.",
  INTERNAL: "A mistake on our side. It is in our log under the request id in `details`.",
  UNAVAILABLE:
    "The database, or something else that we need, does not answer at the moment. Where nothing could be answered, the HTTP status is 503. Try again.",
  PERSISTED_QUERY_NOT_FOUND:
    "This server has not seen the document behind that hash yet; send the whole document once.",
  EMAIL_INVALID: "That is not an e-mail address.",
  EMAIL_TAKEN: "Another user has this e-mail address.",
  EXTERNAL_ID_TAKEN: "Another user has this external id.",
  KEY_TAKEN: "Another object has this key.",
  CYCLE: "A bundle cannot include itself, directly or through other bundles.",
  IDEMPOTENCY_MISMATCH: "This idempotency key or external reference was used before with other input.",
  URL_NOT_ALLOWED: "The address is not a web address, or not on the allow-list where one is required.",
  STRIPE_NOT_CONNECTED: "No Stripe account is connected in this mode; `connectStripe` mends it.",
  STRIPE_KEY_INVALID: "Stripe does not accept this key.",
  STRIPE_MODE_MISMATCH: "The object belongs to the other mode (live or test).",
  STRIPE_UNAVAILABLE: "Stripe does not answer, or limits us. Try again.",
  STRIPE_REFUSED: "Stripe refused the request; the message says why.",
  STRIPE_PRODUCT_NOT_FOUND: "The connected account has no such Stripe product.",
  STRIPE_PRODUCT_ALREADY_LINKED: "This Stripe product is linked to another product.",
  PRICE_NOT_OF_PRODUCT: "The price does not belong to the linked Stripe product.",
  NO_PRICE: "There is no price that could be sold.",
  PRICE_INACTIVE: "The price is archived in Stripe and can no longer be bought.",
  ACTIVE_SUBSCRIPTIONS: "There are active subscriptions; choose what happens to their holders.",
  NOT_LINKED: "The product is not linked to Stripe.",
  NOT_FOR_SALE: "The product cannot be bought.",
  CHECKOUT_DISABLED: "Checkout is switched off for this link.",
  PRODUCT_NOT_LIVE: "The product is a draft or archived.",
  ALREADY_HAS_ACCESS: "The user may open this product already.",
  NO_STRIPE_CUSTOMER: "The user has no Stripe customer yet.",
  CUSTOMER_NOT_FOUND: "The connected account has no such customer.",
  CUSTOMER_ALREADY_LINKED: "The customer belongs to another user.",
  AMBIGUOUS_CUSTOMER: "Several customers or users fit; `details` names them.",
  PORTAL_DISABLED: "The customer portal is switched off.",
  PORTAL_NOT_CONFIGURED:
    "The customer portal has no active configuration; `activateCustomerPortal` creates or chooses one.",
  PURCHASE_NOT_FOUND: "There is no such purchase.",
  PURCHASE_ALREADY_CLAIMED: "The purchase belongs to another user.",
  JOB_RUNNING: "A job of this kind is running for the same subject.",
  ACTION_NOT_ALLOWED: "The object does not allow this; the message says what to do instead.",
  TRIAL_USED: "The user has used up the trials of this product.",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Codes whose request may succeed unchanged when it is sent again later. */
export const retryableCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "UNAVAILABLE",
  "RATE_LIMITED",
  "STRIPE_UNAVAILABLE",
  "PERSISTED_QUERY_NOT_FOUND",
]);
