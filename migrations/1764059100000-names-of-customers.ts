import { type MigrationInterface, type QueryRunner } from "typeorm";

/** The fields of a user that are to be written to the customer in Stripe: the address, the name, or both. */
export class NamesOfCustomers1764059100000 implements MigrationInterface {
  readonly name = "NamesOfCustomers1764059100000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  `alter table customer_links add column push_fields text[] not null default '{}'
     constraint customer_links_push_fields_check check (push_fields <@ array['email', 'name'])`,
  `comment on column customer_links.push_fields is 'which fields of the user are to be written to the customer in Stripe'`,
  // Until now only addresses were written.
  `update customer_links set push_fields = '{email}' where push_wanted_at is not null`,
];
