import type { MigrationInterface, QueryRunner } from "typeorm";
import type { MigrationClass } from "../../src/database/check-schema";

/** A migration made of a few statements. The order is the order of the numbers. */
export function tinyMigration(order: number, statements: readonly string[]): MigrationClass {
  return class implements MigrationInterface {
    readonly name = tinyName(order);

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of statements) await runner.query(statement);
    }

    async down(): Promise<void> {}
  };
}

/** TypeORM reads the order from the last thirteen digits of the name. */
export function tinyName(order: number): string {
  return `Tiny${1_700_000_000_000 + order}`;
}
