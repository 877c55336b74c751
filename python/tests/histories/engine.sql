-- What the histories ask of a database of theirs: to begin anew in milliseconds, to show all that the model speaks of, and
-- one hash of everything. Nothing here is part of the product; db/tests/helpers.sql comes first.

create schema pristine;

create function test.has_rows(p_table regclass)
  returns boolean
  language plpgsql
  stable
as $$
declare
  v_found boolean;
begin
  execute format('select exists (select from %s)', p_table) into v_found;
  return v_found;
end;
$$;
comment on function test.has_rows(regclass) is 'Whether a table holds anything.';

create function test.keep_pristine()
  returns void
  language plpgsql
  volatile
as $$
declare
  v_table record;
  v_body text := '';
begin
  for v_table in
    select n.nspname, c.relname, c.oid::regclass as name
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname in ('base', 'graph', 'ingest', 'asset', 'engine', 'simulation')
    order by n.nspname, c.relname
  loop
    execute format('create table pristine.%I as table %s', v_table.nspname || '_' || v_table.relname, v_table.name);
    v_body := v_body || format('  delete from %s;', v_table.name);
    if test.has_rows(v_table.name) then
      v_body := v_body || format(' insert into %s (%s) overriding system value select %2$s from pristine.%I;', v_table.name, (
        select string_agg(quote_ident(attname), ', ' order by attnum) from pg_catalog.pg_attribute
        where attrelid = v_table.name and attnum > 0 and not attisdropped and attgenerated = ''), v_table.nspname || '_' || v_table.relname);
    end if;
    v_body := v_body || chr(10);
  end loop;
  select v_body || string_agg(format('  perform setval(%L, %s, %L);', s.schemaname || '.' || s.sequencename, coalesce(s.last_value, s.start_value),
                                     s.last_value is not null), chr(10))
  into v_body
  from pg_catalog.pg_sequences as s where s.schemaname in ('base', 'graph', 'ingest', 'asset', 'engine') and s.sequencename <> 'wakes';
  -- Generated, so that every statement in it keeps its plan.
  execute format('create function test.begin_anew() returns void language plpgsql volatile set session_replication_role = replica as %L',
                 chr(10) || 'begin' || chr(10) || v_body || chr(10) || 'end;' || chr(10));
end;
$$;

comment on function test.keep_pristine() is 'Keeps a copy of every table, and makes test.begin_anew(), which brings all of them back, sequences too.';

create function test.graph_of()
  returns jsonb
  language plpgsql
  stable
as $$
begin
  return jsonb_build_object(
    'users', (select jsonb_agg(jsonb_build_array(u.user_id, u.handle, u.is_protected, extract(epoch from u.deleted_at), u.gone_reason,
                                                 c.followers_count, c.following_count))
              from graph.users as u left join graph.user_counts as c using (user_id)),
    'follows', (select jsonb_agg(jsonb_build_array(target_id, follower_id, extract(epoch from first_seen_at), extract(epoch from deleted_at)))
                from graph.follows),
    'posts', (select jsonb_agg(jsonb_build_array(post_id, author_id, text, extract(epoch from deleted_at))) from graph.posts));
end;
$$;
comment on function test.graph_of() is 'Users, follows and posts as they are.';

create function test.logs_since(p_position bigint)
  returns jsonb
  language plpgsql
  stable
as $$
begin
  return jsonb_build_object(
    'position', graph.last_change_id(),
    'users', (select jsonb_agg(jsonb_build_array(user_id, change, run_id, event_id) order by change_id)
              from graph.user_changes where change_id > p_position and change <> 'changed'),
    'handles', (select jsonb_agg(jsonb_build_array(user_id, old_handle, new_handle, run_id, event_id) order by change_id)
                from graph.handle_changes where change_id > p_position),
    'follows', (select jsonb_agg(jsonb_build_array(target_id, follower_id, change, run_id, event_id, extract(epoch from changed_at)) order by change_id)
                from graph.follow_changes where change_id > p_position),
    'posts', (select jsonb_agg(jsonb_build_array(post_id, change, run_id, event_id) order by change_id)
              from graph.post_changes where change_id > p_position));
end;
$$;
comment on function test.logs_since(bigint) is 'What the logs of the graph hold behind a position, and where they stand.';

create function test.is_news(p_written_by xid, p_snapshot pg_snapshot)
  returns boolean
  language sql
  immutable
as $$
  -- Or was perhaps: where another session was at work, its subtransactions are not told apart.
  select p_snapshot is null or p_written_by::text::xid8 >= pg_snapshot_xmin(p_snapshot);
$$;
comment on function test.is_news(xid, pg_snapshot) is 'Whether a row with this xmin was not there yet when a snapshot was taken (null: the first look).';

create function test.books_of(p_snapshot pg_snapshot)
  returns jsonb
  language plpgsql
  stable
