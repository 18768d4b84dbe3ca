import { domainToASCII } from "node:url";
import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Users may have several customers, links say what they rest on, and a proof of an address belongs to one mode. */
export class JoinsByAddress1764028800000 implements MigrationInterface {
  readonly name = "JoinsByAddress1764028800000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of columns) await runner.query(statement);
    await rewriteKeys(runner);
    for (const statement of links) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const columns = [
  // Until now a proof counted in both modes, so it is kept in both.
  `alter table users
    add column email_verified_live boolean not null default false,
    add column email_verified_test boolean not null default false,
    add column taken_at timestamptz,
    add column merged_into uuid constraint users_merged_into_fk references users`,
  "update users set email_verified_live = true, email_verified_test = true where email_verified",
  "alter table users drop column email_verified",
  `comment on column users.email_key is 'the address as it is compared: without ASCII case, the domain in IDNA form'`,
  `comment on column users.taken_at is 'when the first token was made for the user; null: none was made'`,
  `comment on column users.merged_into is 'the user who proved the address of this one and took everything over'`,
  "create index users_merged_into_idx on users (merged_into) where merged_into is not null",

  "alter table stripe_facts add column buyer_key text",
  `comment on column stripe_facts.buyer_key is 'the address of the buyer as it is compared'`,
  "drop index stripe_facts_unowned_idx",
  "create index stripe_facts_buyer_idx on stripe_facts (buyer_key) where buyer_key is not null",
  "create index stripe_customers_key_idx on stripe_customers (email_key) where email_key is not null",
  "drop index stripe_customers_email_idx",
];

const links = [
  `alter table customer_links add column basis text, add column joined_key text, add column ended_by text`,
  // What was found by an address, or by the checkout of a guest, who only typed one, was never confirmed by anybody.
  `update customer_links l set basis = case
      when l.linked_by in ('purchase', 'e-mail') then 'ADDRESS'
      when l.linked_by = 'checkout' and exists (select 1 from stripe_facts f where f.connection_id = l.connection_id
        and f.customer = l.customer and f.claimed_by = l.user_id) then 'CLAIM'
      when l.linked_by = 'checkout' and exists (select 1 from checkout_sessions s
        where s.user_id = l.user_id and s.is_guest) then 'ADDRESS'
      when l.linked_by = 'checkout' or l.linked_by like 'usr_%' then 'CHECKOUT'
      else 'HAND' end`,
  `update customer_links l set joined_key = c.email_key from stripe_customers c
    where l.basis = 'ADDRESS' and (l.active or l.dead)
      and c.connection_id = l.connection_id and c.customer = l.customer`,
  "update customer_links set ended_by = 'HAND' where not active and not dead",
  `alter table customer_links alter column basis set not null,
    add constraint customer_links_basis_check check (basis in ('HAND', 'CHECKOUT', 'CLAIM', 'ADDRESS')),
    add constraint customer_links_ended_check check (ended_by in ('HAND', 'ADDRESS'))`,
  `comment on column customer_links.basis is 'what says that the customer is the user; ADDRESS: only an address that both have'`,
  `comment on column customer_links.joined_key is 'the address by which the customer was joined, as it is compared'`,
  `comment on column customer_links.ended_by is 'HAND: it is never joined by address again; ADDRESS: the address did not fit any more'`,
  "drop index customer_links_user_key",
  "create index customer_links_user_idx on customer_links (user_id, connection_id)",
  "create index customer_links_joined_idx on customer_links (joined_key) where joined_key is not null",
];

const PAGE = 1_000;

interface Address {
  id: string;
  email: string;
}

/** The keys of ASCII addresses were lower case already. Only others are computed anew. */
async function rewriteKeys(runner: QueryRunner): Promise<void> {
  await runner.query(
    `update stripe_facts set buyer_key = lower(trim(facts -> 'buyer' ->> 'email'))
     where facts -> 'buyer' ->> 'email' is not null`,
  );
  const foreign = String.raw`~ '[^\x01-\x7f]'`;
  await rewrite(runner, {
    select: `select connection_id || ' ' || source as id, facts -> 'buyer' ->> 'email' as email from stripe_facts
       where facts -> 'buyer' ->> 'email' ${foreign} order by 1`,
    update: `update stripe_facts f set buyer_key = n.key from unnest($1::text[], $2::text[]) as n (id, key)
       where f.connection_id || ' ' || f.source = n.id`,
  });
  await rewrite(runner, {
    select: `select connection_id || ' ' || customer as id, email from stripe_customers where email ${foreign} order by 1`,
    update: `update stripe_customers c set email_key = n.key from unnest($1::text[], $2::text[]) as n (id, key)
       where c.connection_id || ' ' || c.customer = n.id`,
  });
  await rewriteUsers(runner, foreign);
}

async function rewrite(runner: QueryRunner, { select, update }: { select: string; update: string }): Promise<void> {
  const rows = (await runner.query(select)) as Address[];
  for (let at = 0; at < rows.length; at += PAGE) {
    const page = rows.slice(at, at + PAGE);
    await runner.query(update, [page.map(({ id }) => id), page.map(({ email }) => keyOf(email))]);
  }
}

/** Two spellings of one domain were two addresses until now. The one that was proved, else the older user, keeps it. */
async function rewriteUsers(runner: QueryRunner, foreign: string): Promise<void> {
  const rows = (await runner.query(
    `select id, email from users where email ${foreign} order by (email_verified_live or email_verified_test) desc, id`,
  )) as Address[];
  for (const { id, email } of rows) {
    const [taken] = (await runner.query("select 1 from users where email_key = $1 and id <> $2", [
      keyOf(email),
      id,
    ])) as object[];
    const none = `update users set email = null, email_key = null, email_verified_live = false, email_verified_test = false
       where id = $1`;
    if (taken) await runner.query(none, [id]);
    else await runner.query("update users set email_key = $2 where id = $1", [id, keyOf(email)]);
  }
}

/** As the addresses were compared when this was written. */
function keyOf(email: string): string {
  const text = email.trim();
  const at = text.lastIndexOf("@");
  const domain = text.slice(at + 1);
  const isAscii = !/[^ -~]/.test(domain);
  const idna = isAscii || domain.includes("%") ? "" : domainToASCII(domain);
  return `${lower(text.slice(0, at + 1))}${idna || lower(domain)}`;
}

function lower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
