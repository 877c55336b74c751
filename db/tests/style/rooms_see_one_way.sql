-- base ← graph ← ingest ← asset ← engine ← api: a lower room never names a higher one.
begin;
select plan(4);

create temporary view rooms as
select room, level from unnest(array['base', 'graph', 'ingest', 'asset', 'engine', 'api']) with ordinality as r (room, level);

-- Without comments and strings: a hint may tell an operator what to type.
select is_empty(
  $$ select p.oid::regprocedure, h.room
     from pg_catalog.pg_proc as p
     join rooms as r on r.room = p.pronamespace::regnamespace::text
     join rooms as h on h.level > r.level
     where regexp_replace(regexp_replace(p.prosrc, '--[^\n]*', '', 'g'), '''(?:[^'']|'''')*''', '', 'g') ~ ('\m' || h.room || '\.') $$,
  'no function names a higher room');
select is_empty(
  $$ select c.conname from pg_catalog.pg_constraint as c
     join pg_catalog.pg_class as f on f.oid = c.conrelid join rooms as r on r.room = f.relnamespace::regnamespace::text
     join pg_catalog.pg_class as t on t.oid = c.confrelid join rooms as h on h.room = t.relnamespace::regnamespace::text
     where h.level > r.level $$, 'no foreign key points to a higher room');
select is_empty(
  $$ select p.oid::regprocedure from pg_catalog.pg_proc as p
     cross join lateral unnest(array[p.prorettype] || coalesce(p.proallargtypes, p.proargtypes::oid[])) as a (type)
     join pg_catalog.pg_type as t on t.oid = a.type
     where p.pronamespace = 'api'::regnamespace and t.typnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine') $$,
  'no function of api takes or returns a private type');
select is_empty($$ select oid::regclass from pg_catalog.pg_class where relnamespace = 'api'::regnamespace and relkind not in ('v', 'c') $$, 'api holds no table');

select * from finish();
rollback;
