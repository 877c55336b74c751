-- Fills a database with assets as the engine would have written them. Without triggers: the rows fit each other, and a million checks of a
-- foreign key take longer than all the rest.

create schema bench;

create function bench.fill_users(p_first_id bigint, p_count integer)
  returns void
  language sql
  set session_replication_role = replica
as $$
  insert into graph.users (user_id, handle, name, description, is_verified, verified_type, is_protected, joined_at)
  select i, 'B' || i, 'User ' || i, 'One of many, number ' || i || ' of them all', i % 9 = 0, 'none', false, to_timestamp(1356000000 + i % 400000000)
  from generate_series(p_first_id, p_first_id + p_count - 1) as i;

  insert into graph.user_counts (user_id, followers_count, following_count, post_count, listed_count, run_id)
  select i, i % 4001, i % 1999, i % 17000, i % 31, 1
  from generate_series(p_first_id, p_first_id + p_count - 1) as i;

  insert into graph.user_changes (user_id, change, run_id, changed_at)
  select i, 'added', 1, now()
  from generate_series(p_first_id, p_first_id + p_count - 1) as i;
$$;

-- A list that was read to its end just now, by a run of its own.
create function bench.fill_list(p_sync_kind text, p_subject_id bigint, p_first_id bigint, p_count integer)
  returns void
  language sql
  set session_replication_role = replica
as $$
  with run as (
    insert into ingest.runs (sync_kind, subject_id, mode, reason, status, cursor_exhausted, started_at, completed_at)
    values (p_sync_kind, p_subject_id, 'full', 'first', 'success', true, now(), now())
    returning run_id
  ), logged as (
    insert into graph.follow_changes (target_id, follower_id, change, run_id, changed_at)
    select case p_sync_kind when 'followers' then p_subject_id else i end, case p_sync_kind when 'followers' then i else p_subject_id end,
           'added', run_id, now()
    from run cross join generate_series(p_first_id, p_first_id + p_count - 1) as i
    returning target_id, follower_id, change_id
  )
  insert into graph.follows (target_id, follower_id, change_id, first_seen_at)
  select target_id, follower_id, change_id, now() from logged;

  insert into ingest.subjects (sync_kind, subject_id, fresh_at, full_at) values (p_sync_kind, p_subject_id, now(), now());
$$;

-- Ten edges of a list change in an odd round and change back in the next: half of them go, half of them come again.
create function bench.toggle(p_sync_kind text, p_subject_id bigint, p_item_ids bigint[], p_round integer)
  returns void
  language sql
as $$
  with item as (
    select case p_sync_kind when 'followers' then p_subject_id else i.id end as target_id,
           case p_sync_kind when 'followers' then i.id else p_subject_id end as follower_id,
           (i.position + p_round) % 2 = 0 as is_there
    from unnest(p_item_ids) with ordinality as i (id, position)
  ), logged as (
    insert into graph.follow_changes (target_id, follower_id, change, run_id, changed_at)
    select target_id, follower_id, case when is_there then 'revived' else 'removed' end, 1, now() from item
    returning target_id, follower_id, change_id, change
  )
  update graph.follows as f set change_id = l.change_id, deleted_at = case l.change when 'removed' then now() end
  from logged as l where f.target_id = l.target_id and f.follower_id = l.follower_id;
$$;

-- What is in the logs was read.
create function bench.settle_position()
  returns void
  language sql
as $$
  update asset.log_position set position = graph.last_change_id();
$$;

-- Followers of p_count subjects, each a root of its own with three followers, all of it fresh: nothing is to be done.
create function bench.fill_fresh(p_count integer)
  returns void
  language plpgsql
  set session_replication_role = replica
