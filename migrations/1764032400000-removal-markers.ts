import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Keyed hashes of what removed users had bought, so that no event about it creates them again. */
export class RemovalMarkers1764032400000 implements MigrationInterface {
  readonly name = "RemovalMarkers1764032400000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  `create table removal_keys (
    id uuid primary key,
    key_sealed text not null,
    created_at timestamptz not null
  )`,
  `comment on table removal_keys is 'the key of the hashes in removal_markers and removal_trials; it is never replaced'`,
  // One key for good: hashes under another key could not be compared.
  `create unique index removal_keys_one_key on removal_keys ((true))`,
  `create table removal_markers (
    hash bytea primary key,
    removed_at timestamptz not null
  )`,
  `comment on table removal_markers is 'keyed hashes of the purchases, customers and addresses of removed users'`,
  `create table removal_trials (
    hash bytea not null,
    purchase bytea not null,
    primary key (hash, purchase)
  )`,
  `comment on table removal_trials is 'trials that removed users had used, by keyed hashes of address or customer and Stripe product'`,
];
