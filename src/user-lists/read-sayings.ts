import { emailKeyOf } from "../users/email-key";
import type { ListedFields } from "./plan-fields";
import type { WantedGrant } from "./plan-list-grants";

/** What a row says of its person, by the name of what it is about. */
export function readSayings(row: ListedFields, grants: readonly WantedGrant[]): Map<string, string> {
  const said = new Map<string, string>();
  if (row.externalId !== undefined) said.set("externalId", row.externalId);
  if (row.email !== undefined) said.set("email", emailKeyOf(row.email));
  if (row.emailVerified !== undefined) said.set("emailVerified", String(row.emailVerified));
  if (row.name !== undefined) said.set("name", row.name);
  for (const [key, value] of Object.entries(row.metadata)) said.set(`metadata ${key}`, JSON.stringify(value));
  for (const { productId, endsAt } of grants) {
    said.set(`product ${productId}`, "");
    if (endsAt) said.set(`until ${productId}`, endsAt.toISOString());
  }
  return said;
}
