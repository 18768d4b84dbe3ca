import { isTable } from "../kind";
import type { TableName } from "../tables";
import type { Room } from "./command";

/** What the control room calls a table. */
export const LISTS: Record<string, TableName> = {
  customers: "customer",
  products: "product",
  prices: "price",
  subscriptions: "subscription",
  invoices: "invoice",
  payments: "payment_intent",
  charges: "charge",
  refunds: "refund",
  disputes: "dispute",
  sessions: "checkout.session",
  links: "payment_link",
  endpoints: "webhook_endpoint",
  events: "event",
  deliveries: "delivery",
};

export function summary({ simulator, deliveries }: Room): object {
  const { shelves } = simulator.world;
  const counts = Object.entries(LISTS).map(([name, table]) => [name, shelves[table].inOrder.length]);
  const now = simulator.control.now();
  return {
    now,
    date: new Date(now * 1000).toISOString(),
    counts: Object.fromEntries(counts),
    deliveries: deliveries.state(),
    faults: simulator.control.faults.planned(),
  };
}

/** The newest of a table, as the API shows them; `customer` and `event` narrow where the rows have such a field. */
export function listWorld({ simulator }: Room, name: string, query: URLSearchParams): object | null {
  const table = LISTS[name];
  if (!table || !isTable(simulator.world.kinds, table)) return null;
  const most = Math.min(1_000, Number(query.get("limit")) || 50);
  return simulator.control.act((draft) => {
    const entries = draft.entries(table);
    const data: object[] = [];
    for (const { row } of entries.toReversed()) {
      if (data.length === most) break;
      const rendered = draft.render(row);
      if (fits(rendered, query)) data.push(rendered);
    }
    return { data, total: entries.length };
  });
}

function fits(rendered: Record<string, unknown>, query: URLSearchParams): boolean {
  return ["customer", "event", "type", "status"].every(
    (name) => !query.has(name) || rendered[name] === query.get(name),
  );
}
