-- Who locks what, and who waits for it: docs/model.md, "Locks". A function that is not here yet goes into that table too.
begin;
select plan(7);

create temporary view functions as
select n.nspname || '.' || p.proname as name, regexp_replace(p.prosrc, '--[^\n]*', '', 'g') as body
from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
where n.nspname in ('base', 'graph', 'ingest', 'asset', 'engine', 'api');

create function pg_temp.callers_of(p_names text[]) returns text[] language sql as $$
  select array(select f.name from functions as f where exists (select from unnest(p_names) as c where f.body like '%' || c || '(%') order by f.name collate "C");
$$;
create function pg_temp.bodies_like(p_pattern text) returns text[] language sql as $$
  select array(select name from functions where body ~ p_pattern order by name collate "C");
$$;

select is(pg_temp.bodies_like('advisory'), array['asset.lock_planner', 'asset.try_planner', 'graph.lock_writer', 'graph.try_writer', 'ingest.lock_books', 'ingest.share_books', 'ingest.try_books'],
  'advisory locks have a function each, by which they are taken or tried');
select is(pg_temp.callers_of(array['graph.lock_writer', 'graph.try_writer']),
  array['asset.edit_specified_users', 'asset.forget_user', 'engine.take_events', 'ingest.look_up_leavers', 'ingest.record_answer'],
  'who takes the lock of the graph');
select is(pg_temp.callers_of(array['asset.lock_planner', 'asset.try_planner']),
  array['api.run_cancel', 'api.setting_set', 'api.sync_request', 'asset.disable_root', 'asset.edit_specified_users', 'asset.enable_root', 'asset.forget_user', 'asset.try_root', 'engine.step'],
  'who takes the planner''s lock');
select is(pg_temp.callers_of(array['ingest.lock_books', 'ingest.share_books', 'ingest.try_books']), array['ingest.book_calls', 'ingest.change_budget', 'ingest.settle_budgets'],
  'who takes the books');

-- Rows
select is(pg_temp.bodies_like('for (no key )?(update|share)(?! (of [a-z, ]+ )?skip locked)(?=[ ;)\n])'),
  array['asset.lock_instance', 'base.change_setting', 'ingest.cancel_run', 'ingest.lock_call', 'ingest.resume_provider', 'ingest.settle_budgets'],
  'who waits for rows before touching them');
-- Run once for each row that it is compared with, such a subquery would lock, and lose, more than its limit.
select is(pg_temp.bodies_like('in \(\s*select [^()]* limit [^()]*for (no key )?update'), '{}', 'what is limited and locked is an array before it is compared with');

with recursive reached as (
  select 'engine.tick' collate "C" as name
  union
  select c.name
  from reached as r join functions as f using (name) join functions as c on f.body like '%' || c.name || '(%' and c.name not like 'api.%'
)
select is(array(
    select r.name from reached as r join functions as f using (name)
    where f.name in ('asset.lock_instance') or f.body ~ '\.(lock_writer|lock_planner|lock_books|share_books|lock_call)\(' order by r.name collate "C"),
  -- The one holds the instance already; the other comes of a sweep, which only an answer makes, who holds the lock of the graph.
  array['asset.lock_instance', 'ingest.look_up_leavers'], 'E6: a tick waits for none of these, but where the transaction has it already');

select * from finish();
rollback;
