import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Keeps when the portal configuration of a connection was found to be deactivated in Stripe. */
export class DeactivatedPortals1764057000000 implements MigrationInterface {
  readonly name = "DeactivatedPortals1764057000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  `alter table stripe_connections add column portal_deactivated_at timestamptz`,
  `comment on column stripe_connections.portal_deactivated_at is
    'when portal_configuration was found to be deactivated in Stripe; null: it is active as far as we know'`,
];
