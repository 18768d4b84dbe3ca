import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Keeps, with each purchase that has no owner, why it has none and what it would open, so that a page of them is cheap. */
export class UnclaimedPurchases1764036000000 implements MigrationInterface {
  readonly name = "UnclaimedPurchases1764036000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  `alter table stripe_facts
    add column unclaimed_id uuid,
    add column unclaimed_mode text,
    add column unclaimed_reason text,
    add column unclaimed_products uuid[],
    add column unclaimed_until timestamptz,
    add column candidate_id uuid,
    add constraint stripe_facts_unclaimed_reason_check check (unclaimed_reason in
      ('NO_EMAIL', 'UNVERIFIED_CANDIDATE', 'AMBIGUOUS', 'USERS_NOT_CREATED', 'PERSON_REMOVED')),
    add constraint stripe_facts_unclaimed_check check (
      (unclaimed_id is null) = (unclaimed_mode is null) and (unclaimed_id is null) = (unclaimed_reason is null)
      and (unclaimed_id is null) = (unclaimed_products is null))`,
  `comment on column stripe_facts.unclaimed_id is 'set while the purchase would open something and has no owner; sorts by the time of purchase'`,
  `comment on column stripe_facts.unclaimed_mode is 'the mode of the connection, for the index'`,
  `comment on column stripe_facts.unclaimed_products is 'the products that the purchase would open'`,
  `comment on column stripe_facts.unclaimed_until is 'when the last of them would end; null: no end is known'`,
  `comment on column stripe_facts.candidate_id is 'the one user whom it may belong to'`,
  `create index stripe_facts_unclaimed_idx on stripe_facts (unclaimed_mode, unclaimed_id) where unclaimed_id is not null`,
  `create index stripe_facts_unclaimed_products_idx on stripe_facts using gin (unclaimed_products) where unclaimed_id is not null`,
  `create index stripe_facts_candidate_idx on stripe_facts (candidate_id, unclaimed_id) where candidate_id is not null`,
  // The next plan of each settles whether it is listed, and writes its line in the journal.
  `update stripe_facts f set needs_plan = true where not f.needs_plan and (f.owner_id is null
    or exists (select 1 from users u where u.id = f.owner_id and u.deleted_at is not null))`,
];
