set check_function_bodies = false;

CREATE OR REPLACE FUNCTION public.activities_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
  begin
    if tg_op = 'UPDATE' and current_setting('latchkey.blanking', true) = old.user_id::text then
      return new;
    end if;
    raise exception 'the journal is append-only' using errcode = 'insufficient_privilege';
  end
  $function$;

CREATE OR REPLACE FUNCTION public.blank_activities_of(person uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  begin
    perform set_config('latchkey.blanking', person::text, true);
    update activities set
        message = case type when 'CUSTOM' then 'Removed with the user.' else message end,
        data = case type when 'CUSTOM' then '{}' else data - 'note' end
      where user_id = person;
    perform set_config('latchkey.blanking', '', true);
  end
  $function$;

create sequence stripe_observations as bigint;

create table activities (
  id uuid not null,
  mode text not null,
  type text not null,
  custom_type text,
  at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  user_id uuid,
  product_id uuid,
  actor text not null,
  actor_ref text,
  origin text not null,
  stripe_object text,
  message text not null,
  data jsonb default '{}'::jsonb not null,
  once_key text,
  constraint activities_pkey PRIMARY KEY (id),
  constraint activities_once_key_key UNIQUE (once_key),
  constraint activities_actor_check CHECK (actor = ANY (ARRAY['CUSTOMER'::text, 'ADMIN'::text, 'SYSTEM'::text, 'STRIPE'::text])),
  constraint activities_mode_check CHECK (mode = ANY (ARRAY['LIVE'::text, 'TEST'::text]))
);

create table api_keys (
  id uuid not null,
  name text not null,
  role text not null,
  mode text not null,
  prefix text not null,
  hash bytea not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  last_used_at timestamp with time zone,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_hash_key UNIQUE (hash),
  constraint api_keys_mode_check CHECK (mode = ANY (ARRAY['LIVE'::text, 'TEST'::text])),
  constraint api_keys_role_check CHECK (role = ANY (ARRAY['PUBLISHABLE'::text, 'READ'::text, 'WRITE'::text, 'ADMIN'::text]))
);

create table checkout_sessions (
  id uuid not null,
  mode text not null,
  connection_id uuid not null,
  user_id uuid,
  is_guest boolean not null,
  product_id uuid not null,
  price text not null,
  quantity integer not null,
  trial_days integer,
  input_hash text not null,
  session text,
  status text not null,
  payment_status text default 'unpaid'::text not null,
  tries integer default 0 not null,
  claimed_until timestamp with time zone,
  expires_at timestamp with time zone,
  settled_at timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint checkout_sessions_pkey PRIMARY KEY (id),
  constraint checkout_sessions_mode_check CHECK (mode = ANY (ARRAY['LIVE'::text, 'TEST'::text])),
  constraint checkout_sessions_open_check CHECK ((status = ANY (ARRAY['MAKING'::text, 'CLOSING'::text, 'EXPIRED'::text])) OR session IS NOT NULL AND expires_at IS NOT NULL),
  constraint checkout_sessions_status_check CHECK (status = ANY (ARRAY['MAKING'::text, 'OPEN'::text, 'CLOSING'::text, 'COMPLETE'::text, 'EXPIRED'::text]))
);

create table clock_sweeps (
  name text not null,
  swept_at timestamp with time zone not null,
  swept_id uuid,
  constraint clock_sweeps_pkey PRIMARY KEY (name)
);

create table customer_links (
  id uuid not null,
  connection_id uuid not null,
  customer text not null,
  user_id uuid not null,
  active boolean not null,
  dead boolean default false not null,
  linked_by text not null,
  linked_at timestamp with time zone not null,
  unlinked_at timestamp with time zone,
  push_wanted_at timestamp with time zone,
  push_attempts integer default 0 not null,
  push_error text,
  basis text not null,
  joined_key text,
  ended_by text,
  push_fields text[] default '{}'::text[] not null,
  constraint customer_links_pkey PRIMARY KEY (id),
  constraint customer_links_basis_check CHECK (basis = ANY (ARRAY['HAND'::text, 'CHECKOUT'::text, 'CLAIM'::text, 'ADDRESS'::text])),
  constraint customer_links_ended_check CHECK (ended_by = ANY (ARRAY['HAND'::text, 'ADDRESS'::text])),
  constraint customer_links_push_fields_check CHECK (push_fields <@ ARRAY['email'::text, 'name'::text])
);

create table customer_makings (
  user_id uuid not null,
  connection_id uuid not null,
  attempt uuid not null,
  tries integer default 0 not null,
  claimed_until timestamp with time zone not null,
  created_at timestamp with time zone not null,
  constraint customer_makings_pkey PRIMARY KEY (user_id, connection_id)
);

create table grant_refs (
  mode text not null,
  source text not null,
  external_ref text not null,
  user_id uuid not null,
  grant_id uuid not null,
  constraint grant_refs_pkey PRIMARY KEY (mode, source, external_ref)
);

create table grant_versions (
  user_id uuid not null,
  grant_id uuid not null,
  until timestamp with time zone not null,
  reason text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  closes_at timestamp with time zone,
  ended_at timestamp with time zone,
  end_reason text,
  constraint grant_versions_pkey PRIMARY KEY (user_id, grant_id, until)
);

create table grants (
  user_id uuid not null,
  id uuid not null,
  product_id uuid not null,
  mode text not null,
  source text not null,
  reason text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  ended_at timestamp with time zone,
  end_reason text,
  quantity integer default 1 not null,
  cancel_at_period_end boolean default false not null,
  stripe_object text,
  note text,
  granted_by text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  connection_id uuid,
  stripe_item text,
  closes_at timestamp with time zone,
  as_of timestamp with time zone,
  revoked_at timestamp with time zone,
  link_ids uuid[] default '{}'::uuid[] not null,
  by_address boolean default false not null,
  constraint grants_pkey PRIMARY KEY (user_id, id),
  constraint grants_closes_check CHECK (closes_at IS NULL OR ends_at IS NOT NULL),
  constraint grants_end_check CHECK (ended_at IS NULL OR end_reason IS NOT NULL),
  constraint grants_mode_check CHECK (mode = ANY (ARRAY['LIVE'::text, 'TEST'::text])),
  constraint grants_order_check CHECK (connection_id IS NOT NULL OR ends_at IS NULL OR ends_at > starts_at),
  constraint grants_source_check CHECK (source = ANY (ARRAY['SUBSCRIPTION'::text, 'PURCHASE'::text, 'MANUAL'::text, 'GIFT'::text, 'IMPORT'::text])),
  constraint grants_stripe_check CHECK (connection_id IS NULL OR stripe_object IS NOT NULL AND stripe_item IS NOT NULL)
);

create table idempotency_keys (
  mode text not null,
  operation text not null,
  key text not null,
  input_hash text not null,
  object_id uuid not null,
  created_at timestamp with time zone not null,
  scope text default ''::text not null,
  constraint idempotency_keys_pkey PRIMARY KEY (mode, scope, operation, key)
);

create table job_file_pieces (
  job_id uuid not null,
  starts_at bigint not null,
  piece bytea not null,
  constraint job_file_pieces_pkey PRIMARY KEY (job_id, starts_at)
);

create table job_files (
  job_id uuid not null,
  direction text not null,
  name text not null,
  content_type text not null,
  bytes bigint default 0 not null,
  complete boolean default false not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint job_files_pkey PRIMARY KEY (job_id),
  constraint job_files_direction_check CHECK (direction = ANY (ARRAY['IN'::text, 'OUT'::text]))
);

create table job_notes (
  job_id uuid not null,
  kind text not null,
  subject text not null,
  value text,
  constraint job_notes_pkey PRIMARY KEY (job_id, kind, subject)
);

create table job_problems (
  job_id uuid not null,
  "row" integer not null,
  subject text,
  code text not null,
  message text not null,
  constraint job_problems_pkey PRIMARY KEY (job_id, "row")
);

create table jobs (
  id uuid not null,
  kind text not null,
  mode text not null,
  status text not null,
  subject text not null,
  connection_id uuid,
  dry_run boolean default false not null,
  input jsonb default '{}'::jsonb not null,
  cursor jsonb,
  total integer,
  done integer default 0 not null,
  created integer default 0 not null,
  updated integer default 0 not null,
  skipped integer default 0 not null,
  failed integer default 0 not null,
  error text,
  attempts integer default 0 not null,
  cancel_asked boolean default false not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  waits integer default 0 not null,
  next_try_at timestamp with time zone default now() not null,
  claim uuid,
  claimed_until timestamp with time zone,
  moved_at timestamp with time zone default now() not null,
  constraint jobs_pkey PRIMARY KEY (id),
  constraint jobs_mode_check CHECK (mode = ANY (ARRAY['LIVE'::text, 'TEST'::text])),
  constraint jobs_status_check CHECK (status = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'SUCCEEDED'::text, 'FAILED'::text, 'CANCELLED'::text]))
);

