-- All that the database knows of its own health, each of it also when it is ill.
begin;
select plan(27);

create function pg_temp.told(p_check text, p_plan jsonb default null, p_logins jsonb default null, p_clock timestamptz default null)
  returns text language sql set role = rookery_operator as $$
  select string_agg(concat_ws(' | ', state, says, mend), E'\n' order by says) from api.doctor(p_plan, p_logins, p_clock) where check_name = p_check;
$$;
select results_eq($$ select check_name, state, says from api.doctor() where check_name not in ('role', 'vacuum') $$, $$ select check_name, state, says from api.checks() $$,
  'whoever gives nothing hears what every door says, in the same words');

-- The plan
drop schema if exists sqitch cascade;
create schema sqitch;
create table sqitch.changes (project text, change_id text, change text, script_hash text, committed_at timestamptz default clock_timestamp());
grant usage on schema sqitch to rookery_owner;
grant select on sqitch.changes to rookery_owner;
insert into sqitch.changes values ('rookery', 'a1', 'base', 'x1'), ('rookery', 'a2', 'api', 'x2'), ('another', 'b1', 'theirs', 'y1');
create function pg_temp.plan(variadic p_changes text[]) returns jsonb language sql as $$
  select jsonb_agg(jsonb_build_object('change_id', c[1], 'change', c[2], 'script_hash', c[3])) from unnest(p_changes) as t, string_to_array(t, ' ') as c;
$$;
select is(pg_temp.told('schema', pg_temp.plan('a1 base x1', 'a2 api x2')), 'ok | all 2 changes of the plan are deployed', 'W6: a schema that is as planned');
select is(pg_temp.told('schema', pg_temp.plan('a1 base x1', 'a2 api x2', 'a3 more x3')), 'failing | a migration is behind: change more is not deployed | rookery db deploy',
  'W6: one that is behind');
select is(pg_temp.told('schema', pg_temp.plan('a1 base x1')),
  'warning | the database is ahead: the plan of this version does not have api | use the version that deployed it, or a newer one', 'W6: one that is ahead');
select is(pg_temp.told('schema', pg_temp.plan('a1 base x9', 'a2 api x2')),
  'failing | base was edited after the deployment: the database has it as it was | put the script back as it was deployed, and make what it was to change a change of its own',
  'W6: one whose plan was edited');
drop schema sqitch cascade;
select is(pg_temp.told('schema', pg_temp.plan('a1 base x1', 'a2 api x2')), 'failing | a migration is behind: changes api, base are not deployed | rookery db deploy',
  'W6: one of which nobody knows');
select is(pg_temp.told('schema'), null, 'without a plan, nothing');

-- The clock
select is(pg_temp.told('clock', p_clock => base.now() + '4 seconds'), 'ok | the clock here and that of the database agree', 'E4: clocks that agree');
select matches(pg_temp.told('clock', p_clock => base.now() + '90 seconds'), '^warning \| the clock here is 90 seconds ahead of that of the database \| have both', 'E4: one that is ahead');
select matches(pg_temp.told('clock', p_clock => base.now() - interval '1 hour'), '^warning \| the clock here is 3600 seconds behind that of the database \| have both', 'E4: one that is behind');

-- Logins
create function pg_temp.login(p_process text, p_login text) returns text language sql as $$
  select pg_temp.told('login', p_logins => jsonb_build_array(jsonb_build_object('process', p_process, 'login', p_login)));
$$;
create role rookery_test_plain login;
create role rookery_test_worker login in role rookery_worker;
create role rookery_test_greedy login in role rookery_worker, rookery_operator;
create role rookery_test_owner login in role rookery_owner, rookery_web;
create role rookery_test_super login superuser;
select is(pg_temp.login('worker', 'rookery_worker'), 'ok | the login for the worker is rookery_worker', 'W5: the login that is meant for it');
select is(pg_temp.login('worker', 'rookery_test_worker'), 'ok | the login for the worker is rookery_test_worker', 'W5: one that was given its role');
select is(pg_temp.login('worker', 'rookery_test_plain'),
  'failing | the login for the worker is rookery_test_plain, which lacks the role rookery_worker | grant rookery_worker to rookery_test_plain, or log in as somebody who has that role',
  'W5: one that cannot do the work');
select is(pg_temp.login('worker', 'nobody there'),
  'failing | the login for the worker is nobody there, which is no role here | grant rookery_worker to nobody there, or log in as somebody who has that role', 'W5: one that is not there');
select is(pg_temp.login('operator', 'rookery_test_greedy'),
  'warning | the login for commands is rookery_test_greedy, which also has rookery_worker | log in as rookery_operator, or as somebody who has that role and no other', 'W5: one that may do more');
select is(pg_temp.login('web', 'rookery_test_owner'),
  'warning | the login for the web process is rookery_test_owner, which also has rookery_owner | log in as rookery_web, or as somebody who has that role and no other',
  'W5: one that may change the schema');
select is(pg_temp.login('web', 'rookery_test_super'),
  'warning | the login for the web process is rookery_test_super, a superuser: nothing keeps it from anything | log in as rookery_web, or as somebody who has that role and no other',
  'W5: a superuser');
select is(pg_temp.login('deploy', 'rookery_test_owner'), 'ok | the login for deploying is rookery_test_owner', 'W5: who deploys may become the owner');
select matches(pg_temp.login('deploy', 'rookery_worker'), '^failing \| the login for deploying is rookery_worker, which lacks the role rookery_owner \| ', 'W5: who may not cannot deploy');
select is(pg_temp.told('login', p_logins => '[{"process": "worker", "login": "rookery_worker"}, {"process": "web", "login": "rookery_web"}, {"process": "cat", "login": "x"}]'),
  E'ok | the login for the web process is rookery_web\nok | the login for the worker is rookery_worker', 'several at once; a process that is none is passed over');

-- Roles
select is(pg_temp.told('role'), 'ok | no role may do more than its work', 'W5: roles as they were made');
alter role rookery_web createdb createrole;
alter role rookery_owner login;
select is(pg_temp.told('role'), E'warning | rookery_owner logs in | alter role rookery_owner nologin\nwarning | rookery_web makes roles, makes databases | alter role rookery_web nocreaterole nocreatedb',
  'W5: roles that were given more');

-- Vacuum
select matches(pg_temp.told('vacuum'), '^ok \| no table is bloated; the database takes \d+ .B, most of it in \w+\.\w+$', 'W7: a database that is young');
set local allow_system_table_mods = on;
-- 400 million transactions ago, by a counter that goes round.
update pg_catalog.pg_class set relfrozenxid = (((txid_current() & 4294967295) + 4294967296 - 400000000) % 4294967296)::text::xid where oid = 'ingest.runs'::regclass;
select matches(pg_temp.told('vacuum'), '^warning \| ingest\.runs was not frozen for 400,\d{3},\d{3} transactions \| vacuum \(freeze\) ingest\.runs, as its owner', 'W7: a table that vacuum does not reach');

-- Who may ask
set local role rookery_reader;
select lives_ok('select * from api.doctor()', 'W5: a reader may ask');
set local role rookery_web;
select throws_ok('select * from api.doctor()', '42501', null, 'W5: the web process may not');
select lives_ok('select * from api.checks()', 'W5: and asks for what every door says');

select * from finish();
rollback;
