import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Keeps why purchases are planned again, so that the journal names the origin also when another process does it. */
export class OriginOfPlans1764056100000 implements MigrationInterface {
  readonly name = "OriginOfPlans1764056100000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  `alter table stripe_facts
    add column plan_origin text,
    add column plan_is_quiet boolean not null default false`,
  `comment on column stripe_facts.plan_origin is
    'the origin of journal lines that the next plan writes; null: API'`,
  `comment on column stripe_facts.plan_is_quiet is 'the next plan sends no notices'`,
];
