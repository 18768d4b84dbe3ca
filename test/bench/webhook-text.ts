import { createHmac, randomBytes } from "node:crypto";

export interface Webhooks {
  path: string;
  secret: string;
}

/**
 * A signed event of an ordinary size, each with an id of its own. It does not say in which mode it happened, so it is
 * kept and nothing more is done about it: what is measured is the receipt alone.
 */
export function webhookText({ path, secret }: Webhooks): string {
  const now = Math.floor(Date.now() / 1_000);
  const id = randomBytes(12).toString("hex");
  const lines = Array.from({ length: 12 }, (_, index) => ({
    id: `il_${index}`,
    amount: 990,
    description: "A month of it",
  }));
  const invoice = { id: `in_${id}`, object: "invoice", customer: `cus_${id.slice(0, 8)}`, lines: { data: lines } };
  const event = {
    id: `evt_${id}`,
    object: "event",
    type: "invoice.finalized",
    api_version: "2026-10-28.endive",
    created: now,
    data: { object: invoice },
  };
  const body = JSON.stringify(event);
  const signature = createHmac("sha256", secret).update(`${now}.${body}`).digest("hex");
  const head = [
    `POST ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    "content-type: application/json",
    `stripe-signature: t=${now},v1=${signature}`,
    `content-length: ${body.length}`,
  ];
  return [...head, "", body].join("\r\n");
}