create table notices (
  id uuid not null,
  mode text not null,
  type text not null,
  user_id uuid,
  product_id uuid,
  activity_id uuid not null,
  payload jsonb not null,
  created_at timestamp with time zone not null,
  constraint notices_pkey PRIMARY KEY (id),
  constraint notices_mode_check CHECK (mode = ANY (ARRAY['LIVE'::text, 'TEST'::text]))
);

create table policies (
  mode text not null,
  past_due_grace_days integer not null,
  dispute_opened text not null,
  full_refund_ends_access boolean not null,
  partial_refund_ends_access boolean not null,
  paused_collection_suspends boolean not null,
  auto_create_users text not null,
  trials_per_user integer,
  updated_at timestamp with time zone not null,
  constraint policies_pkey PRIMARY KEY (mode),
  constraint policies_create_check CHECK (auto_create_users = ANY (ARRAY['NEVER'::text, 'ON_PURCHASE'::text])),
  constraint policies_dispute_check CHECK (dispute_opened = ANY (ARRAY['KEEP'::text, 'SUSPEND'::text, 'REVOKE'::text])),
  constraint policies_grace_check CHECK (past_due_grace_days >= 0 AND past_due_grace_days <= 365),
  constraint policies_mode_check CHECK (mode = ANY (ARRAY['LIVE'::text, 'TEST'::text])),
  constraint policies_trials_check CHECK (trials_per_user IS NULL OR trials_per_user >= 0)
);

