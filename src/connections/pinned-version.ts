/** The version of Stripe's API that we read. A test holds it to the one that the official client speaks. */
export const PINNED_VERSION = "2026-10-28.endive";
