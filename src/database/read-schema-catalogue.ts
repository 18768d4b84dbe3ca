/**
 * Queries over the system catalogue. Each gives rows with one `statement`, in the order in which they can be loaded
 * into an empty database; $1 is a table to leave out. What belongs to an extension comes with the extension.
 */
const ours = (table: string, kinds: string) => `
  ${table}.relnamespace = 'public'::regnamespace and ${table}.relkind in (${kinds}) and ${table}.relname <> $1
  and not exists (select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = ${table}.oid and d.deptype = 'e')`;

const notOfExtension = (catalogue: string, oid: string) => `
  not exists (select from pg_depend d
    where d.classid = '${catalogue}'::regclass and d.objid = ${oid} and d.deptype = 'e')`;

const extensions = `/* dump.extensions */
  select format('create extension if not exists %I with schema %I', extname, nspname) as statement
  from pg_extension join pg_namespace n on n.oid = extnamespace
  where extname <> 'plpgsql' and $1::text is not null
  order by extname`;

const enums = `/* dump.enums */
  select format(E'create type %I as enum (\\n  %s\\n)', typname,
    string_agg(quote_literal(enumlabel), E',\\n  ' order by enumsortorder)) as statement
  from pg_type t join pg_enum e on e.enumtypid = t.oid
  where typnamespace = 'public'::regnamespace and $1::text is not null and ${notOfExtension("pg_type", "t.oid")}
  group by typname
  order by typname`;

const domains = `/* dump.domains */
  select concat_ws(E'\\n  ', format('create domain %I as %s', typname, format_type(typbasetype, typtypmod)),
    'default ' || typdefault, case when typnotnull then 'not null' end,
    (select string_agg(format('constraint %I %s', conname, pg_get_constraintdef(oid, true)), E'\\n  ' order by conname)
     from pg_constraint where contypid = t.oid and contype = 'c')) as statement
  from pg_type t
  where typnamespace = 'public'::regnamespace and typtype = 'd' and $1::text is not null
    and ${notOfExtension("pg_type", "t.oid")}
  order by typname`;

// A function that takes or returns rows of a table, or whose body was parsed when it was made, needs the table first;
// a table whose default, check or generated column calls a function needs the function first.
const functions = (needsTables: boolean) => `/* dump.functions */
  select pg_get_functiondef(p.oid) as statement
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p') and $1::text is not null
    and ${notOfExtension("pg_proc", "p.oid")}
    and ${needsTables ? "" : "not"} exists (select from pg_depend d
      left join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
      left join pg_type element on element.oid = t.typelem
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid
        and (d.refclassid = 'pg_class'::regclass or t.typrelid <> 0 or element.typrelid <> 0))
  order by p.proname, pg_get_function_identity_arguments(p.oid)`;

const sequenceOptions = (s: string) => `
  concat_ws(' ',
    case when ${s}.seqincrement <> 1 then 'increment by ' || ${s}.seqincrement end,
    case when ${s}.seqmin <> 1 then 'minvalue ' || ${s}.seqmin end,
    case when ${s}.seqmax <> (case format_type(${s}.seqtypid, null) when 'smallint' then 32767
      when 'integer' then 2147483647 else 9223372036854775807 end) then 'maxvalue ' || ${s}.seqmax end,
    case when ${s}.seqstart <> ${s}.seqmin then 'start with ' || ${s}.seqstart end,
    case when ${s}.seqcache <> 1 then 'cache ' || ${s}.seqcache end,
    case when ${s}.seqcycle then 'cycle' end)`;

const internalTo = (deptype: string) => `
  exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
    and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype = '${deptype}')`;

const sequences = `/* dump.sequences */
  select concat_ws(' ', 'create', case when c.relpersistence = 'u' then 'unlogged' end, 'sequence',
    quote_ident(c.relname), 'as', format_type(s.seqtypid, null), nullif(${sequenceOptions("s")}, '')) as statement
  from pg_class c join pg_sequence s on s.seqrelid = c.oid
  where ${ours("c", "'S'")} and not ${internalTo("i")}
    and not exists (select from pg_depend d where d.objid = c.oid and d.refobjid = to_regclass(quote_ident($1)))
  order by c.relname`;

const tables = `/* dump.tables */
  select format(E'create %stable %I (\\n  %s\\n)%s', case when c.relpersistence = 'u' then 'unlogged ' end, c.relname,
    concat_ws(E',\\n  ', columns.list, constraints.list),
    ' with (' || array_to_string(c.reloptions, ', ') || ')') as statement
  from pg_class c
  cross join lateral (
    select string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
      case when a.attcollation <> t.typcollation then 'collate ' || a.attcollation::regcollation::text end,
      case when a.attgenerated = 's' then format('generated always as (%s) stored', pg_get_expr(f.adbin, f.adrelid, true))
        when a.attgenerated = 'v' then format('generated always as (%s) virtual', pg_get_expr(f.adbin, f.adrelid, true))
        when a.attidentity <> '' then concat(
          'generated ', case a.attidentity when 'a' then 'always' else 'by default' end, ' as identity',
          ' (' || nullif(${sequenceOptions("s")}, '') || ')')
        else 'default ' || pg_get_expr(f.adbin, f.adrelid, true) end,
      case when a.attnotnull then 'not null' end), E',\\n  ' order by a.attnum) as list
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
    left join pg_sequence s on a.attidentity <> ''
      and s.seqrelid = pg_get_serial_sequence(quote_ident(c.relname), a.attname)::regclass
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ) columns
  cross join lateral (
    select string_agg(format('constraint %I %s', conname, pg_get_constraintdef(oid, true)), E',\\n  '
      order by array_position(array['p', 'u', 'x', 'c']::"char"[], contype), conname) as list
    from pg_constraint
    where conrelid = c.oid and contype in ('p', 'u', 'x', 'c') and convalidated
  ) constraints
  where ${ours("c", "'r'")}
  order by c.relname`;

