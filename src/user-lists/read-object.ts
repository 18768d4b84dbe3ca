import { readPublicIdOf } from "../base/ids";
import type { SaidUser } from "./read-listed-user";

const names = new Set([
  "id",
  "externalId",
  "email",
  "emailVerified",
  "name",
  "stripeCustomerId",
  "stripeCustomerIds",
  "products",
  "accessEndsAt",
  "metadata",
  // What our exports say beside what can be brought back.
  "createdAt",
  "lastSeenAt",
]);

/** What a row of JSON says. What it has no name for is a mistake; null says nothing. */
export function readObject(object: Record<string, unknown>): SaidUser | { fault: string } {
  const strange = Object.keys(object).find((name) => !names.has(name));
  if (strange !== undefined)
    return { fault: `The row has ${JSON.stringify(strange.slice(0, 50))}, which no user has.` };
  const { id, externalId, email, emailVerified, name, accessEndsAt, metadata } = object;
  const { stripeCustomerId, stripeCustomerIds, products } = object;
  const texts = { id, externalId, email, name, accessEndsAt };
  const wrong = Object.entries(texts).find(([, value]) => !isAbsent(value) && typeof value !== "string");
  if (wrong) return { fault: `${wrong[0]} is not a text.` };
  if (typeof id === "string" && readPublicIdOf("user", id) === null) return { fault: "id is not an id of ours." };
  if (!isAbsent(emailVerified) && typeof emailVerified !== "boolean")
    return { fault: "emailVerified is not a boolean." };
  if (!isAbsent(stripeCustomerId) && typeof stripeCustomerId !== "string")
    return { fault: "stripeCustomerId is not a text." };
  const lists = Object.entries({ products, stripeCustomerIds }).find(([, list]) => !isAbsent(list) && !isTexts(list));
  if (lists) return { fault: `${lists[0]} is not a list of texts.` };
  return {
    ...(Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, value ?? undefined])) as Texts),
    hasOwnIds: true,
    emailVerified: emailVerified ?? undefined,
    customers: [...((stripeCustomerIds ?? []) as string[]), ...(isAbsent(stripeCustomerId) ? [] : [stripeCustomerId])],
    products: (products ?? []) as string[],
    metadata: metadata ?? undefined,
    moreMetadata: [],
  };
}

type Texts = Record<"id" | "externalId" | "email" | "name" | "stripeCustomerId" | "accessEndsAt", string | undefined>;

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
