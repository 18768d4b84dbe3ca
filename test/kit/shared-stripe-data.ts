import { resolve } from "node:path";

/**
 * The folder of Stripe data that others published. It is not part of this project, so tests that need it are skipped
 * without it. `TEST_STRIPE_DATA` names another place.
 */
export const sharedStripeData = process.env["TEST_STRIPE_DATA"] ?? resolve(__dirname, "../../../shared/stripe");
