import { type MigrationInterface, type QueryRunner } from "typeorm";

/** The prices that a link offers to the public, and how many one purchase may take. */
export class LinkOffers1764039600000 implements MigrationInterface {
  readonly name = "LinkOffers1764039600000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  // Existing links name no prices: the public buys their checkout price alone until an administrator offers more.
  `alter table product_links
    add column offered_price_ids text[] not null default '{}',
    add column max_quantity integer not null default 1
      constraint product_links_max_quantity_check check (max_quantity between 1 and 999999)`,
  `comment on column product_links.offered_price_ids is 'the prices that the public may buy; empty: the checkout price alone'`,
  `comment on column product_links.max_quantity is 'how many the public may buy in one purchase'`,
];
