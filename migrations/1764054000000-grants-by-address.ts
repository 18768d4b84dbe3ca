import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Marks grants whose purchase is the user's by its e-mail address alone, so that a denial speaks of them last. */
export class GrantsByAddress1764054000000 implements MigrationInterface {
  readonly name = "GrantsByAddress1764054000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  `alter table grants add column by_address boolean not null default false`,
  `comment on column grants.by_address is
    'the purchase belongs to its user by an e-mail address alone: it opens, and a denial speaks of it last'`,
  `update grants g set by_address = true from stripe_facts f
    where f.connection_id = g.connection_id and f.source = g.stripe_object and f.owner_id = g.user_id
      and f.owner_by in ('EMAIL', 'CREATED')`,
];
