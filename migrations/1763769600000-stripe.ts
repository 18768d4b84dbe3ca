import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Connected accounts, what was received from them, what it means for access, links, policy, notices and long work. */
export class Stripe1763769600000 implements MigrationInterface {
  readonly name = "Stripe1763769600000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const mode = (table: string) => `mode text not null constraint ${table}_mode_check check (mode in ('LIVE', 'TEST'))`;
const connection = (table: string) =>
  `connection_id uuid not null constraint ${table}_connection_fk references stripe_connections`;

const statements = [
  `create table stripe_connections (
    id uuid primary key,
    account text not null,
    account_name text,
    ${mode("stripe_connections")},
    status text not null
      constraint stripe_connections_status_check check (status in ('CONNECTED', 'ERROR', 'DISCONNECTED')),
    last_error text,
    key_trouble text,
    missing_permissions text[] not null default '{}',
    secret_key_sealed text,
    webhook_endpoint text,
    webhook_secret_sealed text,
    previous_webhook_secret_sealed text,
    previous_webhook_secret_until timestamptz,
    webhook_api_version text,
    webhook_event_types text[] not null default '{}',
    webhook_checked_at timestamptz,
    portal_configuration text,
    portal jsonb not null default '{}',
    allow_promotion_codes boolean not null default false,
    expose_purchase_options boolean not null default true,
    from_environment boolean not null default false,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    disconnected_at timestamptz,
    constraint stripe_connections_account_key unique (account, mode)
  )`,
  `comment on column stripe_connections.key_trouble is 'why Stripe does not take the key, when we last asked'`,
  `comment on column stripe_connections.webhook_endpoint is 'the endpoint that we made; null when its secret was brought'`,
  `comment on column stripe_connections.webhook_event_types is 'what the endpoint was subscribed to when we last looked'`,
  // Apart from the connection, for it is written with every batch of events.
  `create table webhook_counts (
    connection_id uuid primary key constraint webhook_counts_connection_fk references stripe_connections,
    last_event_at timestamptz,
    rejected bigint not null default 0,
    last_rejected_at timestamptz,
    strangers bigint not null default 0
  )`,
  `comment on column webhook_counts.rejected is 'bodies whose signature was wrong'`,
  `comment on column webhook_counts.strangers is 'well signed events of another mode, or of another account'`,

  // The only queue between Stripe and access. A row is here before Stripe is told that we have it.
  `create table stripe_inbox (
    ${connection("stripe_inbox")},
    event_id text not null,
    type text not null,
    object_id text,
    ids jsonb not null default '{}',
    subject text not null,
    shape text not null constraint stripe_inbox_shape_check check (shape in ('SNAPSHOT', 'THIN')),
    api_version text,
    happened_at timestamptz not null,
    received_at timestamptz not null,
    body text,
    state text not null default 'PENDING'
      constraint stripe_inbox_state_check check (state in ('PENDING', 'DONE', 'FAILED', 'IGNORED')),
    attempts integer not null default 0,
    next_try_at timestamptz not null default now(),
    claimed_until timestamptz,
    error text,
    done_at timestamptz,
    primary key (connection_id, event_id)
  )`,
  `comment on column stripe_inbox.ids is 'the objects that the event names, by kind'`,
  `comment on column stripe_inbox.subject is 'what is looked at together: the customer, or the object when none is named'`,
  `comment on column stripe_inbox.body is 'kept only while it could be needed, for it names people'`,
  `create index stripe_inbox_pending_idx on stripe_inbox (next_try_at) where state = 'PENDING'`,
  `create index stripe_inbox_subject_idx on stripe_inbox (connection_id, subject) where state = 'PENDING'`,
  `create index stripe_inbox_failed_idx on stripe_inbox (connection_id, received_at) where state = 'FAILED'`,
  `create index stripe_inbox_swept_idx on stripe_inbox (coalesce(done_at, next_try_at))
    where state in ('DONE', 'IGNORED')`,

  // Drawn before Stripe is asked: of two looks at one object, the higher number has seen the later state.
  `create sequence stripe_observations`,

  // What one subscription or one order in Stripe means for access. Replaced by a higher observation only, never removed.
  `create table stripe_facts (
    ${connection("stripe_facts")},
    source text not null,
    kind text not null constraint stripe_facts_kind_check check (kind in ('SUBSCRIPTION', 'ORDER')),
    customer text,
    stripe_products text[] not null,
    facts jsonb not null,
    observation bigint not null,
    observed_at timestamptz not null,
    owner_id uuid,
    owner_by text constraint stripe_facts_owner_by_check
      check (owner_by in ('CLAIM', 'CUSTOMER', 'EMAIL', 'CREATED')),
    claimed_by uuid,
    needs_plan boolean not null default false,
    primary key (connection_id, source)
  )`,
  `comment on column stripe_facts.source is 'the subscription; of an order the invoice, else the payment, else the session'`,
  `comment on column stripe_facts.owner_id is 'whose it was when its grants were last planned'`,
  `comment on column stripe_facts.claimed_by is 'who bought it, by a claim or by our own record of the checkout'`,
  `create index stripe_facts_customer_idx on stripe_facts (connection_id, customer)`,
  `create index stripe_facts_owner_idx on stripe_facts (owner_id) where owner_id is not null`,
  `create index stripe_facts_unowned_idx on stripe_facts (lower(facts -> 'buyer' ->> 'email')) where owner_id is null`,
  `create index stripe_facts_products_idx on stripe_facts using gin (stripe_products)`,
  `create index stripe_facts_needs_plan_idx on stripe_facts (connection_id, source) where needs_plan`,

  `create table stripe_customers (
    ${connection("stripe_customers")},
    customer text not null,
    email text,
    email_key text,
    name text,
    deleted boolean not null default false,
    observation bigint not null,
    observed_at timestamptz not null,
    primary key (connection_id, customer)
  )`,
  `create index stripe_customers_email_idx on stripe_customers (connection_id, email_key)`,

  `create table customer_links (
    id uuid primary key,
    ${connection("customer_links")},
    customer text not null,
    user_id uuid not null constraint customer_links_user_fk references users,
    active boolean not null,
    dead boolean not null default false,
    linked_by text not null,
    linked_at timestamptz not null,
    unlinked_at timestamptz,
    push_wanted_at timestamptz,
    push_attempts integer not null default 0,
    push_error text
  )`,
  `comment on column customer_links.dead is 'the customer was deleted in Stripe: what was bought once still has its owner'`,
  `comment on column customer_links.push_wanted_at is 'when the customer in Stripe is to be told the new e-mail address, or told again'`,
  `create unique index customer_links_customer_key on customer_links (connection_id, customer) where active`,
  `create unique index customer_links_user_key on customer_links (user_id, connection_id) where active`,
  `create index customer_links_push_idx on customer_links (push_wanted_at) where push_wanted_at is not null`,

  `create table stripe_products (
    ${connection("stripe_products")},
    id text not null,
    name text not null,
    description text,
    active boolean not null,
    image_url text,
    default_price text,
    deleted boolean not null default false,
    observation bigint not null,
    primary key (connection_id, id)
  )`,
  `create table stripe_prices (
    ${connection("stripe_prices")},
    id text not null,
    stripe_product text not null,
    currency text not null,
    unit_amount bigint,
    custom_amount jsonb,
    recurring jsonb,
    nickname text,
    active boolean not null,
    observation bigint not null,
    primary key (connection_id, id)
  )`,
  `create index stripe_prices_product_idx on stripe_prices (connection_id, stripe_product)`,

  `create table product_links (
    id uuid primary key,
    ${connection("product_links")},
    product_id uuid not null constraint product_links_product_fk references products,
    stripe_product text not null,
    price_ids text[] not null default '{}',
    checkout_enabled boolean not null default true,
    checkout_price text,
    access_duration_days integer
      constraint product_links_duration_check check (access_duration_days is null or access_duration_days > 0),
    access_ends_at timestamptz,
    state text not null constraint product_links_state_check check (state in ('ACTIVE', 'KEEPING', 'REMOVED')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    removed_at timestamptz
  )`,
  `comment on column product_links.state is 'KEEPING: it gives nothing new, and what it gave follows its source to the end'`,
  `create index product_links_stripe_product_idx on product_links (connection_id, stripe_product)`,
  `create index product_links_product_idx on product_links (product_id)`,

  `create table policies (
    ${mode("policies")} primary key,
    past_due_grace_days integer not null
      constraint policies_grace_check check (past_due_grace_days between 0 and 365),
    dispute_opened text not null
      constraint policies_dispute_check check (dispute_opened in ('KEEP', 'SUSPEND', 'REVOKE')),
    full_refund_ends_access boolean not null,
    partial_refund_ends_access boolean not null,
    paused_collection_suspends boolean not null,
    auto_create_users text not null
      constraint policies_create_check check (auto_create_users in ('NEVER', 'ON_PURCHASE')),
    trials_per_user integer constraint policies_trials_check check (trials_per_user is null or trials_per_user >= 0),
    updated_at timestamptz not null
  )`,

  // What the caller is told. Written together with what happened; delivering comes after.
  `create table notices (
    id uuid primary key,
    ${mode("notices")},
    type text not null,
    user_id uuid,
    product_id uuid,
    activity_id uuid not null,
    payload jsonb not null,
    created_at timestamptz not null
  )`,
  `create index notices_created_idx on notices (created_at, id)`,

  `create table jobs (
    id uuid primary key,
    kind text not null,
    ${mode("jobs")},
    status text not null
      constraint jobs_status_check check (status in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    subject text not null,
    connection_id uuid constraint jobs_connection_fk references stripe_connections,
    dry_run boolean not null default false,
    input jsonb not null default '{}',
    cursor jsonb,
    total integer,
    done integer not null default 0,
    created integer not null default 0,
    updated integer not null default 0,
    skipped integer not null default 0,
    failed integer not null default 0,
    error text,
    attempts integer not null default 0,
    cancel_asked boolean not null default false,
    created_by text not null,
    created_at timestamptz not null,
    finished_at timestamptz,
    waits integer not null default 0,
    next_try_at timestamptz not null default now(),
    claim uuid,
    claimed_until timestamptz
  )`,
  `comment on column jobs.cursor is 'where to go on after a crash'`,
  `comment on column jobs.attempts is 'failures in a row; waiting for Stripe is none, and is counted as waits'`,
  `comment on column jobs.claim is 'who works on it: a page is written by whoever still holds the claim, or by nobody'`,
  `create unique index jobs_one_at_a_time_key on jobs (mode, kind, subject) where status in ('QUEUED', 'RUNNING')`,
  `create index jobs_open_idx on jobs (next_try_at) where status in ('QUEUED', 'RUNNING')`,
  `create index jobs_mode_idx on jobs (mode, id)`,
  `create index jobs_subject_idx on jobs (subject, id)`,
  `create table job_problems (
    job_id uuid not null constraint job_problems_job_fk references jobs,
    row integer not null,
    subject text,
    code text not null,
    message text not null,
    primary key (job_id, row)
  )`,

  // A grant that comes from Stripe names the item that it stands for; stripe_object is its source.
  `alter table grants
    add column connection_id uuid constraint grants_connection_fk references stripe_connections,
    add column stripe_item text,
    add column closes_at timestamptz,
    add column as_of timestamptz,
    add column revoked_at timestamptz,
    add column link_ids uuid[] not null default '{}',
    drop constraint grants_end_check,
    drop constraint grants_order_check,
    add constraint grants_end_check check (ended_at is null or end_reason is not null),
    add constraint grants_order_check check (connection_id is not null or ends_at is null or ends_at > starts_at),
    add constraint grants_closes_check check (closes_at is null or ends_at is not null),
    add constraint grants_stripe_check check (connection_id is null or (stripe_object is not null and stripe_item is not null))`,
  `comment on column grants.closes_at is 'when the clock closes it, if that is later than the end that is shown'`,
  `comment on column grants.end_reason is 'why it is over, once its end has come, by whichever of the ends'`,
  `comment on column grants.link_ids is 'the links by which it is given; one that only keeps what it gave finds it by this'`,
  `comment on column grants.revoked_at is 'ended by hand: what Stripe says later does not bring it back'`,
  `comment on column grants.as_of is 'when Stripe was last looked at for it'`,
  `create unique index grants_stripe_key on grants (user_id, connection_id, stripe_object, stripe_item, product_id)
    where connection_id is not null`,
  // How a grant was before it changed, so that a question about the past is answered as it was then.
  `create table grant_versions (
    user_id uuid not null,
    grant_id uuid not null,
    until timestamptz not null,
    reason text not null,
    starts_at timestamptz not null,
    ends_at timestamptz,
    closes_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    primary key (user_id, grant_id, until)
  )`,
];