create table product_includes (
  bundle_id uuid not null,
  product_id uuid not null,
  "position" integer not null,
  constraint product_includes_pkey PRIMARY KEY (bundle_id, product_id),
  constraint product_includes_self_check CHECK (bundle_id <> product_id)
);

create table product_links (
  id uuid not null,
  connection_id uuid not null,
  product_id uuid not null,
  stripe_product text not null,
  price_ids text[] default '{}'::text[] not null,
  checkout_enabled boolean default true not null,
  checkout_price text,
  access_duration_days integer,
  access_ends_at timestamp with time zone,
  state text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  offered_price_ids text[] default '{}'::text[] not null,
  max_quantity integer default 1 not null,
  push_name boolean default false not null,
  pushed_name text,
  tried_name text,
  push_due_at timestamp with time zone,
  push_attempts integer default 0 not null,
  push_error text,
  constraint product_links_pkey PRIMARY KEY (id),
  constraint product_links_duration_check CHECK (access_duration_days IS NULL OR access_duration_days > 0),
  constraint product_links_max_quantity_check CHECK (max_quantity >= 1 AND max_quantity <= 999999),
  constraint product_links_state_check CHECK (state = ANY (ARRAY['ACTIVE'::text, 'KEEPING'::text, 'REMOVED'::text]))
);

create table product_openers (
  product_id uuid not null,
  opener_id uuid not null,
  constraint product_openers_pkey PRIMARY KEY (product_id, opener_id)
);

create table products (
  id uuid not null,
  key text not null,
  name text not null,
  description text,
  teaser text,
  image_url text,
  status text not null,
  access_mode text not null,
  purchase_method text not null,
  sales_page_url text,
  external_url text,
  show_when_locked boolean default true not null,
  tags text[] default '{}'::text[] not null,
  metadata jsonb default '{}'::jsonb not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  remind_days_before integer[] default '{}'::integer[] not null,
  constraint products_pkey PRIMARY KEY (id),
  constraint products_key_key UNIQUE (key),
  constraint products_access_mode_check CHECK (access_mode = ANY (ARRAY['ENTITLED'::text, 'AUTHENTICATED'::text, 'PUBLIC'::text])),
  constraint products_purchase_method_check CHECK (purchase_method = ANY (ARRAY['NONE'::text, 'CHECKOUT'::text, 'SALES_PAGE'::text, 'EXTERNAL_URL'::text])),
  constraint products_status_check CHECK (status = ANY (ARRAY['DRAFT'::text, 'LIVE'::text, 'ARCHIVED'::text]))
);

create unlogged table rate_windows (
  subject text not null,
  starts_at timestamp with time zone not null,
  used integer not null,
  constraint rate_windows_pkey PRIMARY KEY (subject, starts_at)
);

create table removal_keys (
  id uuid not null,
  key_sealed text not null,
  created_at timestamp with time zone not null,
  constraint removal_keys_pkey PRIMARY KEY (id)
);

