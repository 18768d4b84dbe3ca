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

create table grant_refs (
  mode text not null,
  source text not null,
  external_ref text not null,
  user_id uuid not null,
  grant_id uuid not null,
  constraint grant_refs_pkey PRIMARY KEY (mode, source, external_ref)
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
  constraint grants_pkey PRIMARY KEY (user_id, id),
  constraint grants_end_check CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  constraint grants_mode_check CHECK (mode = ANY (ARRAY['LIVE'::text, 'TEST'::text])),
  constraint grants_order_check CHECK (ends_at IS NULL OR ends_at > starts_at),
  constraint grants_source_check CHECK (source = ANY (ARRAY['SUBSCRIPTION'::text, 'PURCHASE'::text, 'MANUAL'::text, 'GIFT'::text, 'IMPORT'::text]))
);

create table idempotency_keys (
  mode text not null,
  operation text not null,
  key text not null,
  input_hash text not null,
  object_id uuid not null,
  created_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (mode, operation, key)
);

create table product_includes (
  bundle_id uuid not null,
  product_id uuid not null,
  "position" integer not null,
  constraint product_includes_pkey PRIMARY KEY (bundle_id, product_id),
  constraint product_includes_self_check CHECK (bundle_id <> product_id)
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
  email_verified boolean default false not null,
  name text,
  metadata jsonb default '{}'::jsonb not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  last_seen_at timestamp with time zone,
  deleted_at timestamp with time zone,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_key_key UNIQUE (email_key),
  constraint users_external_id_key UNIQUE (external_id)
);

alter table grants
  add constraint grants_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table grants
  add constraint grants_user_fk FOREIGN KEY (user_id) REFERENCES users(id);

alter table product_includes
  add constraint product_includes_bundle_fk FOREIGN KEY (bundle_id) REFERENCES products(id);

alter table product_includes
  add constraint product_includes_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table product_openers
  add constraint product_openers_opener_fk FOREIGN KEY (opener_id) REFERENCES products(id);

alter table product_openers
  add constraint product_openers_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table resource_products
  add constraint resource_products_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

alter table resource_products
  add constraint resource_products_resource_fk FOREIGN KEY (resource_id) REFERENCES resources(id) ON DELETE CASCADE;

alter table tag_products
  add constraint tag_products_product_fk FOREIGN KEY (product_id) REFERENCES products(id);

CREATE INDEX activities_at_idx ON activities USING btree (mode, at, id);

CREATE INDEX activities_product_idx ON activities USING btree (product_id, mode, at, id);

CREATE INDEX activities_user_idx ON activities USING btree (user_id, mode, at, id);

CREATE INDEX grant_refs_grant_idx ON grant_refs USING btree (user_id, grant_id);

CREATE INDEX grants_check_idx ON grants USING btree (user_id, product_id, mode);

CREATE INDEX grants_id_idx ON grants USING btree (id);

CREATE INDEX grants_product_idx ON grants USING btree (product_id, mode, user_id);

CREATE INDEX product_openers_opener_idx ON product_openers USING btree (opener_id);

CREATE INDEX products_tags_idx ON products USING gin (tags);

CREATE INDEX rate_windows_starts_at_idx ON rate_windows USING btree (starts_at);

CREATE TRIGGER activities_append_only BEFORE DELETE OR UPDATE ON activities FOR EACH ROW EXECUTE FUNCTION activities_append_only();

comment on column activities.once_key is 'names the fact that the line records, so that it is recorded once';

comment on column grants.ends_at is 'the end that is known in advance; null: none is known';

comment on column grants.ended_at is 'when it was ended before that, and end_reason says why';

comment on column users.email_key is 'the address as it is compared: trimmed and without case';
