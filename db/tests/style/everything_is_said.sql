-- Comments, names and types of what is stored.
begin;
select plan(10);

create temporary view relations as
select c.oid, c.oid::regclass::text as name, c.relkind
from pg_catalog.pg_class as c
where c.relnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine', 'api') and c.relkind in ('r', 'p', 'v', 'S', 'c');
create temporary view columns as
select r.name || '.' || a.attname as name, a.attname as short_name, a.atttypid::regtype as type
from relations as r join pg_catalog.pg_attribute as a on a.attrelid = r.oid
where r.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped;

select is_empty(
  $$ select nspname from pg_catalog.pg_namespace where nspname in ('base', 'graph', 'ingest', 'asset', 'engine', 'api') and obj_description(oid, 'pg_namespace') is null $$,
  'every schema is commented');
select is_empty(
  $$ select name from relations where obj_description(oid, 'pg_class') is null and relkind <> 'c'
       and not (relkind = 'S' and exists (select from pg_catalog.pg_depend where objid = oid and deptype = 'i')) $$,
  'every table, view and sequence is commented');
select is_empty(
  $$ select t.typname from pg_catalog.pg_type as t join relations as r on r.oid = t.typrelid
     where r.relkind = 'c' and obj_description(t.oid, 'pg_type') is null $$, 'every type is commented');
select is_empty(
  $$ select oid::regprocedure from pg_catalog.pg_proc
     where pronamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine', 'api') and obj_description(oid, 'pg_proc') is null $$,
  'every function is commented');
select is_empty(
  $$ select name, does from api.help where length(does) > 100 or does !~ '^[A-Z].*[^.]$' $$, 'W4: what a function or view of api is for fits into a line of help');
select is_empty(
  $$ select p.oid::regprocedure, m.match[1]
     from pg_catalog.pg_proc as p
     cross join lateral regexp_matches(obj_description(p.oid, 'pg_proc'), '\m(RK\d+)\M', 'g') as m (match)
     where p.pronamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine', 'api')
       and m.match[1] not in (select code from base.error_codes) $$,
  'a comment names no error that is not registered');

select is_empty(
  $$ select name from columns where (short_name ~ '_at$' or type = 'timestamptz'::regtype)
       and not (short_name ~ '_at$' and type = 'timestamptz'::regtype)
       and name not in ('ingest.calls.not_before', 'ingest.calls.lease_until') $$, 'times are called …_at, and are timestamptz');
select is_empty($$ select name, type from columns where short_name ~ '_id$' and type <> 'bigint'::regtype $$, 'G1: ids are bigint');
select is_empty($$ select name, type from columns where short_name ~ '_count$' and type not in ('bigint'::regtype, 'integer'::regtype) $$, 'counts are whole numbers');
select is_empty(
  $$ select conrelid::regclass, conname from pg_catalog.pg_constraint
     where contype in ('c', 'x') and connamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine') and conname ~ '_(check|excl)\d*$' $$,
  'a check is named as a sentence');

select * from finish();
rollback;