create table removal_markers (
  hash bytea not null,
  removed_at timestamp with time zone not null,
  constraint removal_markers_pkey PRIMARY KEY (hash)
);

create table removal_trials (
  hash bytea not null,
  purchase bytea not null,
  constraint removal_trials_pkey PRIMARY KEY (hash, purchase)
);

create table resource_products (
  resource_id uuid not null,
  product_id uuid not null,
  "position" integer not null,
  constraint resource_products_pkey PRIMARY KEY (resource_id, product_id)
);

create table resources (
  id uuid not null,
  key text not null,
  tags text[] default '{}'::text[] not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint resources_pkey PRIMARY KEY (id),
  constraint resources_key_key UNIQUE (key)
);

create table signing_keys (
  id text not null,
  public_jwk jsonb not null,
  private_sealed text not null,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint signing_keys_pkey PRIMARY KEY (id)
);

create table stripe_connections (
  id uuid not null,
  account text not null,
  account_name text,
  mode text not null,
  status text not null,
  last_error text,
  key_trouble text,
  missing_permissions text[] default '{}'::text[] not null,
  secret_key_sealed text,
  webhook_endpoint text,
  webhook_secret_sealed text,
  previous_webhook_secret_sealed text,
  previous_webhook_secret_until timestamp with time zone,
  webhook_api_version text,
  webhook_event_types text[] default '{}'::text[] not null,
  webhook_checked_at timestamp with time zone,
  portal_configuration text,
  portal jsonb default '{}'::jsonb not null,
  allow_promotion_codes boolean default false not null,
  expose_purchase_options boolean default true not null,
  from_environment boolean default false not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  disconnected_at timestamp with time zone,
  portal_deactivated_at timestamp with time zone,
  constraint stripe_connections_pkey PRIMARY KEY (id),
  constraint stripe_connections_account_key UNIQUE (account, mode),
  constraint stripe_connections_mode_check CHECK (mode = ANY (ARRAY['LIVE'::text, 'TEST'::text])),
  constraint stripe_connections_status_check CHECK (status = ANY (ARRAY['CONNECTED'::text, 'ERROR'::text, 'DISCONNECTED'::text]))
);

create table stripe_customers (
  connection_id uuid not null,
  customer text not null,
  email text,
  email_key text,
  name text,
  deleted boolean default false not null,
  observation bigint not null,
  observed_at timestamp with time zone not null,
  constraint stripe_customers_pkey PRIMARY KEY (connection_id, customer)
);

create table stripe_facts (
  connection_id uuid not null,
  source text not null,
  kind text not null,
  customer text,
  stripe_products text[] not null,
  facts jsonb not null,
  observation bigint not null,
  observed_at timestamp with time zone not null,
  owner_id uuid,
  owner_by text,
  claimed_by uuid,
  needs_plan boolean default false not null,
  buyer_key text,
  unclaimed_id uuid,
  unclaimed_mode text,
  unclaimed_reason text,
  unclaimed_products uuid[],
  unclaimed_until timestamp with time zone,
  candidate_id uuid,
  plan_origin text,
  plan_is_quiet boolean default false not null,
  constraint stripe_facts_pkey PRIMARY KEY (connection_id, source),
  constraint stripe_facts_kind_check CHECK (kind = ANY (ARRAY['SUBSCRIPTION'::text, 'ORDER'::text])),
  constraint stripe_facts_owner_by_check CHECK (owner_by = ANY (ARRAY['CLAIM'::text, 'CUSTOMER'::text, 'EMAIL'::text, 'CREATED'::text])),
  constraint stripe_facts_unclaimed_check CHECK ((unclaimed_id IS NULL) = (unclaimed_mode IS NULL) AND (unclaimed_id IS NULL) = (unclaimed_reason IS NULL) AND (unclaimed_id IS NULL) = (unclaimed_products IS NULL)),
  constraint stripe_facts_unclaimed_reason_check CHECK (unclaimed_reason = ANY (ARRAY['NO_EMAIL'::text, 'UNVERIFIED_CANDIDATE'::text, 'AMBIGUOUS'::text, 'USERS_NOT_CREATED'::text, 'PERSON_REMOVED'::text]))
);