as $$
begin
  perform bench.fill_users(1, p_count);
  insert into ingest.runs (sync_kind, subject_id, mode, reason, status, cursor_exhausted, started_at, completed_at)
  select 'followers', i, 'full', 'first', 'success', true, now(), now() from generate_series(1, p_count) as i;
  insert into ingest.subjects (sync_kind, subject_id, fresh_at, full_at)
  select 'followers', i, now(), now() from generate_series(1, p_count) as i;
  with logged as (
    insert into graph.follow_changes (target_id, follower_id, change, run_id, changed_at)
    select i, (i + k - 1) % p_count + 1, 'added', i, now()
    from generate_series(1, p_count) as i cross join generate_series(1, 3) as k
    returning target_id, follower_id, change_id
  )
  insert into graph.follows (target_id, follower_id, change_id, first_seen_at)
  select target_id, follower_id, change_id, now() from logged;
  perform bench.settle_position();

  insert into asset.instances (kind, params, params_hash, identity_hash, depth, input_revision, output_revision, member_count, created_at)
  select 'segment_followers', p.params, h.hash, h.hash, 0, (select max(change_id) from graph.follow_changes where target_id = i), 1, 3, now()
  from generate_series(1, p_count) as i
  cross join lateral (select jsonb_build_object('subject_id', i::text)) as p (params)
  cross join lateral (select sha256(convert_to(E'rookery 1\nsegment_followers\nsubject_id=' || i, 'UTF8'))) as h (hash);
  insert into asset.materializations
    (instance_id, status, reads_everything, inputs_hash, dependencies_hash, input_revision, read_revision, output_revision,
     enter_count, exit_count, member_count, causes, started_at, completed_at)
  select i.instance_id, 'success', true, asset.inputs_hash(i), asset.dependencies_hash(i), i.input_revision, l.position, 1,
         3, 0, 3, jsonb_build_array(jsonb_build_object('cause', 'run', 'id', (i.params ->> 'subject_id')::bigint)), now(), now()
  from asset.instances as i cross join asset.log_position as l order by i.instance_id;
  update asset.instances as i set checkpoint_id = m.materialization_id, read_revision = m.read_revision
  from asset.materializations as m where m.instance_id = i.instance_id;
  insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at)
  select 'user', i.instance_id, f.follower_id, i.checkpoint_id, now(), now()
  from asset.instances as i join graph.follows as f on f.target_id = (i.params ->> 'subject_id')::bigint;
  insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance)
  select 'user', instance_id, moved_id, item_id, true, true from asset.members;
  insert into asset.verifications (instance_id, due_at)
  select instance_id, now() + base.setting_interval('verify.after') from asset.instances;

  insert into asset.roots (instance_id, is_enabled, enabled_at) select instance_id, true, now() from asset.instances order by instance_id;
  insert into asset.wants (instance_id, root_id, via_id) select instance_id, root_id, instance_id from asset.roots;
  update asset.materializations as m set root_ids = array[r.root_id] from asset.roots as r where r.instance_id = m.instance_id;
  insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal)
  select 'followers', (params ->> 'subject_id')::bigint, instance_id, false from asset.instances;
  insert into ingest.due (sync_kind, subject_id, due_at)
  select 'followers', i, now() + ingest.default_freshness('followers') * (0.75 + i % 1000 / 4000.0) from generate_series(1, p_count) as i;
end;
$$;

-- A segment of p_count members, all there at first, and p_revisions more in each of which p_events of them leave or come back.
create function bench.fill_history(p_count integer, p_revisions integer, p_events integer)
  returns bigint
  language plpgsql
  set session_replication_role = replica
as $$
declare
  v_instance_id bigint;
  v_first_id bigint;
