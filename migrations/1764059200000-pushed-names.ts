import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Whether a link writes new names of its product to the Stripe product, and how far that is. */
export class PushedNames1764059200000 implements MigrationInterface {
  readonly name = "PushedNames1764059200000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  // Existing links keep the names in Stripe as they are.
  `alter table product_links
    add column push_name boolean not null default false,
    add column pushed_name text,
    add column tried_name text,
    add column push_due_at timestamptz,
    add column push_attempts integer not null default 0,
    add column push_error text`,
  `comment on column product_links.push_name is 'whether new names of the product are written to the Stripe product'`,
  `comment on column product_links.pushed_name is 'the name that was last written to Stripe'`,
  `comment on column product_links.tried_name is 'the name that was last tried; another one is tried at once'`,
  `comment on column product_links.push_due_at is 'when the same name is tried again; null: never'`,
  `create index product_links_push_idx on product_links (id) where push_name and state = 'ACTIVE'`,
];
