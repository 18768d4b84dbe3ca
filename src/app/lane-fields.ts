/**
 * The queries that may take the lane in front of the pipeline. Each reads rows of our own, changes nothing, and costs
 * little to be asked twice; whatever asks Stripe or makes something stays out.
 */
export const laneFields: ReadonlySet<string> = new Set([
  "access",
  "accessMany",
  "resourceAccess",
  "product",
  "products",
  "user",
  "users",
  "me",
  "viewer",
]);