begin
  perform bench.fill_users(1, p_count);
  insert into asset.instances (kind, params, params_hash, identity_hash, depth, created_at)
  select 'segment_followers', '{"subject_id": "1"}', h.hash, h.hash, 0, now()
  from (select sha256(convert_to(E'rookery 1\nsegment_followers\nsubject_id=1', 'UTF8'))) as h (hash)
  returning instance_id into v_instance_id;
  insert into asset.materializations
    (instance_id, status, reads_everything, inputs_hash, dependencies_hash, input_revision, read_revision, output_revision,
     enter_count, exit_count, member_count, started_at, completed_at)
  select v_instance_id, 'success', r = 0, sha256('i'), sha256('d'), r, r, r + 1,
         case when r = 0 then p_count when r % 2 = 0 then p_events else 0 end, case when r % 2 = 1 then p_events else 0 end,
         p_count - case when r % 2 = 1 then p_events else 0 end, now(), now()
  from generate_series(0, p_revisions) as r
  order by r;
  select min(materialization_id) into v_first_id from asset.materializations;

  insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance)
  select 'user', v_instance_id, v_first_id, i, true, true from generate_series(1, p_count) as i;
  -- The same ones leave in an odd revision and come back in the next; spread over the whole segment.
  insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance)
  select 'user', v_instance_id, v_first_id + r, 1 + ((r - 1) / 2 * p_events + k) * 97 % p_count, r % 2 = 0, case when r % 2 = 0 then false end
  from generate_series(1, p_revisions) as r cross join generate_series(1, p_events) as k
  on conflict do nothing;
  insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at, left_at)
  select 'user', v_instance_id, item_id, max(materialization_id), now(), now(), case when not (array_agg(is_enter order by materialization_id desc))[1] then now() end
  from asset.events where instance_id = v_instance_id group by item_id order by item_id;
  update asset.instances set checkpoint_id = v_first_id + p_revisions, read_revision = p_revisions, input_revision = p_revisions,
    output_revision = p_revisions + 1, member_count = (select count(*) from asset.members where left_at is null)
  where instance_id = v_instance_id;
  return v_instance_id;
end;
$$;

-- Every due time moves, as it does when a window of freshness is set anew.
create function bench.move_due(p_round integer)
  returns void
  language plpgsql
as $$
begin
  update base.settings set value = (5 * 60 + p_round) || ' minutes' where name = 'freshness.followers';
  perform ingest.reschedule_all();
end;
$$;

-- A look at every instance is asked for and done with: dead entries where the planner looks for marks.
create function bench.leave_marks()
  returns void
  language sql
as $$
  insert into asset.marks (instance_id, cause, cause_id, look_at) select instance_id, 'root', 1, now() from asset.instances;
  delete from asset.marks;
$$;

-- So many followers more for each of p_count subjects, of whom the assets are not made.
create function bench.fill_more_follows(p_count integer, p_each integer)
  returns void
  language sql
  set session_replication_role = replica
as $$
  with logged as (
    insert into graph.follow_changes (target_id, follower_id, change, run_id, changed_at)
    select i, (i + k - 1) % p_count + 1, 'added', i, now()
    from generate_series(1, p_count) as i cross join generate_series(4, least(p_each, p_count - 1)) as k
    where (i + k - 1) % p_count + 1 <> i
    returning target_id, follower_id, change_id
  )
  insert into graph.follows (target_id, follower_id, change_id, first_seen_at)
  select target_id, follower_id, change_id, now() from logged;
$$;

-- Runs of long ago, each with a call and a page. The runs that were there stay, since the log names them.
create function bench.fill_old_runs(p_count integer)
  returns void
  language plpgsql
as $$
declare
  v_then constant timestamptz := now() - interval '99 days';
begin
  update ingest.runs set started_at = v_then, completed_at = v_then, is_named = true;
  with old as (
    insert into ingest.runs (sync_kind, subject_id, mode, reason, status, cursor_exhausted, page_count, payer_ids, started_at, completed_at)
    select 'followers', i, 'incremental', 'due', 'success', false, 1, '{}', v_then, v_then
    from generate_series(1, p_count) as i
    returning run_id
  ), called as (
    insert into ingest.calls (run_id, endpoint, page_no, state, not_before, created_at, answered_at)
    select run_id, 'followers', 1, 'answered', v_then, v_then, v_then from old
    returning call_id, run_id
  ), booked as (
    insert into ingest.ledger (call_id, attempt_no, run_id, endpoint, asked_count, unit_usd, resource_count, billed_count, booked_at, counted_at, closed_at)
    select call_id, 1, run_id, 'followers', 100, 0.01, 100, 100, v_then, v_then, v_then from called
  )
  insert into ingest.pages (run_id, page_no, call_id, item_ids, changed_count, received_at)
  select run_id, 1, call_id, array(select generate_series(1, 100)), 0, v_then from called;
  update engine.chores set due_at = now();
end;
$$;