const ownedSequences = `/* dump.ownedSequences */
  select format('alter sequence %I owned by %I.%I', c.relname, o.relname, a.attname) as statement
  from pg_class c
  join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'a' and d.refobjsubid > 0
  join pg_class o on o.oid = d.refobjid and o.relname <> $1
  join pg_attribute a on a.attrelid = o.oid and a.attnum = d.refobjsubid
  where ${ours("c", "'S'")}
  order by c.relname`;

// Foreign keys, when all tables are there, and constraints that old rows may break, which no new table can have.
const laterConstraints = `/* dump.laterConstraints */
  select format(E'alter table %I\\n  add constraint %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid, true))
    as statement
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where ${ours("c", "'r'")} and k.conparentid = 0 and (k.contype = 'f' or (k.contype = 'c' and not k.convalidated))
  order by c.relname, k.conname`;

// A view comes after the views that it reads: depth first, then name.
const views = `/* dump.views */
  with recursive reads as (
    select distinct r.ev_class as reader, d.refobjid as source
    from pg_rewrite r
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
    join pg_class s on s.oid = d.refobjid and s.relkind in ('v', 'm')
    where d.refobjid <> r.ev_class
  ), depths as (
    select c.oid, 0 as depth from pg_class c where c.relkind in ('v', 'm')
    union
    select reads.reader, depths.depth + 1 from depths join reads on reads.source = depths.oid
  )
  select format(E'create %sview %I%s as\\n%s', case when c.relkind = 'm' then 'materialized ' end, c.relname,
    ' with (' || array_to_string(c.reloptions, ', ') || ')',
    rtrim(pg_get_viewdef(c.oid, true), ';')) as statement
  from pg_class c
  where ${ours("c", "'v', 'm'")}
  order by (select max(depth) from depths where depths.oid = c.oid), c.relname`;

const indexes = `/* dump.indexes */
  select pg_get_indexdef(i.indexrelid, 0, true) as statement
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
  where ${ours("c", "'r', 'm'")} and i.indisvalid
    and not exists (select from pg_constraint where conindid = i.indexrelid and contype in ('p', 'u', 'x'))
  order by c.relname, x.relname`;

const triggers = `/* dump.triggers */
  select pg_get_triggerdef(t.oid, true) || case t.tgenabled when 'O' then '' else format(
    E';\\nalter table %I %s trigger %I', c.relname,
    case t.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, t.tgname) end
    as statement
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where ${ours("c", "'r', 'v'")} and not t.tgisinternal
  order by c.relname, t.tgname`;

const comments = `/* dump.comments */
  select format('comment on %s is %L', target, description) as statement from (
    select 1 as kind, c.relname as name, d.objsubid as sub, d.description,
      case when d.objsubid > 0 then format('column %I.%I', c.relname, a.attname)
        else format('%s %I', case c.relkind when 'r' then 'table' when 'v' then 'view' when 'm' then 'materialized view'
          when 'S' then 'sequence' else 'index' end, c.relname) end as target
    from pg_description d
    join pg_class c on d.classoid = 'pg_class'::regclass and c.oid = d.objoid
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
    where ${ours("c", "'r', 'v', 'm', 'S', 'i'")}
    union all
    select 2, t.typname, 0, d.description, format('type %I', t.typname)
    from pg_description d join pg_type t on d.classoid = 'pg_type'::regclass and t.oid = d.objoid
    where t.typnamespace = 'public'::regnamespace and ${notOfExtension("pg_type", "t.oid")}
    union all
    select 3, p.oid::regprocedure::text, 0, d.description,
      format('%s %s', case p.prokind when 'p' then 'procedure' else 'function' end, p.oid::regprocedure)
    from pg_description d join pg_proc p on d.classoid = 'pg_proc'::regclass and p.oid = d.objoid
    where p.pronamespace = 'public'::regnamespace and ${notOfExtension("pg_proc", "p.oid")}
    union all
    select 4, c.relname || ' ' || k.conname, 0, d.description, format('constraint %I on %I', k.conname, c.relname)
    from pg_description d
    join pg_constraint k on d.classoid = 'pg_constraint'::regclass and k.oid = d.objoid
    join pg_class c on c.oid = k.conrelid
    where ${ours("c", "'r'")}
    union all
    select 5, c.relname || ' ' || t.tgname, 0, d.description, format('trigger %I on %I', t.tgname, c.relname)
    from pg_description d
    join pg_trigger t on d.classoid = 'pg_trigger'::regclass and t.oid = d.objoid
    join pg_class c on c.oid = t.tgrelid
    where ${ours("c", "'r', 'v'")}
  ) comments
  order by kind, name collate "C", sub`;

export const schemaParts: readonly string[] = [
  extensions,
  enums,
  domains,
  functions(false),
  sequences,
  tables,
  ownedSequences,
  functions(true),
  laterConstraints,
  views,
  indexes,
  triggers,
  comments,
];