create table stripe_inbox (
  connection_id uuid not null,
  event_id text not null,
  type text not null,
  object_id text,
  ids jsonb default '{}'::jsonb not null,
  subject text not null,
  shape text not null,
  api_version text,
  happened_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  body text,
  state text default 'PENDING'::text not null,
  attempts integer default 0 not null,
  next_try_at timestamp with time zone default now() not null,
  claimed_until timestamp with time zone,
  error text,
  done_at timestamp with time zone,
  paced boolean default false not null,
  constraint stripe_inbox_pkey PRIMARY KEY (connection_id, event_id),
  constraint stripe_inbox_shape_check CHECK (shape = ANY (ARRAY['SNAPSHOT'::text, 'THIN'::text])),
  constraint stripe_inbox_state_check CHECK (state = ANY (ARRAY['PENDING'::text, 'DONE'::text, 'FAILED'::text, 'IGNORED'::text]))
);

create table stripe_paces (
  connection_id uuid not null,
  next_turn_at timestamp with time zone not null,
  constraint stripe_paces_pkey PRIMARY KEY (connection_id)
);

create table stripe_prices (
  connection_id uuid not null,
  id text not null,
  stripe_product text not null,
  currency text not null,
  unit_amount bigint,
  custom_amount jsonb,
  recurring jsonb,
  nickname text,
  active boolean not null,
  observation bigint not null,
  constraint stripe_prices_pkey PRIMARY KEY (connection_id, id)
);

create table stripe_products (
  connection_id uuid not null,
  id text not null,
  name text not null,
  description text,
  active boolean not null,
  image_url text,
  default_price text,
  deleted boolean default false not null,
  observation bigint not null,
  constraint stripe_products_pkey PRIMARY KEY (connection_id, id)
);

create table tag_products (
  tag text not null,
  product_id uuid not null,
  "position" integer not null,
  constraint tag_products_pkey PRIMARY KEY (tag, product_id)
);

create table users (
  id uuid not null,
  external_id text,
  email text,
  email_key text,
  name text,
  metadata jsonb default '{}'::jsonb not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  last_seen_at timestamp with time zone,
  deleted_at timestamp with time zone,
  email_verified_live boolean default false not null,
  email_verified_test boolean default false not null,
  taken_at timestamp with time zone,
  merged_into uuid,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_key_key UNIQUE (email_key),
  constraint users_external_id_key UNIQUE (external_id)
);

create table webhook_counts (
  connection_id uuid not null,
  last_event_at timestamp with time zone,
  rejected bigint default 0 not null,
  last_rejected_at timestamp with time zone,
  strangers bigint default 0 not null,
  compared_at timestamp with time zone,
  last_missed_at timestamp with time zone,
  mismatched_events text[] default '{}'::text[] not null,
  last_mismatch_at timestamp with time zone,
  secret_wrong_at timestamp with time zone,
  constraint webhook_counts_pkey PRIMARY KEY (connection_id)
);

alter table checkout_sessions
  add constraint checkout_sessions_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table checkout_sessions
  add constraint checkout_sessions_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table checkout_sessions
  add constraint checkout_sessions_user_fk FOREIGN KEY (user_id) REFERENCES users(id);

alter table customer_links
  add constraint customer_links_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table customer_links
  add constraint customer_links_user_fk FOREIGN KEY (user_id) REFERENCES users(id);

alter table customer_makings
  add constraint customer_makings_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table customer_makings
  add constraint customer_makings_user_fk FOREIGN KEY (user_id) REFERENCES users(id);

alter table grants
  add constraint grants_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table grants
  add constraint grants_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table grants
  add constraint grants_user_fk FOREIGN KEY (user_id) REFERENCES users(id);

alter table job_file_pieces
  add constraint job_file_pieces_file_fk FOREIGN KEY (job_id) REFERENCES job_files(job_id) ON DELETE CASCADE;

alter table job_files
  add constraint job_files_job_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table job_notes
  add constraint job_notes_job_fk FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE;

alter table job_problems
  add constraint job_problems_job_fk FOREIGN KEY (job_id) REFERENCES jobs(id);

alter table jobs
  add constraint jobs_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table product_includes
  add constraint product_includes_bundle_fk FOREIGN KEY (bundle_id) REFERENCES products(id);

alter table product_includes
  add constraint product_includes_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table product_links
  add constraint product_links_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table product_links
  add constraint product_links_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table product_openers
  add constraint product_openers_opener_fk FOREIGN KEY (opener_id) REFERENCES products(id);

alter table product_openers
  add constraint product_openers_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table resource_products
  add constraint resource_products_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table resource_products
  add constraint resource_products_resource_fk FOREIGN KEY (resource_id) REFERENCES resources(id) ON DELETE CASCADE;

