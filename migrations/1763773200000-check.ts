import { type MigrationInterface, type QueryRunner } from "typeorm";

/** A check finds its product without touching the table, whose rows hold whole descriptions. */
export class Check1763773200000 implements MigrationInterface {
  readonly name = "Check1763773200000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

// Without them PostgreSQL reads a catalogue of a few hundred products from end to end for each key of each check.
const statements = [
  `create index products_check_id_idx on products (id) include (status, access_mode)`,
  `create index products_check_key_idx on products (key) include (id, status, access_mode)`,
];
