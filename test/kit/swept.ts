import type { Latchkey } from "./start-latchkey";
import { until } from "./until";

const OVERLAP_MS = 60_000;
/** Stripe is asked about ends a minute later than the others look. */
const LAG_MS: Readonly<Record<string, number>> = { UNCONFIRMED_ENDS: 60_000 };

/** Servers whose sweeps tests wait for look often. */
export const SWEEPING = { clockEveryMs: 40 };

/** What the clock has brought until now is told. */
export async function swept({ server, clock }: Pick<Latchkey, "server" | "clock">): Promise<void> {
  const read = () =>
    server.deps.db.rows<{ name: string; at: Date }>(`/* test */ select name, swept_at as at from clock_sweeps`);
  const isDone = ({ name, at }: { name: string; at: Date }) =>
    at.getTime() >= clock.now().getTime() - OVERLAP_MS - (LAG_MS[name] ?? 0);
  const sweeps = await until(read, (all) => all.length === 3 && all.every(isDone));
  const late = sweeps.filter((sweep) => !isDone(sweep));
  if (sweeps.length < 3 || late.length > 0) throw new Error(`the clock is not swept: ${JSON.stringify(late)}`);
}