alter table stripe_customers
  add constraint stripe_customers_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table stripe_facts
  add constraint stripe_facts_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table stripe_inbox
  add constraint stripe_inbox_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table stripe_paces
  add constraint stripe_paces_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table stripe_prices
  add constraint stripe_prices_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table stripe_products
  add constraint stripe_products_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

alter table tag_products
  add constraint tag_products_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table users
  add constraint users_merged_into_fk FOREIGN KEY (merged_into) REFERENCES users(id);

alter table webhook_counts
  add constraint webhook_counts_connection_fk FOREIGN KEY (connection_id) REFERENCES stripe_connections(id);

CREATE INDEX activities_at_idx ON activities USING btree (mode, at, id);

CREATE INDEX activities_product_idx ON activities USING btree (product_id, mode, at, id);

CREATE INDEX activities_user_idx ON activities USING btree (user_id, mode, at, id);

CREATE UNIQUE INDEX checkout_sessions_open_key ON checkout_sessions USING btree (user_id, connection_id, product_id) WHERE (status = ANY (ARRAY['MAKING'::text, 'OPEN'::text])) AND NOT is_guest;

CREATE UNIQUE INDEX checkout_sessions_session_key ON checkout_sessions USING btree (connection_id, session) WHERE session IS NOT NULL;

CREATE INDEX checkout_sessions_user_idx ON checkout_sessions USING btree (user_id, product_id);

CREATE UNIQUE INDEX customer_links_customer_key ON customer_links USING btree (connection_id, customer) WHERE active;

CREATE INDEX customer_links_joined_idx ON customer_links USING btree (joined_key) WHERE joined_key IS NOT NULL;

CREATE INDEX customer_links_push_idx ON customer_links USING btree (push_wanted_at) WHERE push_wanted_at IS NOT NULL;

CREATE INDEX customer_links_user_idx ON customer_links USING btree (user_id, connection_id);

CREATE INDEX grant_refs_grant_idx ON grant_refs USING btree (user_id, grant_id);

CREATE INDEX grants_check_idx ON grants USING btree (user_id, product_id, mode);

CREATE INDEX grants_closing_idx ON grants USING btree (COALESCE(closes_at, ends_at), id) WHERE ended_at IS NULL AND ends_at IS NOT NULL;

CREATE INDEX grants_ended_ahead_idx ON grants USING btree (ended_at, id) WHERE ended_at > updated_at;

CREATE INDEX grants_ending_idx ON grants USING btree (ends_at, id) WHERE ended_at IS NULL AND ends_at IS NOT NULL;

CREATE INDEX grants_id_idx ON grants USING btree (id);

CREATE UNIQUE INDEX grants_import_key ON grants USING btree (user_id, product_id, mode) WHERE source = 'IMPORT'::text AND ended_at IS NULL;

CREATE INDEX grants_product_idx ON grants USING btree (product_id, mode, user_id);

CREATE INDEX grants_starting_idx ON grants USING btree (starts_at, id) WHERE ended_at IS NULL AND starts_at > created_at;

CREATE UNIQUE INDEX grants_stripe_key ON grants USING btree (user_id, connection_id, stripe_object, stripe_item, product_id) WHERE connection_id IS NOT NULL;

CREATE INDEX idempotency_keys_created_idx ON idempotency_keys USING btree (created_at);

CREATE INDEX job_files_expires_idx ON job_files USING btree (expires_at);

CREATE INDEX jobs_mode_idx ON jobs USING btree (mode, id);

CREATE UNIQUE INDEX jobs_one_at_a_time_key ON jobs USING btree (mode, kind, subject) WHERE status = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text]);

CREATE INDEX jobs_open_idx ON jobs USING btree (next_try_at) WHERE status = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text]);

CREATE INDEX jobs_subject_idx ON jobs USING btree (subject, id);

CREATE INDEX notices_created_idx ON notices USING btree (created_at, id);

CREATE INDEX product_links_product_idx ON product_links USING btree (product_id);

CREATE INDEX product_links_push_idx ON product_links USING btree (id) WHERE push_name AND state = 'ACTIVE'::text;

CREATE INDEX product_links_stripe_product_idx ON product_links USING btree (connection_id, stripe_product);

CREATE INDEX product_openers_opener_idx ON product_openers USING btree (opener_id);

CREATE INDEX products_check_id_idx ON products USING btree (id) INCLUDE (status, access_mode);

CREATE INDEX products_check_key_idx ON products USING btree (key) INCLUDE (id, status, access_mode);