as $$
begin
  return jsonb_build_object(
    'ledger', (select jsonb_agg(jsonb_build_array(call_id, attempt_no, asked_count, billed_count, closed_at is null, extract(epoch from counted_at)))
               from ingest.ledger as l where test.is_news(l.xmin, p_snapshot)),
    'budgets', (select jsonb_agg(jsonb_build_object('scope', scope, 'period', period, 'cap', cap_usd, 'spent', spent_usd,
                                                    'began_at', extract(epoch from began_at), 'payer', payer_id, 'endpoint', endpoint))
                from ingest.budgets));
end;
$$;
comment on function test.books_of(pg_snapshot) is 'The ledger, as far as it was written since a snapshot, and the budgets.';

create function test.ingest_of(p_seconds double precision, p_snapshot pg_snapshot)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_since constant timestamptz := to_timestamp(p_seconds);
begin
  return jsonb_build_object(
    'runs', (select jsonb_agg(jsonb_build_object(
               'id', run_id, 'kind', sync_kind, 'subject', subject_id, 'items', item_ids, 'handles', handles, 'mode', mode, 'reason', reason,
               'status', status, 'waiting', is_waiting, 'class', error_class, 'exhausted', cursor_exhausted, 'pages', page_count,
               'resources', resource_count, 'billed', billed_count, 'removed', removed_count, 'restarts', restart_count, 'payers', payer_ids,
               'retry_at', extract(epoch from retry_at), 'counted', subject_count) order by run_id)
             from ingest.runs where status = 'in_progress' or completed_at >= v_since),
    -- In order, as roots are: an operation chooses by places.
    'calls', (select jsonb_agg(jsonb_build_array(call_id, run_id, state, worker, extract(epoch from lease_until), extract(epoch from not_before),
                                                 attempt_count, page_no, page_token, endpoint, held_by) order by call_id)
              from ingest.calls where state in ('ready', 'claimed')),
    'subjects', (select jsonb_agg(jsonb_build_array(sync_kind, subject_id, extract(epoch from fresh_at), extract(epoch from full_at), refused_class,
                                                    failure_count))
                 from ingest.subjects as s where test.is_news(s.xmin, p_snapshot)),
    'subscriptions', (select jsonb_agg(jsonb_build_array(sync_kind, subject_id, count_at_look, extract(epoch from agreed_at))) from ingest.subscriptions),
    'needs', (select jsonb_agg(jsonb_build_array(sync_kind, subject_id, consumer_id)) from ingest.needs),
    'events', (select jsonb_agg(jsonb_build_array(event_id, state, detail) order by event_id)
               from ingest.webhook_events as e where test.is_news(e.xmin, p_snapshot)),
    'decisions', (select jsonb_agg(jsonb_build_array(decision_kind, about, reason, repeat_count))
                  from base.decisions as d where test.is_news(d.xmin, p_snapshot)));
end;
$$;
comment on function test.ingest_of(double precision, pg_snapshot) is
  'What is being bought, or was until a time, and who needs what; of subjects, events and decisions, what was written since a snapshot.';

create function test.assets_of(p_snapshot pg_snapshot)
  returns jsonb
  language plpgsql
  stable
as $$
begin
  return jsonb_build_object(
    'instances', (select jsonb_agg(jsonb_build_array(instance_id, encode(identity_hash, 'hex')))
                  from asset.instances as i where test.is_news(i.xmin, p_snapshot)),
    'wanted', (select jsonb_agg(distinct instance_id) from asset.wants),
    'roots', (select jsonb_agg(jsonb_build_array(root_id, instance_id, target_kind, target_mode) order by root_id) from asset.roots),
    'sources', (select jsonb_agg(jsonb_build_array(instance_id, pinned_id)) from asset.dependencies where role = 'source'),
    'new', (select jsonb_agg(jsonb_build_object(
              'id', m.materialization_id, 'instance', m.instance_id, 'status', m.status, 'revision', m.output_revision, 'enters', m.enter_count,
              'exits', m.exit_count, 'count', m.member_count,
              'pins', (select jsonb_object_agg(role, pinned_id) from asset.pins where instance_id = m.instance_id and materialization_id = m.materialization_id),
              'events', (select jsonb_agg(jsonb_build_array(item_id, is_enter, is_first_appearance))
                         from asset.events where instance_id = m.instance_id and materialization_id = m.materialization_id),
              'members', (select jsonb_agg(item_id) from asset.members where instance_id = m.instance_id and left_at is null)) order by m.materialization_id)
            from asset.materializations as m where test.is_news(m.xmin, p_snapshot)));
end;
$$;
comment on function test.assets_of(pg_snapshot) is
  'Who is wanted and what is pinned; and the materializations since a snapshot, with their events and the members as they are now.';

create function test.seen_since(p_seconds double precision, p_snapshot text, p_position bigint)
  returns jsonb
  language plpgsql
  stable
