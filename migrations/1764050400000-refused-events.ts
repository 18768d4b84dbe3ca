import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Tells events that Stripe probably signed with another secret from whatever anybody posts. */
export class RefusedEvents1764050400000 implements MigrationInterface {
  readonly name = "RefusedEvents1764050400000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  `alter table webhook_counts
    add column mismatched_events text[] not null default '{}',
    add column last_mismatch_at timestamptz,
    add column secret_wrong_at timestamptz`,
  `comment on column webhook_counts.rejected is 'bodies that were refused, whatever they were'`,
  `comment on column webhook_counts.mismatched_events is
    'ids of different plausible events with a wrong signature since the last good one; a few are enough'`,
  `comment on column webhook_counts.last_mismatch_at is 'when the last of them came'`,
  `comment on column webhook_counts.secret_wrong_at is
    'when one last came while there were enough of them to say that our secret is wrong'`,
];
