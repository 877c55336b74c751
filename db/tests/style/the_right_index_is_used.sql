-- E5: what runs with every tick, answer, event or listing finds its rows by an index, in a world where reading a table from end to end would show.
-- And the other way round: each index serves something that is named here, or keeps an invariant. One that serves nothing would only be paid for.
begin;
select plan(62);

select test.fill(2000) \g /dev/null
create temporary table named (index_name text);
create function pg_temp.finds(p_statement text, p_indexes text[], p_title text) returns text language plpgsql as $$
declare
  v_reads constant text[] := test.reads_of(p_statement);
begin
  insert into named select unnest(p_indexes);
  return is(array(select r from unnest(v_reads) as r where r = any (p_indexes) or r like 'all of %' order by r),
            array(select i from unnest(p_indexes) as i order by i), p_title);
end $$;
create function pg_temp.lists(p_query text, p_index text, p_title text) returns text language plpgsql as $$
declare
  v_plan constant text := test.plan_of(p_query);
  -- A page in the order of its key is not sorted, at most within what is equal in the index.
  v_is_right constant boolean := v_plan ~ format('\m%s\M', p_index) and v_plan !~ '(?<!Incremental )Sort\n' and v_plan !~ 'Seq Scan on (?!kinds|decision_kinds)';
begin
  insert into named values (p_index);
  return ok(v_is_right, p_title) || case when v_is_right then '' else E'\n' || diag(v_plan) end;
end $$;
create function pg_temp.instance_of(p_kind text, p_subject_id bigint) returns bigint language sql stable as $$
  select instance_id from asset.instances where kind = p_kind and params = jsonb_build_object('subject_id', p_subject_id::text);
$$;
select pg_temp.instance_of('segment_followers', 77) as followers_id, pg_temp.instance_of('segment_followed', 77) as followed_id,
       pg_temp.instance_of('segment_mutuals', 77) as mutuals_id, checkpoint_id
from asset.instances where instance_id = pg_temp.instance_of('segment_followers', 77) \gset
select min(run_id) as long_run_id, graph.last_change_id() as position from ingest.runs \gset
select test.x_sync('followers', 2010) as run_id \gset
-- The chores have been done, as mostly.
select test.tick() \g /dev/null

-- A tick -------------------------------------------------------------------------------------------------------------------------------------

select pg_temp.finds('select test.tick()',
  '{marks_look_at_idx, verifications_due_at_idx, due_due_at_idx, calls_lease_until_idx, calls_ready_idx, runs_waiting_idx, runs_without_payers_idx,
    webhook_events_received_idx, webhook_events_retry_at_idx, user_changes_change_id_idx, follow_changes_change_id_idx, post_changes_change_id_idx}',
  'E5: a tick that finds nothing to do');
select pg_temp.finds(format($$ select test.respond((select call_id from ingest.calls where run_id = %s and state = 'claimed'), test.users_page(array(select generate_series(100, 110)), 'more')) $$, :run_id),
  '{rejects_author_id_idx}', 'G2, I4: a page of users who are known, new to the list');
select pg_temp.finds('select test.tick()', '{watched_dependencies_idx, follow_changes_change_id_idx, calls_ready_idx}', 'E5: the tick that plans what it changed');
select test.x_follow('unfollow', 78, 77) \g /dev/null
select pg_temp.finds('select test.tick()',
  '{webhook_events_received_idx, webhook_events_edge_idx, marks_instance_id_idx, needs_consumer_id_idx, dependencies_dependency_id_idx}',
  'W1, A8: the ticks that take an event in, and bring two segments up to it');
select test.x_event('post.create', 55, '{"id": "2000055", "author_id": "55", "text": "a post", "created_at": "2026-03-01T12:00:00.000Z"}') \g /dev/null
select pg_temp.finds('select test.tick()', '{webhook_events_post_id_idx}', 'W1: a tick that takes in an event of a post');
select test.new_follower('@stranger_7', '77') \g /dev/null
select test.tick() \g /dev/null
select pg_temp.finds($$ select test.answer('/2/users/by', test.page(jsonb_build_array(test.user_object(3007, 'stranger_7')))) $$,
  '{webhook_events_waits_for_idx, a_handle_has_one_holder}', 'W1: the look-up that an event waits for');
select test.enable('segment_specified_users', 'set 7') as set_id \gset
select test.tick() \g /dev/null
select pg_temp.finds($$ select api.specified_users_add('set 7', '{2001}') $$, '{specified_users_revision_idx}', 'A14: one is added to a large set');
select pg_temp.finds($$ select ingest.settle_departures(r) from ingest.runs as r where r.run_id = (select max(run_id) from ingest.runs where sync_kind = 'users') $$, '{departures_asked_idx}',
  'a look-up of somebody who left');
