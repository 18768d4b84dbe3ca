import type Stripe from "stripe";
import { askStripe } from "../stripe/ask-stripe";

export interface Account {
  id: string;
  name: string | null;
}

/** Whose key it is. The name is what people know the account by. */
export async function findAccount(stripe: Stripe): Promise<Account> {
  const account = await askStripe(() => stripe.accounts.retrieveCurrent());
  const { business_profile: profile, settings, company } = account;
  return { id: account.id, name: profile?.name || settings?.dashboard?.display_name || company?.name || null };
}
