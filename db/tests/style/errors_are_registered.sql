-- One registry of errors, one of decisions; both held against the bodies of the functions.
begin;
select plan(8);

create temporary view ours as
select oid::regprocedure::text as name, regexp_replace(prosrc, '--[^\n]*', '', 'g') as code
from pg_catalog.pg_proc where pronamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine', 'api');
create temporary view raised as
select o.name, m.match[1] as code, m.match[2] as rest
from ours as o cross join lateral regexp_matches(o.code, 'errcode = ''(\w+)''([^;]*);', 'g') as m (match);

select is_empty($$ select name, code from raised where code like 'RK%' and code not in (select code from base.error_codes) $$, 'every code that is raised is registered');
select is_empty($$ select code from base.error_codes except select code from raised $$, 'every code that is registered is raised');
select is_empty($$ select name, code from raised where code !~ '^RK\d{3}$' and code <> 'data_exception' $$,
  'what is raised for others is of our class; data_exception stays within a provider');
select is_empty($$ select name, code from raised where code ~ '^RK' and rest !~ 'hint = ' $$, 'every error says the way out');
select is_empty(
  $$ select o.name, m.match[1] from ours as o cross join lateral regexp_matches(o.code, 'raise (?:exception|warning) ''([^'']*)', 'g') as m (match)
     where m.match[1] !~ '^[a-z%]' or m.match[1] ~ '\.$' $$, 'messages are lower case sentences');
select is_empty($$ select name from ours where (select count(*) from regexp_matches(code, 'raise exception', 'g'))
                                         <> (select count(*) from regexp_matches(code, 'raise exception[^;]*errcode = ', 'g')) $$, 'every error has a code');
select is_empty(
  $$ select m.match[1] from ours as o cross join lateral regexp_matches(o.code, 'base\.decide\(''(\w+)''', 'g') as m (match)
     except select decision_kind from base.decision_kinds $$, 'E3: every decision that is taken is of a registered kind');
select is_empty($$ select decision_kind from base.decision_kinds as k where not exists (select from ours where code like '%''' || k.decision_kind || '''%') $$,
  'E3: every kind of decision is taken somewhere');

select * from finish();
rollback;
