import { type Draft, timeFor } from "../draft";

/** When something is due that comes some time from now, and by whose clock: that of the customer, if it has one. */
export function clockOf(
  draft: Draft,
  { customer }: { customer: string | null },
  laterS = 0,
): { at: number; clock: string | null } {
  const { at, clock } = timeFor(draft, customer);
  return { at: at + laterS, clock };
}
