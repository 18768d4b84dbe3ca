import type { Desk } from "../pages/page";
import type { Simulator } from "../start-simulator";

export interface ListedAccount {
  /** Null for the first account, which every other key opens. */
  name: string | null;
  account: string;
  /** Its own pages and control room. */
  url: string;
}

export function listAccounts({ simulator, accounts }: Pick<Desk, "accounts" | "simulator">): ListedAccount[] {
  const others = [...accounts()].map(([name, account]) => describe(name, account));
  return [describe(null, simulator), ...others];
}

function describe(name: string | null, { url, world }: Simulator): ListedAccount {
  return { name, account: world.shelves.account.inOrder[0]?.row.id ?? "", url };
}