CREATE INDEX products_tags_idx ON products USING gin (tags);

CREATE INDEX rate_windows_starts_at_idx ON rate_windows USING btree (starts_at);

CREATE UNIQUE INDEX removal_keys_one_key ON removal_keys USING btree ((true));

CREATE INDEX stripe_customers_key_idx ON stripe_customers USING btree (email_key) WHERE email_key IS NOT NULL;

CREATE INDEX stripe_facts_buyer_idx ON stripe_facts USING btree (buyer_key) WHERE buyer_key IS NOT NULL;

CREATE INDEX stripe_facts_candidate_idx ON stripe_facts USING btree (candidate_id, unclaimed_id) WHERE candidate_id IS NOT NULL;

CREATE INDEX stripe_facts_customer_idx ON stripe_facts USING btree (connection_id, customer);

CREATE INDEX stripe_facts_needs_plan_idx ON stripe_facts USING btree (connection_id, source) WHERE needs_plan;

CREATE INDEX stripe_facts_owner_idx ON stripe_facts USING btree (owner_id) WHERE owner_id IS NOT NULL;

CREATE INDEX stripe_facts_products_idx ON stripe_facts USING gin (stripe_products);

CREATE INDEX stripe_facts_unclaimed_idx ON stripe_facts USING btree (unclaimed_mode, unclaimed_id) WHERE unclaimed_id IS NOT NULL;

CREATE INDEX stripe_facts_unclaimed_products_idx ON stripe_facts USING gin (unclaimed_products) WHERE unclaimed_id IS NOT NULL;

CREATE INDEX stripe_inbox_failed_idx ON stripe_inbox USING btree (connection_id, received_at) WHERE state = 'FAILED'::text;

CREATE INDEX stripe_inbox_pending_idx ON stripe_inbox USING btree (paced, next_try_at) WHERE state = 'PENDING'::text;

CREATE INDEX stripe_inbox_subject_idx ON stripe_inbox USING btree (connection_id, subject) WHERE state = 'PENDING'::text;

CREATE INDEX stripe_inbox_swept_idx ON stripe_inbox USING btree (COALESCE(done_at, next_try_at)) WHERE state = ANY (ARRAY['DONE'::text, 'IGNORED'::text]);

CREATE INDEX stripe_prices_product_idx ON stripe_prices USING btree (connection_id, stripe_product);

CREATE INDEX users_merged_into_idx ON users USING btree (merged_into) WHERE merged_into IS NOT NULL;

CREATE TRIGGER activities_append_only BEFORE DELETE OR UPDATE ON activities FOR EACH ROW EXECUTE FUNCTION activities_append_only();

comment on column activities.once_key is 'names the fact that the line records, so that it is recorded once';

comment on column checkout_sessions.user_id is 'for whom it was opened; null: a guest whose address was somebody''s';

comment on column checkout_sessions.tries is 'how many of Stripe''s idempotency keys were used up by answers that were lost';

comment on column checkout_sessions.claimed_until is 'until when nobody else makes it';

comment on column checkout_sessions.settled_at is 'when its purchase was applied; it is not looked at again';

comment on column customer_links.dead is 'the customer was deleted in Stripe: what was bought once still has its owner';

comment on column customer_links.push_wanted_at is 'when the customer in Stripe is to be told the new e-mail address, or told again';

comment on column customer_links.basis is 'what says that the customer is the user; ADDRESS: only an address that both have';

comment on column customer_links.joined_key is 'the address by which the customer was joined, as it is compared';

comment on column customer_links.ended_by is 'HAND: it is never joined by address again; ADDRESS: the address did not fit any more';

comment on column customer_links.push_fields is 'which fields of the user are to be written to the customer in Stripe';

comment on column customer_makings.attempt is 'what Stripe''s idempotency keys follow from, and how a customer is known again whose making was not answered';

comment on column grants.ends_at is 'the end that is known in advance; null: none is known';

comment on column grants.ended_at is 'when it was ended before that, and end_reason says why';

comment on column grants.end_reason is 'why it is over, once its end has come, by whichever of the ends';

comment on column grants.closes_at is 'when the clock closes it, if that is later than the end that is shown';

comment on column grants.as_of is 'when Stripe was last looked at for it';

comment on column grants.revoked_at is 'ended by hand: what Stripe says later does not bring it back';

comment on column grants.link_ids is 'the links by which it is given; one that only keeps what it gave finds it by this';

comment on column grants.by_address is 'the purchase belongs to its user by an e-mail address alone: it opens, and a denial speaks of it last';