select pg_temp.finds(format($$ select ingest.leads_back(r, 2000, 'token 77') from ingest.runs as r where run_id = %s $$, :long_run_id), '{pages_next_token_idx}', 'I4: whether a token was seen before in a long run');
select pg_temp.finds($$ select ingest.free_held_calls(row(1001, 'everything', null, null, 'day', 100, 0, base.now())::ingest.budgets) $$, '{calls_held_by_idx}', 'I8: the calls that a budget holds');
select pg_temp.finds(format('select api.run_cancel(%s)', :run_id), '{one_open_call_per_run}', 'I1: a run that is cancelled');
select pg_temp.finds($$ select api.root_disable('segment_followers', '{"subject_id": "99"}') $$, '{wants_root_id_idx, needs_consumer_id_idx}', 'A4: a root that is let go');
select pg_temp.finds($$ select api.root_enable('segment_mutuals', '{"subject_id": "2001"}') $$, '{}', 'A3: a root over somebody new');

-- What an operator asks ----------------------------------------------------------------------------------------------------------------------

select pg_temp.finds(format('select api.why(%s)', :mutuals_id), '{}', 'why it is as it is');
select pg_temp.finds(format('select api.why_not(%s)', :mutuals_id), '{}', 'what it waits for');
select pg_temp.finds(format('select api.why_run(%s)', :long_run_id), '{}', 'why a run ran');
select pg_temp.finds(format('select api.runs_of(%s)', :followers_id), '{runs_subject_id_idx}', 'the runs that feed it');
select pg_temp.finds(format('select api.members(%s)', :followers_id), '{segment_members_pkey}', 'A10: its members');
select pg_temp.finds(format('select api.members_as_of(%s, %s)', :followers_id, :checkpoint_id), '{segment_members_pkey}', 'A11: as of a materialization');
select pg_temp.finds(format('select api.members_page(%s, %s)', :followers_id, :checkpoint_id), '{segment_members_pkey}', 'A11: by pages');
select pg_temp.finds(format('select api.members_at(%s, base.now())', :followers_id), '{segment_members_pkey}', 'A11: at a moment');
select pg_temp.finds(format('select api.events(%s)', :followers_id), '{segment_events_pkey}', 'A9: its events');
select checkpoint_id as moved_id from asset.instances where instance_id = :followers_id \gset
select pg_temp.finds(format('select api.diff(%s, %s, %s)', :followers_id, :checkpoint_id, :moved_id), '{segment_events_pkey}', 'A11: what changed');
select pg_temp.finds(format('select api.leavers_unknown(%s, %s, %s)', :followers_id, :checkpoint_id, :moved_id), '{segment_events_pkey}', 'who left for no known reason');
select pg_temp.finds($$ select api.moves(base.now() - interval '1 day') $$, '{}', 'what moved today');
select pg_temp.finds(format('select api.days(array[%s]::bigint[], 30)', :followers_id), '{materializations_pkey}', 'a month of it');
select pg_temp.finds(format('select api.standings(array[%s]::bigint[])', :mutuals_id), '{}', 'how it stands');
select pg_temp.finds(format('select api.surroundings(%s)', :followers_id), '{dependencies_dependency_id_idx}', 'what is around it');
select pg_temp.finds('select api.memberships(77)', '{segment_members_item_id_idx}', 'which segments hold a user');
select pg_temp.finds($$ select api.users_find('{@user_77, 12}') $$, '{a_handle_has_one_holder}', 'G3: who has a handle');
select pg_temp.finds($$ select api.provenance('handle', '"once_77"') $$, '{handle_changes_old_handle_idx}', 'G3: who had it');
select pg_temp.finds($$ select api.provenance('user', '"77"') $$, '{user_changes_pkey}', 'G7: where a user is from');
select pg_temp.finds($$ select api.provenance('post', '"1000077"') $$, '{post_changes_post_id_idx}', 'G7: where a post is from');
select pg_temp.finds($$ select api.provenance('follow', '{"target_id": "77", "follower_id": "78"}') $$, '{follow_changes_follower_id_idx}', 'G7: where a follow is from');
select pg_temp.finds('select api.held_back()', '{decisions_last_at_idx}', 'E3: what is held back');
select pg_temp.finds('select api.checks()', '{}', 'whether all is well');
select pg_temp.finds('select api.metrics()', '{}', 'W7: metrics');
select pg_temp.finds('select api.budgets()', '{}', 'I8: the budgets');
select pg_temp.finds($$ select * from asset.shares_since(base.now() - interval '1 hour') $$, '{ledger_counted_at_idx}', 'I9: what was spent lately');
select pg_temp.finds(format('select api.run_progress(array[%s]::bigint[])', :long_run_id), '{}', 'how far runs are');

