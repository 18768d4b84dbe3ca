import type { Desk } from "../pages/page";
import type { Simulator } from "../start-simulator";

export interface ListedAccount {
  /** Null for the first account, which every other key opens. */
  name: string | null;
  account: string;
  /** Its own pages and control room. */
  url: string;
}

/** All accounts of this simulated Stripe, the first one first, whichever of them is asked. */
export function listAccounts({ firstAccount, accounts }: Pick<Desk, "accounts" | "firstAccount">): ListedAccount[] {
  const others = [...accounts()].map(([name, account]) => describe(name, account));
  return [describe(null, firstAccount()), ...others];
}

function describe(name: string | null, { url, world }: Simulator): ListedAccount {
  return { name, account: world.shelves.account.inOrder[0]?.row.id ?? "", url };
}
