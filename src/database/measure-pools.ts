import { Gauge, type Registry } from "prom-client";
import type { Db } from "./db";

/** Connections to the database that this process holds, by pool. They cost nothing until somebody looks. */
export function measurePools({ pools }: Pick<Db, "pools">, registry: Registry): void {
  const registers = [registry];
  const connections: Gauge = new Gauge({
    name: "latchkey_database_connections",
    help: "Connections to the database that are open now, by pool: busy or idle.",
    labelNames: ["pool", "state"],
    registers,
    collect: (): void => {
      for (const { pool, open, idle } of pools()) {
        connections.set({ pool, state: "busy" }, open - idle);
        connections.set({ pool, state: "idle" }, idle);
      }
    },
  });
  const max: Gauge = new Gauge({
    name: "latchkey_database_connections_max",
    help: "Connections that the pool opens at the most.",
    labelNames: ["pool"],
    registers,
    collect: (): void => pools().forEach(({ pool, max: most }) => max.set({ pool }, most)),
  });
  const waiting: Gauge = new Gauge({
    name: "latchkey_database_requests_waiting",
    help: "Statements and transactions that wait for a connection of the pool.",
    labelNames: ["pool"],
    registers,
    collect: (): void => pools().forEach(({ pool, waiting: now }) => waiting.set({ pool }, now)),
  });
}
