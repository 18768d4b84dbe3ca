import { type MigrationInterface, type QueryRunner } from "typeorm";

/** People, products, resources, grants, the journal, keys: the first floor. */
export class Foundation1763683200000 implements MigrationInterface {
  readonly name = "Foundation1763683200000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  // A deleted user's row stays as a tombstone with everything personal blanked, so that the journal keeps its meaning.
  `create table users (
    id uuid primary key,
    external_id text constraint users_external_id_key unique,
    email text,
    email_key text constraint users_email_key_key unique,
    email_verified boolean not null default false,
    name text,
    metadata jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    last_seen_at timestamptz,
    deleted_at timestamptz
  )`,
  `comment on column users.email_key is 'the address as it is compared: trimmed and without case'`,

  `create table products (
    id uuid primary key,
    key text not null constraint products_key_key unique,
    name text not null,
    description text,
    teaser text,
    image_url text,
    status text not null constraint products_status_check check (status in ('DRAFT', 'LIVE', 'ARCHIVED')),
    access_mode text not null
      constraint products_access_mode_check check (access_mode in ('ENTITLED', 'AUTHENTICATED', 'PUBLIC')),
    purchase_method text not null constraint products_purchase_method_check
      check (purchase_method in ('NONE', 'CHECKOUT', 'SALES_PAGE', 'EXTERNAL_URL')),
    sales_page_url text,
    external_url text,
    show_when_locked boolean not null default true,
    tags text[] not null default '{}',
    metadata jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create index products_tags_idx on products using gin (tags)`,

  `create table product_includes (
    bundle_id uuid not null constraint product_includes_bundle_fk references products,
    product_id uuid not null constraint product_includes_product_fk references products,
    position integer not null,
    primary key (bundle_id, product_id),
    constraint product_includes_self_check check (bundle_id <> product_id)
  )`,
  // The closure of product_includes, each product being an opener of itself: a check reads it with one join.
  `create table product_openers (
    product_id uuid not null constraint product_openers_product_fk references products,
    opener_id uuid not null constraint product_openers_opener_fk references products,
    primary key (product_id, opener_id)
  )`,
  `create index product_openers_opener_idx on product_openers (opener_id)`,

  `create table resources (
    id uuid primary key,
    key text not null constraint resources_key_key unique,
    tags text[] not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create table resource_products (
    resource_id uuid not null constraint resource_products_resource_fk references resources on delete cascade,
    product_id uuid not null constraint resource_products_product_fk references products,
    position integer not null,
    primary key (resource_id, product_id)
  )`,
  `create table tag_products (
    tag text not null,
    product_id uuid not null constraint tag_products_product_fk references products,
    position integer not null,
    primary key (tag, product_id)
  )`,

  // Keyed by user first, as every hot table of people is.
  `create table grants (
    user_id uuid not null constraint grants_user_fk references users,
    id uuid not null,
    product_id uuid not null constraint grants_product_fk references products,
    mode text not null constraint grants_mode_check check (mode in ('LIVE', 'TEST')),
    source text not null
      constraint grants_source_check check (source in ('SUBSCRIPTION', 'PURCHASE', 'MANUAL', 'GIFT', 'IMPORT')),
    reason text not null,
    starts_at timestamptz not null,
    ends_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    quantity integer not null default 1,
    cancel_at_period_end boolean not null default false,
    stripe_object text,
    note text,
    granted_by text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (user_id, id),
    constraint grants_end_check check ((ended_at is null) = (end_reason is null)),
    constraint grants_order_check check (ends_at is null or ends_at > starts_at)
  )`,
  `create index grants_id_idx on grants (id)`,
  `create index grants_check_idx on grants (user_id, product_id, mode)`,
  `create index grants_product_idx on grants (product_id, mode, user_id)`,
  `comment on column grants.ends_at is 'the end that is known in advance; null: none is known'`,
  `comment on column grants.ended_at is 'when it was ended before that, and end_reason says why'`,

  // Who granted this under which reference of theirs: the same reference again finds the same grant.
  `create table grant_refs (
    mode text not null,
    source text not null,
    external_ref text not null,
    user_id uuid not null,
    grant_id uuid not null,
    primary key (mode, source, external_ref)
  )`,
  `create index grant_refs_grant_idx on grant_refs (user_id, grant_id)`,

  `create table activities (
    id uuid primary key,
    mode text not null constraint activities_mode_check check (mode in ('LIVE', 'TEST')),
    type text not null,
    custom_type text,
    at timestamptz not null,
    recorded_at timestamptz not null,
    user_id uuid,
    product_id uuid,
    actor text not null constraint activities_actor_check check (actor in ('CUSTOMER', 'ADMIN', 'SYSTEM', 'STRIPE')),
    actor_ref text,
    origin text not null,
    stripe_object text,
    message text not null,
    data jsonb not null default '{}',
    once_key text constraint activities_once_key_key unique
  )`,
  `comment on column activities.once_key is 'names the fact that the line records, so that it is recorded once'`,
  `create index activities_at_idx on activities (mode, at, id)`,
  `create index activities_user_idx on activities (user_id, mode, at, id)`,
  `create index activities_product_idx on activities (product_id, mode, at, id)`,
  `create function activities_append_only() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' and current_setting('latchkey.blanking', true) = old.user_id::text then
      return new;
    end if;
    raise exception 'the journal is append-only' using errcode = 'insufficient_privilege';
  end
  $$`,
  `create trigger activities_append_only before update or delete on activities
    for each row execute function activities_append_only()`,
  // The one change that a line may see: what a caller wrote about a person goes when the person goes.
  `create function blank_activities_of(person uuid) returns void language plpgsql security definer
    set search_path = public, pg_temp as $$
  begin
    perform set_config('latchkey.blanking', person::text, true);
    update activities set
        message = case type when 'CUSTOM' then 'Removed with the user.' else message end,
        data = case type when 'CUSTOM' then '{}' else data - 'note' end
      where user_id = person;
    perform set_config('latchkey.blanking', '', true);
  end
  $$`,

  `create table api_keys (
    id uuid primary key,
    name text not null,
    role text not null constraint api_keys_role_check check (role in ('PUBLISHABLE', 'READ', 'WRITE', 'ADMIN')),
    mode text not null constraint api_keys_mode_check check (mode in ('LIVE', 'TEST')),
    prefix text not null,
    hash bytea not null constraint api_keys_hash_key unique,
    created_at timestamptz not null,
    created_by text not null,
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz
  )`,

  `create table signing_keys (
    id text primary key,
    public_jwk jsonb not null,
    private_sealed text not null,
    created_at timestamptz not null,
    retired_at timestamptz
  )`,

  `create table idempotency_keys (
    mode text not null,
    operation text not null,
    key text not null,
    input_hash text not null,
    object_id uuid not null,
    created_at timestamptz not null,
    primary key (mode, operation, key)
  )`,

  // Counters of the present minute, shared by all replicas. Losing them in a crash costs nothing.
  `create unlogged table rate_windows (
    subject text not null,
    starts_at timestamptz not null,
    used integer not null,
    primary key (subject, starts_at)
  )`,
  `create index rate_windows_starts_at_idx on rate_windows (starts_at)`,
];
