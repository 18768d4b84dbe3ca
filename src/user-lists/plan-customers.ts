import { Refusal } from "../base/refusal";
import type { ListWorld } from "./list-plan";

export type CustomerWorld = Pick<ListWorld, "holders" | "noConnection">;

/** Which of the customers have still to be asked for. One that is somebody else's is never taken from them. */
export function planCustomers(userId: string | null, customers: readonly string[], world: CustomerWorld): string[] {
  const wanted = customers.filter((customer) => {
    const holder = world.holders.get(customer);
    if (holder === undefined) return true;
    if (holder.userId !== userId) throw taken("This customer belongs to another user.");
    return !holder.isActive;
  });
  if (wanted.length === 0) return wanted;
  if (world.noConnection) throw new Refusal(world.noConnection.code, { say: world.noConnection.message });
  if (wanted.length > 1)
    throw taken("A row links one new customer of the account. Give each other one a row of its own.");
  return wanted;
}

function taken(say: string): Refusal {
  return new Refusal("CUSTOMER_ALREADY_LINKED", { say });
}
