import { type MigrationInterface, type QueryRunner } from "typeorm";

/** One open checkout for each user and product in a connection, whatever price and idempotency key it was opened with. */
export class OneOpenSession1764039900000 implements MigrationInterface {
  readonly name = "OneOpenSession1764039900000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  "drop index checkout_sessions_slot_key",
  "alter table checkout_sessions drop column slot",
  // A session that Stripe may have made without our learning its id is closed too: it is looked for first.
  "alter table checkout_sessions drop constraint checkout_sessions_open_check",
  `alter table checkout_sessions add constraint checkout_sessions_open_check
    check (status in ('MAKING', 'CLOSING', 'EXPIRED') or (session is not null and expires_at is not null))`,
  // The newest open one stays. The others are expired in Stripe before the user is given a session again.
  `update checkout_sessions set status =
      case when status = 'OPEN' and expires_at <= now() then 'EXPIRED'
        when status = 'MAKING' and created_at < now() - interval '1 day' then 'EXPIRED'
        else 'CLOSING' end
    from (
      select id as ranked_id, row_number() over (
        partition by user_id, connection_id, product_id
        order by status = 'OPEN' and expires_at > now() desc, created_at desc, id desc) as place
      from checkout_sessions where status in ('MAKING', 'OPEN') and user_id is not null and not is_guest
    ) ranked
    where id = ranked_id and place > 1`,
  `create unique index checkout_sessions_open_key on checkout_sessions (user_id, connection_id, product_id)
    where status in ('MAKING', 'OPEN') and not is_guest`,
];
