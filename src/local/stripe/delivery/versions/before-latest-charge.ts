import type { Rendered } from "../../stored";
import type { Step } from "./at-version";
import type { Lookup } from "./look-up";
import { without } from "./read-path";

/** 2022-11-15 left only the id of the last charge in a payment intent, and took the refunds out of a charge. */
export const beforeLatestCharge: Step = {
  since: "2022-11-15",
  objects: {
    payment_intent: (intent, look) => {
      const id = String(intent["id"]);
      return {
        ...without(intent, "latest_charge"),
        charges: list(look.charges(id), `/v1/charges?payment_intent=${id}`),
      };
    },
    charge: withRefunds,
  },
};

function withRefunds(charge: Rendered, look: Lookup): Rendered {
  const id = String(charge["id"]);
  return { ...charge, refunds: list(look.refunds(id), `/v1/charges/${id}/refunds`) };
}

function list(data: Rendered[], url: string): Rendered {
  return { object: "list", data, has_more: false, total_count: data.length, url };
}
