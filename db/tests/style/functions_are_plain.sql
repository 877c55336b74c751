-- What CONVENTIONS.md says of functions, as far as the catalog knows it.
begin;
select plan(13);

create temporary table ours as
select p.oid, p.oid::regprocedure::text as name, n.nspname as room, p.proname, p.prosrc, l.lanname, p.prosecdef, p.proconfig, p.proargnames, p.proargmodes,
       regexp_replace(p.prosrc, '--[^\n]*', '', 'g') as code, pg_get_functiondef(p.oid) as definition
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
join pg_catalog.pg_language as l on l.oid = p.prolang
where n.nspname in ('base', 'graph', 'ingest', 'asset', 'engine', 'api') and p.prokind = 'f' and p.oid <> 'base.now()'::regprocedure;

create function pg_temp.complaints_about_bodies() returns setof text language plpgsql as $$
declare
  v_function record;
begin
  for v_function in select name, definition from ours loop
    begin
      execute v_function.definition;
    exception
      when others then
        return next v_function.name || ': ' || sqlerrm;
    end;
  end loop;
end;
$$;
select is_empty('select pg_temp.complaints_about_bodies()', 'every body is valid against the database as it is now');

select is_empty($$ select room, proname from ours group by room, proname having count(*) > 1 $$, 'no function is overloaded');
select is_empty($$ select name from ours where lanname not in ('sql', 'plpgsql') $$, 'functions are sql or plpgsql');
select is_empty($$ select name from ours where array_length(string_to_array(definition, E'\n'), 1) > 60 $$, 'no function is longer than 60 lines');
select is_empty(
  $$ select o.name, a.name from ours as o cross join lateral unnest(o.proargnames, o.proargmodes) as a (name, mode)
     where coalesce(a.mode, 'i') in ('i', 'v') and a.name !~ '^p_' $$, 'arguments are called p_…');
select is_empty(
  $$ select o.name, m.match[1] from ours as o
     cross join lateral regexp_matches(substring(o.code from '\ndeclare\n(.*?)\nbegin\n'), '^  (\w+) ', 'gn') as m (match)
     where m.match[1] !~ '^v_' $$, 'variables are called v_…');
select is_empty($$ select name from ours where lanname = 'plpgsql' and code ~ '\mexecute\M' and prosrc !~* '-- .*dynamic:' $$, 'dynamic SQL says why it is');
select is(array(select proname::text from ours where code ~* 'when\s+others' order by 1), '{materialize,verify_queued}',
  'A7: two places alone catch every error, and record it');
select is_empty(
  $$ select name from ours
     where replace(code, 'base.now()', '') ~* '\m(now|timeofday)\s*\(|\mcurrent_(timestamp|date|time)\M|\mlocaltime|(transaction|statement)_timestamp' $$,
  'E4: time is base.now(), and nothing else');
select is_empty($$ select name from ours where code ~* 'clock_timestamp' and prosrc !~ '-- .*wall clock' $$, 'E4: whatever measures elapsed time says so');
select is_empty(
  $$ select a.adrelid::regclass, pg_get_expr(a.adbin, a.adrelid) from pg_catalog.pg_attrdef as a
     join pg_catalog.pg_class as c on c.oid = a.adrelid
     where c.relnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine') and pg_get_expr(a.adbin, a.adrelid) ~* 'now|timestamp|date' $$,
  'E4: no default asks for the time');
select is_empty($$ select name from ours where room = 'api' and (not prosecdef or proconfig is distinct from array['search_path=pg_catalog, pg_temp']) $$,
  'W5: functions of api run as the owner, and find nothing that the caller made: where pg_temp is not named, it comes first');
select is_empty($$ select name from ours where room <> 'api' and (prosecdef or (proconfig is not null and not (proconfig = '{enable_seqscan=off}' and lanname = 'plpgsql'))) $$,
  'no other function does, so that they can be inlined; one that never could may say how it is planned');

select * from finish();
rollback;