comment on column idempotency_keys.scope is 'the hash of who sent the key: an API key, a user, or a visitor behind a publishable key';

comment on column job_file_pieces.starts_at is 'the place of its first byte in the whole file';

comment on column job_files.direction is 'IN: what somebody brought. OUT: what an export wrote';

comment on column job_files.expires_at is 'after that it is removed: it names people';

comment on table job_notes is 'what one page of a job found out for a later one; removed after its end';

comment on column jobs.cursor is 'where to go on after a crash';

comment on column jobs.attempts is 'failures in a row; waiting for Stripe is none, and is counted as waits';

comment on column jobs.claim is 'who works on it: a page is written by whoever still holds the claim, or by nobody';

comment on column jobs.moved_at is 'when a page of it went in for the last time';

comment on column product_links.state is 'KEEPING: it gives nothing new, and what it gave follows its source to the end';

comment on column product_links.offered_price_ids is 'the prices that the public may buy; empty: the checkout price alone';

comment on column product_links.max_quantity is 'how many the public may buy in one purchase';

comment on column product_links.push_name is 'whether new names of the product are written to the Stripe product';

comment on column product_links.pushed_name is 'the name that was last written to Stripe';

comment on column product_links.tried_name is 'the name that was last tried; another one is tried at once';

comment on column product_links.push_due_at is 'when the same name is tried again; null: never';

comment on column products.remind_days_before is 'how many days before access ends its holders are reminded';

comment on table removal_keys is 'the key of the hashes in removal_markers and removal_trials; it is never replaced';

comment on table removal_markers is 'keyed hashes of the purchases, customers and addresses of removed users';

comment on table removal_trials is 'trials that removed users had used, by keyed hashes of address or customer and Stripe product';

comment on column stripe_connections.key_trouble is 'why Stripe does not take the key, when we last asked';

comment on column stripe_connections.webhook_endpoint is 'the endpoint that we made; null when its secret was brought';

comment on column stripe_connections.webhook_event_types is 'what the endpoint was subscribed to when we last looked';

comment on column stripe_connections.portal_deactivated_at is 'when portal_configuration was found to be deactivated in Stripe; null: it is active as far as we know';

comment on column stripe_facts.source is 'the subscription; of an order the invoice, else the payment, else the session';

comment on column stripe_facts.owner_id is 'whose it was when its grants were last planned';

comment on column stripe_facts.claimed_by is 'who bought it, by a claim or by our own record of the checkout';

comment on column stripe_facts.buyer_key is 'the address of the buyer as it is compared';

comment on column stripe_facts.unclaimed_id is 'set while the purchase would open something and has no owner; sorts by the time of purchase';

comment on column stripe_facts.unclaimed_mode is 'the mode of the connection, for the index';

comment on column stripe_facts.unclaimed_products is 'the products that the purchase would open';

comment on column stripe_facts.unclaimed_until is 'when the last of them would end; null: no end is known';

comment on column stripe_facts.candidate_id is 'the one user whom it may belong to';

comment on column stripe_facts.plan_origin is 'the origin of journal lines that the next plan writes; null: API';

comment on column stripe_facts.plan_is_quiet is 'the next plan sends no notices';

comment on column stripe_inbox.ids is 'the objects that the event names, by kind';

comment on column stripe_inbox.subject is 'what is looked at together: the customer, or the object when none is named';

comment on column stripe_inbox.body is 'kept only while it could be needed, for it names people';

comment on column stripe_inbox.paced is 'nobody waits for it: it is looked at in the turns of background work';

comment on column users.email_key is 'the address as it is compared: without ASCII case, the domain in IDNA form';

comment on column users.taken_at is 'when the first token was made for the user; null: none was made';

comment on column users.merged_into is 'the user who proved the address of this one and took everything over';

comment on column webhook_counts.rejected is 'bodies that were refused, whatever they were';

comment on column webhook_counts.strangers is 'well signed events of another mode, or of another account';

comment on column webhook_counts.compared_at is 'when the latest events of Stripe were last looked for in the inbox';

comment on column webhook_counts.last_missed_at is 'when the latest of those that never came had happened';

comment on column webhook_counts.mismatched_events is 'ids of different plausible events with a wrong signature since the last good one; a few are enough';

comment on column webhook_counts.last_mismatch_at is 'when the last of them came';

comment on column webhook_counts.secret_wrong_at is 'when one last came while there were enough of them to say that our secret is wrong';
