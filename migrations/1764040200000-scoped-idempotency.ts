import { type MigrationInterface, type QueryRunner } from "typeorm";

/** An idempotency key belongs to the credential that sent it, and lasts a day. */
export class ScopedIdempotency1764040200000 implements MigrationInterface {
  readonly name = "ScopedIdempotency1764040200000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  "alter table idempotency_keys add column scope text not null default ''",
  `comment on column idempotency_keys.scope is 'the hash of who sent the key: an API key, a user, or a visitor behind a publishable key'`,
  "alter table idempotency_keys drop constraint idempotency_keys_pkey",
  "alter table idempotency_keys add constraint idempotency_keys_pkey primary key (mode, scope, operation, key)",
  "create index idempotency_keys_created_idx on idempotency_keys (created_at)",
  "delete from idempotency_keys where created_at < now() - interval '1 day'",
  // The operation named the user before.
  `update idempotency_keys set operation = 'createCheckoutSession',
      scope = encode(sha256(convert_to('user ' || substr(operation, length('createCheckoutSession ') + 1), 'UTF8')), 'hex')
    where operation like 'createCheckoutSession %'`,
  // Only server keys could send these. Which one did was not kept, so each of them goes on with the key.
  `insert into idempotency_keys (mode, scope, operation, key, input_hash, object_id, created_at)
    select i.mode, encode(sha256(convert_to('key ' || k.id, 'UTF8')), 'hex'), i.operation, i.key, i.input_hash,
      i.object_id, i.created_at
    from idempotency_keys i
    join api_keys k on k.mode = i.mode and k.role in ('WRITE', 'ADMIN') and k.revoked_at is null
    where i.scope = '' and i.operation in ('createUser', 'createStripeProduct')`,
  // Nobody can say whether a visitor or a server sent the rest.
  "delete from idempotency_keys where scope = ''",
];
