import { Gauge, type Registry } from "prom-client";
import type { Logger } from "../base/log";

/** A number of each row, by the end of its name in `/metrics`. Null: the row has no such number. */
export type RowGauges<Row> = Readonly<Record<string, { help: string; valueOf(row: Row): number | null }>>;

export interface MeasuredRows<Row> {
  registry: Registry;
  log: Logger;
  /** The beginning of the names, without the prefix of all. */
  prefix: string;
  labels: readonly string[];
  read(): Promise<readonly Row[]>;
  labelsOf(row: Row): Record<string, string>;
}

/**
 * Numbers that are counted in the database when somebody looks. Every replica says the same, so no sum over replicas means
 * anything. What cannot be counted is left out: everything else is told all the same.
 */
export function measureRows<Row>(options: MeasuredRows<Row>, gauges: RowGauges<Row>): void {
  const { registry, log, prefix, labels, read, labelsOf } = options;
  let reading: Promise<readonly Row[]> | null = null;
  // The gauges are all asked at once, and share one read.
  const readOnce = () => (reading ??= read().finally(() => (reading = null)));
  for (const [name, { help, valueOf }] of Object.entries(gauges)) {
    const gauge: Gauge = new Gauge({
      name: `latchkey_${prefix}_${name}`,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect: async (): Promise<void> => {
        gauge.reset();
        try {
          for (const row of await readOnce()) {
            const value = valueOf(row);
            if (value !== null) gauge.set(labelsOf(row), value);
          }
        } catch (err) {
          log.warn({ err, prefix }, "something could not be counted for /metrics");
        }
      },
    });
  }
}
