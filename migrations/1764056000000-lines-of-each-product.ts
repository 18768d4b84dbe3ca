import { type MigrationInterface, type QueryRunner } from "typeorm";

/**
 * Adds the product to the names of lines about the money of an order. Each product of an order has a line of its own, and
 * a line that is there already is not written again.
 */
export class LinesOfEachProduct1764056000000 implements MigrationInterface {
  readonly name = "LinesOfEachProduct1764056000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  // The lines themselves stay as they are.
  `alter table activities disable trigger activities_append_only`,
  `update activities set once_key = once_key || ' ' || product_id
    where product_id is not null and type in (
        'PURCHASE_REFUNDED', 'DISPUTE_OPENED', 'DISPUTE_CLOSED', 'PAYMENT_PENDING', 'PAYMENT_FAILED')
      and once_key ~ ' (refunded [^ ]+|dispute opened [^ ]+|dispute closed [^ ]+|pending|payment failed)$'`,
  `alter table activities enable trigger activities_append_only`,
];
