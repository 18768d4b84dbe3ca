import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { CustomerHolder, ListWorld } from "./list-plan";

export type CustomerWorld = Pick<ListWorld, "holders" | "noConnection">;

/** Which of the customers have still to be asked for. One that is somebody else's is never taken from them. */
export function planCustomers(userId: string | null, customers: readonly string[], world: CustomerWorld): string[] {
  const wanted = customers.filter((customer) => {
    const holder = world.holders.get(customer);
    if (holder === undefined) return true;
    if (holder.userId !== userId) throw taken(`${customer} belongs to ${nameOf(holder)}.`);
    return !holder.isActive;
  });
  if (wanted.length === 0) return wanted;
  if (world.noConnection) throw new Refusal(world.noConnection.code, { say: world.noConnection.message });
  if (wanted.length > 1)
    throw taken(`A row links one new customer of the account. Give each one a row of its own: ${wanted.join(", ")}.`);
  return wanted;
}

/** A user whom the list itself created has an id that the caller has not seen, and none in a dry run. */
function nameOf({ userId, isOfList }: CustomerHolder): string {
  return isOfList ? "a user of an earlier row" : `the user ${toPublicId("user", userId)}`;
}

function taken(say: string): Refusal {
  return new Refusal("CUSTOMER_ALREADY_LINKED", { say });
}