-- Pages of a listing, from a cursor on -------------------------------------------------------------------------------------------------------

select pg_temp.lists('select * from api.roots where root_id > 77 order by root_id limit 100', 'roots_pkey', 'roots');
select pg_temp.lists('select * from api.instances where instance_id > 77 order by instance_id limit 100', 'instances_pkey', 'instances');
select pg_temp.lists(format('select * from api.materializations where materialization_id < %s order by materialization_id desc limit 100', :moved_id),
  'materializations_materialization_id_key', 'materializations');
select pg_temp.lists(format('select * from api.materializations where instance_id = %s and materialization_id < 99999999 order by materialization_id desc limit 100', :followers_id),
  'materializations_pkey', 'materializations of an instance');
select pg_temp.lists('select * from api.runs where run_id < 99999999 order by run_id desc limit 100', 'runs_pkey', 'runs');
select pg_temp.lists($$ select * from api.runs where sync_kind = 'followers' and subject_id = 77 and run_id < 99999999 order by run_id desc limit 100 $$,
  'runs_subject_id_idx', 'runs of a list');
select pg_temp.lists(format('select * from api.pages where run_id = %s and page > 50 order by page limit 100', :long_run_id), 'pages_pkey', 'pages of a run');
select pg_temp.lists(format('select * from api.rejects where run_id = %s', :long_run_id), 'rejects_run_id_idx', 'what was set aside of a run');
select pg_temp.lists(
  $$ select * from api.decisions where (last_at, decision_id) < (base.now() - interval '1 day', 77) order by last_at desc, decision_id desc limit 100 $$,
  'decisions_last_at_idx', 'decisions');
select pg_temp.lists(format('select * from api.handle_changes where change_id < %s order by change_id desc limit 100', :position), 'handle_changes_change_id_idx', 'changes of handles');
select pg_temp.lists(format('select * from api.handle_changes where user_id = 77 and change_id < %s order by change_id desc limit 100', :position),
  'handle_changes_pkey', 'handles of a user');
select pg_temp.lists('select * from api.webhook_events where event_id < 99999999 order by event_id desc limit 100', 'webhook_events_pkey', 'events');
select pg_temp.lists('select * from api.webhook_events where post_id = 1000077', 'webhook_events_post_id_idx', 'events of a post');
select pg_temp.lists('select * from api.users where user_id = any (array[1, 5, 77])', 'users_pkey', 'users');
select pg_temp.lists('select * from api.follows where follower_id = 77', 'follows_follower_id_idx', 'whom a user follows');
select pg_temp.lists('select * from api.posts where author_id = 77', 'posts_author_id_idx', 'the posts of an author');

-- What is cleared away -----------------------------------------------------------------------------------------------------------------------

select simulation.set_now(base.now() + interval '200 days') \g /dev/null
-- What is under way keeps what began after it.
update ingest.runs set status = 'cancelled', is_waiting = false, completed_at = base.now() where status = 'in_progress';
select pg_temp.finds('select base.purge_decisions(3)', '{decisions_last_at_idx}', 'W7: old decisions');
select pg_temp.finds('select ingest.purge_calls(10)', '{ledger_pkey}', 'W7: old calls');
select pg_temp.finds('select ingest.purge_runs(10)', '{runs_profile_run_id_idx, rejects_run_id_idx}', 'W7: old runs');
select pg_temp.finds('select ingest.purge_events(10)', '{webhook_events_pkey, event_keys_pkey}', 'W7: old events');

-- And nothing else is paid for ---------------------------------------------------------------------------------------------------------------

select is_empty(
  $$ select i.indexrelid::regclass from pg_catalog.pg_index as i join pg_catalog.pg_class as c on c.oid = i.indexrelid
     where c.relnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine') and not i.indisunique and c.relkind = 'i'
       and c.relname not in (select index_name from named) $$,
  'every index keeps something unique, or is named above for what it finds');
select is_empty($$ select index_name from named except select relname from pg_catalog.pg_class where relkind = 'i' $$, 'and what is named is there');

select * from finish();
rollback;
