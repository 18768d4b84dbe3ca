import { Refusal } from "../base/refusal";
import type { Arrival, ReceivingConnection, Receipt } from "../stripe/receive-event";
import { type Route, jsonAnswer } from "./route";

export interface WebhookDoor {
  find(publicId: string): Promise<ReceivingConnection | null>;
  receive(connection: ReceivingConnection, arrival: Arrival): Promise<Receipt>;
}

// Stripe's own events stay far below; what is larger is none of them.
const BODY_BYTES_MAX = 4_000_000;

/**
 * Where Stripe tells us things. 200 says that it is written down, so what goes wrong on our side is a failure, and Stripe
 * sends it again. No parser comes before the signature: it is over the bytes.
 */
export function stripeWebhookRoute(door: WebhookDoor): Route {
  return {
    path: "/stripe/webhook/:connection",
    methods: ["POST"],
    quiet: true,
    answer: async ({ params, headers, readBody }) => {
      const connection = await door.find(params["connection"] ?? "");
      if (!connection) throw new Refusal("NOT_FOUND", { say: "There is nothing at this address." });
      const header = headers["stripe-signature"];
      const signature = Array.isArray(header) ? header.join(",") : header;
      const receipt = await door.receive(connection, { body: await readBody(BODY_BYTES_MAX), signature });
      if (receipt === "REJECTED") {
        throw new Refusal("INVALID_INPUT", { say: "The signature is missing or wrong, or its time is not now." });
      }
      return jsonAnswer(200, { received: true });
    },
  };
}
