-- The table of contents of the database: what is in api, and who may call it (W4, W5). A change here is a change for every client.
begin;
select plan(14);

select functions_are('api', array[
  'engine_tick', 'engine_response', 'engine_failure', 'engine_release',
  'root_enable', 'root_disable', 'fanout_root_enable', 'fanout_root_disable', 'instance_id',
  'specified_users_set', 'specified_users_add', 'specified_users_remove',
  'members', 'members_as_of', 'members_at', 'members_page', 'moment_id', 'diff', 'leavers_unknown', 'leavers_look_up', 'events', 'verify', 'repair', 'why', 'why_not', 'why_run', 'provenance', 'tree', 'sync_request', 'run_cancel', 'provider_resume', 'sync_handles', 'setting_set',
  'budget_set', 'budgets', 'price_set', 'cost', 'root_estimate', 'webhook_receive', 'subscription_set',
  'user_id', 'users_find', 'users_look_up', 'memberships', 'run_progress', 'metrics', 'checks', 'has_change', 'doctor', 'table_sizes', 'token_check',
  'read_clock', 'standings', 'moves', 'days', 'held_back', 'surroundings', 'runs_of', 'user_forget']);
select views_are('api', array[
  'kinds', 'roots', 'fanout_roots', 'instances', 'materializations', 'runs', 'calls', 'pages', 'due', 'decisions', 'users', 'forgotten_users', 'handle_changes', 'follows', 'posts', 'windows', 'spend', 'spend_by_root', 'prices',
  'rejects', 'webhook_events', 'subscriptions', 'settings', 'error_codes', 'decision_kinds', 'workers', 'help']);

create temporary view may_call as
select r.rolname as role, array_agg(p.proname::text order by p.proname::text) as functions
from pg_catalog.pg_roles as r
join pg_catalog.pg_proc as p on p.pronamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine', 'api')
where has_function_privilege(r.oid, p.oid, 'execute')
group by r.rolname;
select is((select functions from may_call where role = 'rookery_worker'), '{engine_failure,engine_release,engine_response,engine_tick,has_change}',
  'W5: a worker drives the engine, and nothing else');
select is((select functions from may_call where role = 'rookery_operator'),
  '{budget_set,budgets,checks,cost,days,diff,doctor,engine_tick,events,fanout_root_disable,fanout_root_enable,has_change,held_back,instance_id,leavers_look_up,leavers_unknown,members,members_as_of,members_at,members_page,memberships,metrics,moment_id,moves,price_set,provenance,provider_resume,read_clock,repair,root_disable,root_enable,root_estimate,run_cancel,run_progress,runs_of,setting_set,specified_users_add,specified_users_remove,specified_users_set,standings,subscription_set,surroundings,sync_handles,sync_request,table_sizes,token_check,tree,user_forget,user_id,users_find,users_look_up,verify,why,why_not,why_run}',
  'W5: an operator says what is wanted, and looks');
select is((select functions from may_call where role = 'rookery_reader'), '{budgets,checks,cost,days,diff,doctor,events,has_change,held_back,instance_id,leavers_unknown,members,members_as_of,members_at,members_page,memberships,metrics,moment_id,moves,provenance,read_clock,run_progress,runs_of,standings,surroundings,table_sizes,tree,user_id,users_find,why,why_not,why_run}', 'W5: a reader looks');
select is((select functions from may_call where role = 'rookery_web'), '{budgets,checks,cost,days,diff,events,has_change,held_back,instance_id,leavers_unknown,members,members_as_of,members_at,members_page,memberships,metrics,moment_id,moves,provenance,read_clock,run_progress,runs_of,standings,surroundings,table_sizes,tree,user_id,users_find,webhook_receive,why,why_not,why_run}',
  'W5: so does the page, which also takes events in');
select is_empty(
  $$ select p.oid::regprocedure from pg_catalog.pg_proc as p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
     where a.grantee = 0 and p.pronamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine', 'api') $$,
  'W5: nobody may call a function that was not granted to them');

create temporary view may_touch as
select r.rolname as role, c.oid::regclass::text as relation, p.privilege
from pg_catalog.pg_roles as r
cross join pg_catalog.pg_class as c
cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as p (privilege)
where r.rolname in ('rookery_worker', 'rookery_operator', 'rookery_reader', 'rookery_web') and c.relkind in ('r', 'p', 'v')
  and c.relnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine', 'api')
  and has_table_privilege(r.oid, c.oid, p.privilege);
select is_empty($$ select * from may_touch where relation not like 'api.%' or privilege <> 'select' $$, 'W5: no role touches a table, nor writes a view');
select is_empty($$ select * from may_touch where role = 'rookery_worker' $$, 'W5: a worker reads nothing');
select is_empty(
  $$ select r.role, v.viewname from unnest(array['rookery_operator', 'rookery_reader', 'rookery_web']) as r (role) cross join pg_catalog.pg_views as v
     where v.schemaname = 'api' and (r.role, 'api.' || v.viewname) not in (select role, relation from may_touch) $$, 'W5: everybody else reads every view');
-- A view reads tables as its owner, but calls functions as whoever reads it.
create function pg_temp.complaint(p_view text) returns text language plpgsql set role = rookery_web as $$
begin
  execute format('select * from api.%I limit 1', p_view);
  return null;
exception
  when insufficient_privilege then return sqlerrm;
end $$;
select is_empty(
  $$ select viewname, complaint from pg_catalog.pg_views cross join lateral pg_temp.complaint(viewname) as complaint
     where schemaname = 'api' and complaint is not null $$, 'W5: and may call what is in it');
select is_empty(
  $$ select r.rolname, n.nspname from pg_catalog.pg_roles as r cross join pg_catalog.pg_namespace as n
     where r.rolname in ('rookery_worker', 'rookery_operator', 'rookery_reader', 'rookery_web') and n.nspname in ('base', 'graph', 'ingest', 'asset', 'engine', 'api')
       and (has_schema_privilege(r.oid, n.oid, 'create') or (n.nspname <> 'api' and has_schema_privilege(r.oid, n.oid, 'usage'))) $$,
  'W5: no role makes anything, and none sees a private schema');
select is_empty($$ select rolname from pg_catalog.pg_roles where rolname like 'rookery\_%' and (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls) $$,
  'W5: no role of ours is more than a role');
select is_empty(
  $$ select oid::regclass from pg_catalog.pg_class where relnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine', 'api')
       and relowner <> 'rookery_owner'::regrole $$, 'W5: everything is the owner''s, as whom nobody logs in');

select * from finish();
rollback;
