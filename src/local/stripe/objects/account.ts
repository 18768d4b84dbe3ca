import type Stripe from "stripe";
import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { missing } from "../refuse";
import type { Rendered, Stored } from "../stored";

/** The one account that a simulated Stripe is. It is there from the beginning and cannot be changed. */
export type AccountRow = Stored<Stripe.Account>;

export const account: Kind<"account"> = {
  prefix: "acct",
  idLength: 24,
  routes: [
    route("GET", "/v1/account", {}, ({ draft }) => own(draft)),
    route("GET", "/v1/accounts/:id", {}, ({ draft, ids }): Rendered => {
      const mine = own(draft);
      if (mine["id"] !== ids.id) throw missing("account", ids.id);
      return mine;
    }),
  ],
};

function own(draft: Draft): Rendered {
  const [row] = draft.rows("account");
  if (!row) throw new Error("the world was not begun: it has no account");
  return draft.render(row);
}

export function beginAccount(draft: Draft): void {
  draft.put<AccountRow>({
    id: draft.newId("account").slice(0, 21),
    object: "account",
    business_profile: {
      annual_revenue: null,
      estimated_worker_count: null,
      mcc: "5734",
      minority_owned_business_designation: null,
      name: "Simulated shop",
      product_description: null,
      specified_commercial_transactions_act_url: null,
      support_address: null,
      support_email: null,
      support_phone: null,
      support_url: null,
      url: "https://shop.example",
    },
    business_type: "company",
    capabilities: { card_payments: "active", transfers: "active" },
    charges_enabled: true,
    country: "US",
    created: draft.now,
    default_currency: "usd",
    details_submitted: true,
    email: "owner@shop.example",
    metadata: {},
    payouts_enabled: true,
    type: "standard",
  });
}