as $$
begin
  return jsonb_build_object(
    'ingest', test.ingest_of(p_seconds, p_snapshot::pg_snapshot), 'assets', test.assets_of(p_snapshot::pg_snapshot),
    'books', test.books_of(p_snapshot::pg_snapshot), 'logs', test.logs_since(p_position), 'snapshot', pg_current_snapshot());
end;
$$;
comment on function test.seen_since(double precision, text, bigint) is
  'All that the model speaks of, but the graph itself: what was ever written since the last look, so that a look costs what has changed.';

create function test.as_of(p_instance_id bigint, p_materialization_id bigint)
  returns bigint[]
  language sql
  stable
as $$
  select array(select item_id from api.members_as_of(p_instance_id, p_materialization_id) order by item_id);
$$;
comment on function test.as_of(bigint, bigint) is 'The members of an instance as of a materialization (A11).';

create function test.damage_member(p_instance asset.instances, p_damage text)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_kind constant text := asset.item_kind_of(p_instance.instance_id);
  v_member asset.members;
begin
  select * into v_member from asset.members where instance_id = p_instance.instance_id and left_at is null order by item_id limit 1;
  case p_damage
    when 'lost member' then
      delete from asset.members where item_kind = v_kind and instance_id = v_member.instance_id and item_id = v_member.item_id;
    when 'stranger' then
      v_member.item_id := 1;
      insert into asset.members select v_member.*;
    when 'first appearance' then
      update asset.events set is_first_appearance = not is_first_appearance
      where item_kind = v_kind and instance_id = v_member.instance_id and item_id = v_member.item_id and is_enter and materialization_id = v_member.moved_id;
    when 'lost event' then
      delete from asset.events
      where item_kind = v_kind and instance_id = v_member.instance_id and item_id = v_member.item_id and materialization_id = v_member.moved_id;
    when 'ended edge' then
      update graph.follows set deleted_at = base.now()
      where (target_id, follower_id) = case p_instance.kind when 'segment_followers' then ((p_instance.params ->> 'subject_id')::bigint, v_member.item_id)
                                                            when 'segment_followed' then (v_member.item_id, (p_instance.params ->> 'subject_id')::bigint) end;
    when 'ended post' then
      update graph.posts set deleted_at = base.now(), text = null where post_id = v_member.item_id;
  end case;
end;
$$;
comment on function test.damage_member(asset.instances, text) is 'Damages what concerns a member of an instance: in the snapshot, the events or the graph.';

create function test.damage(p_instance_id bigint, p_damage text)
  returns void
  language plpgsql
  volatile
  set session_replication_role = replica
as $$
declare
  v_instance asset.instances;
begin
  select * into strict v_instance from asset.instances where instance_id = p_instance_id;
  case p_damage
    when 'checkpoint' then update asset.instances set checkpoint_id = checkpoint_id - 1 where instance_id = p_instance_id;
    when 'count' then update asset.instances set member_count = member_count + 1 where instance_id = p_instance_id;
    when 'revision' then update asset.instances set output_revision = output_revision + 1 where instance_id = p_instance_id;
    when 'position' then update asset.instances set read_revision = read_revision - 1 where instance_id = p_instance_id;
    else perform test.damage_member(v_instance, p_damage);
  end case;
end;
$$;
comment on function test.damage(bigint, text) is 'Damages an instance behind the back of its constraints, as a fault of the disk or of a person would.';

create function test.findings_of(p_instance_id bigint)
  returns jsonb
  language plpgsql
  volatile
as $$
begin
  return (select jsonb_agg(jsonb_build_array(finding, remedy)) from api.verify(p_instance_id) where finding <> 'note');
end;
$$;
comment on function test.findings_of(bigint) is 'What a verification finds wrong with an instance, and what can be done about it; null: nothing.';

create function test.mended(p_instance_id bigint)
  returns jsonb
  language plpgsql
  volatile
as $$
begin
  return (select jsonb_agg(finding) from api.repair(p_instance_id) where finding <> 'note');
end;
$$;
comment on function test.mended(bigint) is 'What a repair found wrong with an instance; null: nothing.';

create function test.set_setting(p_name text, p_value text)
  returns void
  language sql
  volatile
as $$
  update base.settings set value = p_value where name = p_name;
$$;
comment on function test.set_setting(text, text) is 'A setting from the start on.';

create function test.set_now(p_seconds double precision)
  returns void
  language sql
  volatile
as $$
  select simulation.set_now(to_timestamp(p_seconds));
$$;
comment on function test.set_now(double precision) is 'Sets the clock, in seconds since 1970.';

create function test.everything_wrong()
  returns text[]
  language sql
  stable
as $$
  select array(select test.invariants());
$$;
comment on function test.everything_wrong() is 'See test.invariants().';

select test.keep_pristine();
