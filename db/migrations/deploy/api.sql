-- Deploy rookery:api to pg

begin;
set local check_function_bodies = off;

-- source: db/schema/90_api.sql
-- The public surface: what drivers, operators and the web call, and nothing else. Functions run as the owner, views show what their names say.

set local role rookery_owner;

create schema api;
comment on schema api is 'The public surface of Rookery.';

-- source: db/functions/api/budget_set.sql
create or replace function api.budget_set(p_scope text, p_period text, p_usd numeric)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.set_budget(p_scope, p_period, p_usd);
  perform base.wake();
end;
$$;
comment on function api.budget_set(text, text, numeric) is
  'Sets what may be spent at most in a UTC day or month (p_period: day, month), in US dollars; null removes it. p_scope: everything, root:12, call:followers. Errors RK005, RK030.';

-- source: db/functions/api/budgets.sql
create or replace function api.budgets()
  returns table (budget_id bigint, scope text, period text, cap_usd numeric, spent_usd numeric, left_usd numeric, held_calls bigint, began_at timestamptz, ends_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from ingest.list_budgets();
$$;
comment on function api.budgets() is
  'The budgets: what may be spent in the present period, what was (calls that are out, or got no answer, at their worst price), and how many calls wait for each.';

-- source: db/functions/api/checks.sql
create or replace function api.checks(p_change text default null)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select check_name, state, says, mend, since_at from engine.checks(p_change);
$$;
comment on function api.checks(text) is
  'What a person should know, in the words in which every door says it: whether a change of the plan is deployed (p_change null: not asked), whether a worker ticks, whether the provider sells, which windows are spent and which budgets keep calls back, whether webhook events are taken in, what is due longest, and which decisions that need a person are in force, or, where they have no end, were taken within a day (the latest twenty). State is ok, warning, or failing where this database cannot serve; mend is the way out. Cheap: it probes, and reads nothing of the size of the past. See api.doctor.';

-- source: db/functions/api/cost.sql
create or replace function api.cost(p_by text default 'root')
  returns table (what text, spent_usd numeric, expected_usd numeric)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from asset.spend_of_month(p_by);
$$;
comment on function api.cost(text) is
  'What was spent in this UTC month so far, and what is expected for the rest of it, in US dollars; p_by: root, call, or day. Expected is the mean of the last seven full days, and of a root that has none an estimate. No answer counts at its worst price. Error RK033.';

-- source: db/functions/api/days.sql
create or replace function api.days(p_instance_ids bigint[], p_days integer default 30)
  returns table (instance_id bigint, utc_day date, members bigint, entered bigint, "left" bigint, began_with bigint)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_days(p_days);
  return query select * from asset.days_of(p_instance_ids, p_days);
end;
$$;
comment on function api.days(bigint[], integer) is
  'How instances moved, by UTC day, today the last: members at its end, how many entered and left (what an instance began with is no part of it, but told apart). Days before an instance''s first success have no row. Of an instance that moved more often than 20,000 times, the newest of them. Error RK012.';

-- source: db/functions/api/diff.sql
create or replace function api.diff(p_instance_id bigint, p_from bigint, p_to bigint, p_limit integer default null, p_after_item_id bigint default 0)
  returns table (item_id bigint, change text, at timestamptz, reason text, by_whom text, known_at timestamptz,
                 handle text, name text, followers_count bigint)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  perform asset.check_span(p_instance_id, p_from, p_to);
  perform asset.check_page(p_limit, p_after_item_id);
  return query
    select d.item_id, d.change, d.at, d.reason, d.by_whom, d.known_at, u.handle::text, u.name, c.followers_count
    from asset.diff_page(v_item_kind, p_instance_id, coalesce(p_from, 0), p_to, p_limit, p_after_item_id) as d
    left join lateral (select author_id from graph.posts where v_item_kind = 'post' and post_id = d.item_id limit 1) as p on true
    left join lateral (
      select s.user_id, s.handle, s.name from graph.users as s where s.user_id = case v_item_kind when 'user' then d.item_id else p.author_id end limit 1
    ) as u on true
    left join lateral (select n.followers_count from graph.user_counts as n where n.user_id = u.user_id limit 1) as c on true
    order by d.item_id;
end;
$$;
comment on function api.diff(bigint, bigint, bigint, integer, bigint) is
  'Who entered and who left between two materializations of an instance, and why; net, in the order of their ids, all or a page. p_from null: since before the first. reason, of assets made of follows: followed, found (there when the list was first read), returned, unfollowed, suspended, deleted (or deactivated), protected, unknown (leavers_look_up finds out); of posts that left: deleted. by_whom: the item''s doing, or the subject''s; known_at: since when the reason is known; handle, name and followers_count are the user''s, or the post''s author''s. Errors RK004, RK012, RK016, RK020.';

-- source: db/functions/api/doctor.sql
create or replace function api.doctor(p_plan jsonb default null, p_logins jsonb default null, p_clock timestamptz default null)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select check_name, state, says, mend, since_at from engine.doctor(p_plan, p_logins, p_clock);
$$;
comment on function api.doctor(jsonb, jsonb, timestamptz) is
  'All of api.checks, and what is too dear to ask all the time: whether the plan, [{change_id, change, script_hash}], is what is deployed; whether a machine''s clock agrees with this one; whether each process, [{process, login}], of worker, web, operator and deploy, has the login that it should; whether our roles have more than their work needs; whether autovacuum keeps up. What is not given is not asked. Columns as of api.checks.';

-- source: db/functions/api/engine_failure.sql
create or replace function api.engine_failure(p_call_id bigint, p_reason text, p_detail text, p_worker text default null)
  returns jsonb
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select ingest.record_silence(p_call_id, case when p_reason in ('timeout', 'aborted', 'no_token') then p_reason when p_reason = 'connect' then 'unconnected' else 'unreachable' end,
                               concat_ws(': ', p_reason, p_detail), p_worker);
$$;
comment on function api.engine_failure(bigint, text, text, text) is
  'Records that a call got no answer: timeout, aborted (the worker stops), connect (no connection was made, so X has billed nothing), no_token (the worker has none to ask with: no call goes out until another has), or any other reason. Returns {recorded, class, run_id}; recorded is false, and why says why, when the call is not out any more, or with another worker than p_worker. Error RK010.';

-- source: db/functions/api/engine_release.sql
create or replace function api.engine_release(p_worker text)
  returns jsonb
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('released', ingest.release_calls(p_worker));
$$;
comment on function api.engine_release(text) is 'Gives back the calls that a worker holds and will not send. Returns {released: count}.';

-- source: db/functions/api/engine_response.sql
create or replace function api.engine_response(p_call_id bigint, p_status integer, p_headers jsonb, p_body text, p_worker text default null)
  returns jsonb
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select ingest.record_answer(p_call_id, p_status, p_headers, p_body, p_worker);
$$;
comment on function api.engine_response(bigint, integer, jsonb, text, text) is
  'Records the answer to a call: status, headers as one JSON object, and the body unparsed. Returns {recorded, class, run_id, …, decisions: what was decided because of it, if anything, as in engine_tick}; recorded is false, and why says why, when the call has ended, or when it is no page and not from the worker that has the call (p_worker null: from whichever). Error RK010.';

-- source: db/functions/api/engine_tick.sql
create or replace function api.engine_tick(p_worker text default 'session ' || pg_catalog.pg_backend_pid(), p_slots integer default 0)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if p_worker is null or p_worker !~ '\S' or p_slots is null or p_slots not between 0 and 1000 then
    raise exception 'worker % cannot take % calls', coalesce(quote_literal(p_worker), 'null'), coalesce(p_slots::text, 'null')
      using errcode = 'RK013', hint = 'Give the worker a name, and slots from 0 to 1000.';
  end if;
  return engine.tick(p_worker, p_slots);
end;
$$;
comment on function api.engine_tick(text, integer) is
  'One bounded step of the engine. Returns {tick_id, done: counts, decisions and materializations: what to log, the first hundred or so, calls: [{call_id, method, path, query}], again, now, next_at}: send at most p_slots calls, hand each answer to engine_response or engine_failure, and tick again at once (again), or at next_at. Error RK013.';

-- source: db/functions/api/events.sql
create or replace function api.events(
    p_instance_id bigint, p_limit integer default 100, p_before_materialization_id bigint default null, p_before_item_id bigint default null)
  returns table (materialization_id bigint, item_id bigint, event text, is_first_appearance boolean, at timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  if p_limit is null or p_limit not between 1 and 10000 then
    raise exception 'a page cannot have % events', coalesce(p_limit::text, 'null')
      using errcode = 'RK012', hint = 'Give a p_limit from 1 to 10000.';
  end if;
  -- The page first: joined before the limit, everything that is older would be sorted for it.
  return query
    select e.materialization_id, e.item_id, case when e.is_enter then 'enter' else 'exit' end, e.is_first_appearance, m.completed_at
    from (
      select v.materialization_id, v.item_id, v.is_enter, v.is_first_appearance
      from asset.events as v
      where v.item_kind = v_item_kind and v.instance_id = p_instance_id
        and (v.materialization_id, v.item_id) < (coalesce(p_before_materialization_id, 9223372036854775807), coalesce(p_before_item_id, 0))
      order by v.materialization_id desc, v.item_id desc
      limit p_limit
    ) as e
    join asset.materializations as m on m.instance_id = p_instance_id and m.materialization_id = e.materialization_id
    order by e.materialization_id desc, e.item_id desc;
end;
$$;
comment on function api.events(bigint, integer, bigint, bigint) is
  'Enters and exits of an instance, newest first. The next page: the same call with the last row''s materialization_id and item_id as p_before_…. Errors RK004, RK012.';

-- source: db/functions/api/fanout_root_disable.sql
create or replace function api.fanout_root_disable(p_source_kind text, p_source_params jsonb, p_target_kind text, p_mode text default 'global_per_item')
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_fanout(p_source_kind, p_source_params, p_target_kind, p_mode);
  perform asset.disable_root(p_source_kind, p_source_params, p_target_kind, p_mode);
  return asset.find_instance(p_source_kind, p_source_params);
end;
$$;
comment on function api.fanout_root_disable(text, jsonb, text, text) is
  'Stops a fanout: its targets, and its source, rest unless another root needs them; their history stays. Returns the source''s instance. Errors RK001, RK002, RK003, RK005, RK006, RK007, RK015.';

-- source: db/functions/api/fanout_root_enable.sql
create or replace function api.fanout_root_enable(
    p_source_kind text, p_source_params jsonb, p_target_kind text, p_mode text default 'global_per_item',
    p_fresh_within interval default null, p_reconcile_within interval default null, p_reconcile_doubt numeric default null)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_fanout(p_source_kind, p_source_params, p_target_kind, p_mode);
  perform asset.enable_root(p_source_kind, p_source_params, p_target_kind, p_mode, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
  perform base.wake();
  return asset.find_instance(p_source_kind, p_source_params);
end;
$$;
comment on function api.fanout_root_enable(text, jsonb, text, text, interval, interval, numeric) is
  'Keeps a segment fresh, and for each of its members an asset of the target kind: shared with whoever asks for the same (global_per_item), or the source''s own (scoped_by_source). Windows and doubt as in root_enable. Returns the source''s instance. Errors RK001, RK002, RK003, RK006, RK007, RK014, RK015.';

-- source: db/functions/api/has_change.sql
create or replace function api.has_change(p_change text)
  returns boolean
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select base.has_change(p_change);
$$;
comment on function api.has_change(text) is
  'Whether a change of the plan is deployed; so that a process can refuse a schema that is behind it (W6); null where nobody keeps sqitch''s registry.';

-- source: db/functions/api/held_back.sql
create or replace function api.held_back(p_limit integer default 20)
  returns table (
    decision_id bigint, kind text, about text, says text, needs_a_person boolean, repeats bigint, first_at timestamptz, last_at timestamptz, until_at timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_page(p_limit, 0);
  return query select * from asset.held_back(p_limit);
end;
$$;
comment on function api.held_back(integer) is
  'The decisions that are in force, of the latest five hundred: those whose end is to come, those about an instance that still waits, and of those that have no end what was decided within a day; first what needs a person. Error RK012.';

-- source: db/functions/api/instance_id.sql
create or replace function api.instance_id(p_kind text, p_params jsonb)
  returns bigint
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.find_instance(p_kind, p_params);
$$;
comment on function api.instance_id(text, jsonb) is 'The instance of a kind and params, or null when there is none. Errors RK001, RK002, RK003, RK007.';

-- source: db/functions/api/leavers_look_up.sql
create or replace function api.leavers_look_up(p_instance_id bigint, p_from bigint, p_to bigint, out users bigint, out usd numeric, out run_ids bigint[])
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_ends graph.follow_changes[];
begin
  perform asset.check_span(p_instance_id, p_from, p_to);
  v_ends := array(select e from asset.unknown_ends(p_instance_id, coalesce(p_from, 0), p_to) as e);
  select p.users, p.usd into users, usd from asset.price_of_unknown_ends(v_ends) as p;
  run_ids := ingest.look_up_leavers(v_ends);
  perform base.wake();
end;
$$;
comment on function api.leavers_look_up(bigint, bigint, bigint) is
  'Has those looked up whom api.leavers_unknown counts; a hundred a call, so that api.diff can say why they left. Returns how many, what that costs at most in US dollars, and the runs. Errors RK004, RK016, RK020.';

-- source: db/functions/api/leavers_unknown.sql
create or replace function api.leavers_unknown(p_instance_id bigint, p_from bigint, p_to bigint, out users bigint, out usd numeric)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_span(p_instance_id, p_from, p_to);
  select p.users, p.usd into users, usd
  from asset.price_of_unknown_ends(array(select e from asset.unknown_ends(p_instance_id, coalesce(p_from, 0), p_to) as e)) as p;
end;
$$;
comment on function api.leavers_unknown(bigint, bigint, bigint) is
  'How many left an asset between two materializations, and nothing says why (unknown in api.diff). Counts those of whom a look at their profiles can tell it, and what that costs at most, in US dollars. Errors RK004, RK016, RK020.';

-- source: db/functions/api/members.sql
create or replace function api.members(p_instance_id bigint, p_limit integer default null, p_after_item_id bigint default 0)
  returns table (item_id bigint, since timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  perform asset.check_page(p_limit, p_after_item_id);
  return query
    select m.item_id, m.entered_at
    from asset.members as m
    where m.item_kind = v_item_kind and m.instance_id = p_instance_id and m.left_at is null and m.item_id > p_after_item_id
    order by m.item_id
    limit p_limit;
end;
$$;
comment on function api.members(bigint, integer, bigint) is
  'The current members of an instance, users or posts, and since when; in the order of their ids, all or a page. Errors RK004, RK012.';

-- source: db/functions/api/members_as_of.sql
create or replace function api.members_as_of(p_instance_id bigint, p_materialization_id bigint, p_limit integer default null, p_after_item_id bigint default 0)
  returns table (item_id bigint)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
  v_moment_id constant bigint := asset.check_moment(p_instance_id, p_materialization_id);
begin
  perform asset.check_page(p_limit, p_after_item_id);
  if p_limit is null then
    return query select m.item_id from asset.members_as_of(v_item_kind, p_instance_id, v_moment_id) as m where m.item_id > p_after_item_id;
  else
    return query
      select m.item_id
      from asset.members_as_of(v_item_kind, p_instance_id, v_moment_id) as m
      where m.item_id > p_after_item_id
      order by m.item_id
      limit p_limit;
  end if;
end;
$$;
comment on function api.members_as_of(bigint, bigint, integer, bigint) is
  'The members of an instance after one of its materializations: all in no order, or a page in the order of their ids (as in api.members). Errors RK004, RK012, RK016, RK020.';

-- source: db/functions/api/members_at.sql
create or replace function api.members_at(p_instance_id bigint, p_at timestamptz, p_limit integer default null, p_after_item_id bigint default 0)
  returns table (item_id bigint)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
  v_moment_id constant bigint := asset.moment_at(p_instance_id, p_at);
begin
  perform asset.check_page(p_limit, p_after_item_id);
  if p_limit is null then
    return query select m.item_id from asset.members_as_of(v_item_kind, p_instance_id, v_moment_id) as m where m.item_id > p_after_item_id;
  else
    return query
      select m.item_id
      from asset.members_as_of(v_item_kind, p_instance_id, v_moment_id) as m
      where m.item_id > p_after_item_id
      order by m.item_id
      limit p_limit;
  end if;
end;
$$;
comment on function api.members_at(bigint, timestamptz, integer, bigint) is
  'The members of an instance at a time, none before its first materialization: all in no order, or a page in the order of their ids (as in api.members). Errors RK004, RK012, RK020.';

-- source: db/functions/api/members_page.sql
create or replace function api.members_page(p_instance_id bigint, p_materialization_id bigint, p_limit integer default 1000, p_after_item_id bigint default 0)
  returns table (item_id bigint, since timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
  v_moment_id constant bigint := asset.check_moment(p_instance_id, p_materialization_id);
begin
  perform asset.check_page(p_limit, p_after_item_id);
  return query select m.item_id, m.since from asset.members_page(v_item_kind, p_instance_id, v_moment_id, p_limit, p_after_item_id) as m;
end;
$$;
comment on function api.members_page(bigint, bigint, integer, bigint) is
  'A page of the members after a materialization (moment_id names one); in the order of their ids, and since when each was in (null: who came again since). What is read so, page by page, is one membership, whatever happens meanwhile, and no page waits for another. Errors RK004, RK012, RK016, RK020.';

-- source: db/functions/api/memberships.sql
create or replace function api.memberships(p_user_id bigint, p_limit integer default null)
  returns table (
    instance_id bigint, kind text, params jsonb, is_current boolean, since timestamptz, left_at timestamptz, first_entered_at timestamptz,
    materialization_id bigint, wanted boolean)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from asset.memberships_of(p_user_id, p_limit);
$$;
comment on function api.memberships(bigint, integer) is
  'Which segments hold a user and since when; after them those that the user has left, the last left first. first_entered_at: the first time ever; materialization_id: the one in which the user entered or left last; wanted: whether the segment is still kept fresh. All of them, or as many as p_limit. Errors RK012, RK018.';

-- source: db/functions/api/metrics.sql
create or replace function api.metrics()
  returns table (metric text, sort text, meaning text, labels jsonb, value numeric)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select m.metric, m.sort, m.meaning, v.labels, v.value
  from (
    select * from base.recent_decisions()
    union all
    select * from ingest.metrics()
    union all
    select * from asset.metrics()
    union all
    select * from engine.metrics()
  ) as v
  join base.metrics as m using (metric);
$$;
comment on function api.metrics() is 'What can be watched, as counters and gauges with labels; those of one name and none of another stand together only by chance. Cheap however long the past.';

-- source: db/functions/api/moment_id.sql
create or replace function api.moment_id(p_instance_id bigint, p_moment text default null)
  returns bigint
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.moment_of(p_instance_id, p_moment);
$$;
comment on function api.moment_id(bigint, text) is
  'The materialization of an instance that a moment names: an id, how long ago (7d, 36h), a day in UTC (2026-11-01), a time (2026-11-01T12:00:00Z); null: the latest. Null when nobody was in yet. Errors RK004, RK016, RK020.';

-- source: db/functions/api/moves.sql
create or replace function api.moves(p_since timestamptz, p_limit integer default 20)
  returns table (instance_id bigint, kind text, subject text, entered bigint, "left" bigint, began_with bigint, members bigint, materialization_id bigint, at timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_page(p_limit, 0);
  return query select * from asset.moves_since(p_since, p_limit);
end;
$$;
comment on function api.moves(timestamptz, integer) is
  'Which instances moved since a time, the latest first: how many entered and left (one that did both counts twice), what an instance began with where that was since then (no part of entered), and when it moved last, in which materialization. Error RK012.';

-- source: db/functions/api/price_set.sql
create or replace function api.price_set(p_resource text, p_is_owned boolean, p_usd numeric)
  returns void
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform ingest.change_price(p_resource, coalesce(p_is_owned, false), p_usd);
  perform base.wake();
end;
$$;
comment on function api.price_set(text, boolean, numeric) is
  'Sets what X bills for one resource (user, follow, post), in US dollars; p_is_owned: for one in a list or timeline of the own account (x_v2.own_account). Error RK031.';

-- source: db/functions/api/provenance.sql
create or replace function api.provenance(p_item_kind text, p_key jsonb)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select ingest.trace_item(p_item_kind, p_key);
$$;
comment on function api.provenance(text, jsonb) is
  'Which run wrote a row of the graph first, and which changed it last; of follows and posts also which saw it last in the lists of its own users. Reasons as in api.why. Keys: of user and post an id, of handle a text, of follow {target_id, follower_id}. Errors RK018, RK019.';

-- source: db/functions/api/provider_resume.sql
create or replace function api.provider_resume(p_provider text default 'x_v2')
  returns boolean
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_was_stopped boolean;
begin
  v_was_stopped := ingest.resume_provider(p_provider);
  perform base.wake();
  return v_was_stopped;
end;
$$;
comment on function api.provider_resume(text) is
  'Has buying go on at once after it stopped (no credits, spending limit, usage cap, refused token): say it when you have mended that. Returns whether it had stopped. Error RK029.';

-- source: db/functions/api/read_clock.sql
create or replace function api.read_clock()
  returns timestamptz
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select base.now();
$$;
comment on function api.read_clock() is 'What time it is for everything here: what `ago` and `in` are told from.';

-- source: db/functions/api/repair.sql
create or replace function api.repair(p_instance_id bigint)
  returns table (finding text, remedy text, found_count bigint, item_ids bigint[])
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_found constant jsonb := asset.repair(p_instance_id);
begin
  perform base.wake();
  return query
    select f.finding, f.remedy, f.count, f.item_ids
    from jsonb_to_recordset(v_found) as f (finding text, remedy text, count bigint, item_ids bigint[]);
end;
$$;
comment on function api.repair(bigint) is
  'Verifies an instance and mends what can be mended (A13). Returns each sort of finding with what was done about it, how often it was found, and its first ten items; empty: all was in order. Waits while the instance is being materialized. Error RK004.';

-- source: db/functions/api/root_disable.sql
create or replace function api.root_disable(p_kind text, p_params jsonb)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.disable_root(p_kind, p_params, null, null);
  return asset.find_instance(p_kind, p_params);
end;
$$;
comment on function api.root_disable(text, jsonb) is
  'Stops keeping an asset fresh; its history stays. Returns its instance. Errors RK001, RK002, RK003, RK005, RK007.';

-- source: db/functions/api/root_enable.sql
create or replace function api.root_enable(
    p_kind text, p_params jsonb,
    p_fresh_within interval default null, p_reconcile_within interval default null, p_reconcile_doubt numeric default null)
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.enable_root(p_kind, p_params, null, null, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
  perform base.wake();
  return asset.find_instance(p_kind, p_params);
end;
$$;
comment on function api.root_enable(text, jsonb, interval, interval, numeric) is
  'Keeps an asset fresh from now on, with all that it is made from; returns its instance. In place of the settings: p_fresh_within, the window for its syncs; p_reconcile_within, how often at least a list is read in full; p_reconcile_doubt, how many percent of a list may be in doubt before it is. Enabling it again changes at most these. Errors RK001, RK002, RK003, RK006, RK007, RK014.';

-- source: db/functions/api/root_estimate.sql
create or replace function api.root_estimate(
    p_kind text, p_params jsonb,
    p_fresh_within interval default null, p_reconcile_within interval default null, p_reconcile_doubt numeric default null)
  returns jsonb
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.estimate_root(p_kind, p_params, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
$$;
comment on function api.root_estimate(text, jsonb, interval, interval, numeric) is
  'What a root will cost before it is made, in US dollars beyond what is spent anyhow: {now_usd, month_usd (30 days), is_whole, syncs: [{sync_kind, subjects, needed_already (kept fresh for others, so no more to pay), unknown (nothing is known before they are looked up: not in the sums), now_usd, month_usd}], unknown: corpora whose source was never read, with the members it may have}. Nothing is made, nothing bought. Errors of root_enable.';

-- source: db/functions/api/run_cancel.sql
create or replace function api.run_cancel(p_run_id bigint)
  returns timestamptz
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  -- As in api.sync_request.
  select asset.lock_planner();
  select ingest.cancel_run(p_run_id);
$$;
comment on function api.run_cancel(bigint) is
  'Ends a run that is in progress, or waits for its subject''s profile. What it brought stays, nothing is deleted, and an answer that is still under way is not recorded. Returns when its subject is bought again unasked: a window of freshness from now, or null when nobody needs it; sync_request starts at once. Errors RK017, RK028.';

-- source: db/functions/api/run_progress.sql
create or replace function api.run_progress(p_run_ids bigint[])
  returns table (
    run_id bigint, sync_kind text, subject_id bigint, mode text, status text, pages integer, resources bigint, expected bigint, expected_pages bigint,
    cost_usd numeric, attended boolean, says text)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from engine.report_progress(p_run_ids);
$$;
comment on function api.run_progress(bigint[]) is
  'How far these runs are: pages and rows read, how many are expected (null: nobody can say), whether they are attended (a worker ticks and the provider sells), and in a sentence what a run in progress waits for, or how it ended. Error RK017.';

-- source: db/functions/api/runs_of.sql
create or replace function api.runs_of(p_instance_id bigint, p_limit integer default 10)
  returns table (run_id bigint)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.item_kind_of(p_instance_id), asset.check_page(p_limit, 0);
  return query select r.run_id from ingest.runs_for(p_instance_id, p_limit) as r;
end;
$$;
comment on function api.runs_of(bigint, integer) is
  'The latest runs of the syncs that an instance needs itself, newest first; of what it is made from, see there (api.surroundings). Errors RK004, RK012.';

-- source: db/functions/api/setting_set.sql
create or replace function api.setting_set(p_name text, p_value text)
  returns text
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_moves_due_times constant boolean := p_name ~ '^(freshness|reconcile)\.' or p_name = 'subject.recheck';
  v_value text;
begin
  if v_moves_due_times then
    -- A need that is just being made is due by one setting or the other.
    perform asset.lock_planner();
  end if;
  v_value := case when p_value is null then base.reset_setting(p_name) else base.change_setting(p_name, p_value) end;
  if v_moves_due_times then
    perform ingest.reschedule_all();
  elsif p_name like 'page.%' or p_name = 'x_v2.own_account' then
    perform ingest.retry_held_calls();
  end if;
  perform base.wake();
  return v_value;
end;
$$;
comment on function api.setting_set(text, text) is 'Changes a setting, or gives it its default back (null); returns its new value. Error RK009.';

-- source: db/functions/api/specified_users_add.sql
create or replace function api.specified_users_add(p_stable_key text, p_user_ids bigint[])
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  v_count := asset.edit_specified_users(p_stable_key, p_user_ids, '{}', false);
  perform base.wake();
  return v_count;
end;
$$;
comment on function api.specified_users_add(text, bigint[]) is 'Puts users into a specified set; returns how many are in it then. Errors RK002, RK003.';

-- source: db/functions/api/specified_users_remove.sql
create or replace function api.specified_users_remove(p_stable_key text, p_user_ids bigint[])
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  v_count := asset.edit_specified_users(p_stable_key, '{}', p_user_ids, false);
  perform base.wake();
  return v_count;
end;
$$;
comment on function api.specified_users_remove(text, bigint[]) is 'Takes users out of a specified set; returns how many are in it then. Errors RK002, RK003; a warning when it is empty.';

-- source: db/functions/api/specified_users_set.sql
create or replace function api.specified_users_set(p_stable_key text, p_user_ids bigint[])
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  v_count := asset.edit_specified_users(p_stable_key, p_user_ids, '{}', true);
  perform base.wake();
  return v_count;
end;
$$;
comment on function api.specified_users_set(text, bigint[]) is 'Makes a specified set exactly these users; returns how many they are. Errors RK002, RK003; a warning when it is empty.';

-- source: db/functions/api/standings.sql
create or replace function api.standings(p_instance_ids bigint[])
  returns table (
    instance_id bigint, kind text, subject text, item_kind text, state text, until_at timestamptz, members bigint, revision bigint, materialized_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from asset.standings(p_instance_ids);
$$;
comment on function api.standings(bigint[]) is
  'How instances stand, in the order in which they are asked for: of whom each is (users by the handle that they have now), its state as in why_not (resting, queued, failed, waiting_for_dependency, waiting_for_sync, locked, pending or fresh), until when where that is known, its members, and when its snapshot was made.';

-- source: db/functions/api/subscription_set.sql
create or replace function api.subscription_set(p_user_id bigint, p_event_types text[])
  returns text[]
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select ingest.set_subscription(p_user_id, p_event_types);
$$;
comment on function api.subscription_set(bigint, text[]) is
  'Says which types of X''s activity events a webhook is connected to for a user (none: {}); returns the lists that these tell of. With follow.follow and follow.unfollow, followers and following are not read while a daily look at the counts agrees with what events told (W3). Errors RK003, RK041.';

-- source: db/functions/api/surroundings.sql
create or replace function api.surroundings(p_instance_id bigint)
  returns table (
    edge text, depth integer, instance_id bigint, role text, other_id bigint, sync_kind text, user_id bigint, users bigint, as_of timestamptz, next_at timestamptz, state text)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.item_kind_of(p_instance_id);
  return query select * from asset.surroundings_of(p_instance_id);
end;
$$;
comment on function api.surroundings(bigint) is
  'The dependency graph around an instance, an edge a row, each with its freshness. made_from: instance_id is made from other_id in a role, at most five deep; makes: other_id is made from it; as_of is when the snapshot was made of the one that the other reads, state fresh, behind (it has moved since it was read) or never. needs: instance_id needs a sync of users (user_id where it is one), the oldest as_of, the next at next_at; fresh, due, running, never or refused. At most 50 edges each way, and a thousand users an instance. Error RK004.';

-- source: db/functions/api/sync_handles.sql
create or replace function api.sync_handles(p_handles text[])
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id bigint;
begin
  v_run_id := ingest.request_handles(p_handles);
  perform base.wake();
  return v_run_id;
end;
$$;
comment on function api.sync_handles(text[]) is 'Looks 1 to 100 users up by handle; returns the run. Those that X knows are in users then. Error RK011.';

-- source: db/functions/api/sync_request.sql
create or replace function api.sync_request(p_sync_kind text, p_subject_id bigint, p_mode text default 'incremental')
  returns bigint
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_id bigint;
begin
  -- So that no tick waits in its planning for whoever has not committed this yet.
  perform asset.lock_planner();
  v_run_id := ingest.request_sync(p_sync_kind, p_subject_id, p_mode);
  perform base.wake();
  return v_run_id;
end;
$$;
comment on function api.sync_request(text, bigint, text) is
  'Asks for a sync now: followers, following or posts of a user, or users for a profile; full or incremental. Returns the run, the one in progress if there is one. The first run of a list is always full. Errors RK003, RK008.';

-- source: db/functions/api/table_sizes.sql
create or replace function api.table_sizes()
  returns table (room text, table_name text, row_count bigint, dead_count bigint, total_bytes bigint, table_bytes bigint, index_bytes bigint, toast_bytes bigint,
                 vacuumed_at timestamptz, analyzed_at timestamptz, vacuum_after bigint, transaction_age bigint)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select room, table_name, row_count, dead_count, total_bytes, table_bytes, index_bytes, toast_bytes, vacuumed_at, analyzed_at, vacuum_after, transaction_age
  from engine.table_sizes();
$$;
comment on function api.table_sizes() is
  'Where the bytes are: a row for each table, before the tables of a room one for the room (no table_name), and last one for all (no room). Rows and dead rows are estimates. vacuum_after: dead rows after which autovacuum comes; transaction_age: transactions since the table was frozen. Looks at every table''s files, so not for a probe.';

-- source: db/functions/api/token_check.sql
create or replace function api.token_check(p_status integer, p_headers jsonb, p_body text)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select check_name, state, says, mend, since_at from ingest.check_token(p_status, p_headers, p_body);
$$;
comment on function api.token_check(integer, jsonb, text) is
  'What an answer of X to somebody who tried the token says of it, in the words of every other answer; changes nothing. For a call that costs nothing, which no budget knows of. Columns as of api.checks.';

-- source: db/functions/api/tree.sql
create or replace function api.tree(p_why jsonb)
  returns setof text
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select base.render_reason(p_why);
$$;
comment on function api.tree(jsonb) is
  'What api.why, why_run, why_not or provenance returned, as lines of at most 100 columns.';

-- source: db/functions/api/user_forget.sql
create or replace function api.user_forget(p_user_id bigint)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_blanked jsonb;
begin
  v_blanked := asset.forget_user(p_user_id);
  perform base.wake();
  return v_blanked;
end;
$$;
comment on function api.user_forget(bigint) is
  'Forgets a user for good. Handles, profile, counts, the texts of their posts, and what was kept as received, go now and are not kept again; numbers stay (ids, follows, memberships). Returns how many handles, posts, rejects and events were blanked. There is no way back. Errors RK003, RK018, RK022.';

-- source: db/functions/api/user_id.sql
create or replace function api.user_id(p_handle text)
  returns bigint
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select graph.holder_of(p_handle);
$$;
comment on function api.user_id(text) is 'Who was last seen with a handle (G3), with or without its @; null when nobody here was.';

-- source: db/functions/api/users_find.sql
create or replace function api.users_find(p_names text[])
  returns table (name text, user_id bigint, handle text, look_up_usd numeric)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from ingest.find_users(p_names);
$$;
comment on function api.users_find(text[]) is
  'The users behind ids, handles, @handles and links of profiles, in that order: all digits are an id, which need not be known here; @ makes a handle of them. Whom nobody here is known to be has no user_id, and look_up_usd says what X bills for asking (users_look_up). Errors RK011; RK018 for a handle that was given up, naming its last holder, and for one that X did not show lately.';

-- source: db/functions/api/users_look_up.sql
create or replace function api.users_look_up(p_names text[])
  returns bigint[]
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_run_ids bigint[];
begin
  v_run_ids := engine.look_up_users(p_names);
  perform base.wake();
  return v_run_ids;
end;
$$;
comment on function api.users_look_up(text[]) is
  'Has X asked for those users, named as in users_find, who are not known here; returns the runs (see run_progress), none when all are. Once they have ended, users_find finds them, or says what X said. Refused with nothing queued while nobody would ask X: no worker ticks, or the provider does not sell. Errors RK011, RK018, RK051.';

-- source: db/functions/api/verify.sql
create or replace function api.verify(p_instance_id bigint)
  returns table (finding text, materialization_id bigint, item_id bigint, expected text, found text, remedy text)
  language sql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select f.finding, f.materialization_id, f.item_id, f.expected, f.found, f.remedy from asset.verify(p_instance_id) as f;
$$;
comment on function api.verify(bigint) is
  'Holds a snapshot against its events, and both against its inputs (A13); these in full, as the last success read them. Tells what differs, and what repair would do about it (rebuild from the events, read_everything next, or none). Empty: all is in order. A finding of the name note is no fault: it says what could not be computed. Waits while the instance is being materialized. Error RK004.';

-- source: db/functions/api/webhook_receive.sql
create or replace function api.webhook_receive(p_events jsonb)
  returns jsonb
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_results jsonb;
begin
  v_results := ingest.receive_events(p_events);
  if v_results @? '$[*].is_duplicate ? (@ == false)' then
    perform base.wake();
  end if;
  return v_results;
end;
$$;
comment on function api.webhook_receive(jsonb) is
  'Stores webhook events (W1, W3), any number at once: [{source: new_follower or x_activity, body: the text as received}]. Returns in the same order {event_id, is_duplicate}, the id being that of the first where it came before, or {code, field, message} for one of which nothing was stored; that hurts none of the others. Waits for no tick. Error RK040.';

-- source: db/functions/api/why.sql
create or replace function api.why(p_materialization_id bigint)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.explain_materialization(p_materialization_id, 4);
$$;
comment on function api.why(bigint) is
  'Why a materialization came to be, from roots that asked for it to runs that fed it; as reasons: {about, says, …, because: [reasons]}. With what it depends on, at most four deep. api.tree() makes it text. Error RK016.';

-- source: db/functions/api/why_not.sql
create or replace function api.why_not(p_instance_id bigint)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select engine.explain_instance(p_instance_id);
$$;
comment on function api.why_not(bigint) is
  'Why an instance does not move: {state: resting, queued, failed, waiting_for_dependency, waiting_for_sync, pending or fresh; until_at: when it is looked at next, as far as is known; …}, and the chain of what holds it up; reasons as in api.why. Error RK004.';

-- source: db/functions/api/why_run.sql
create or replace function api.why_run(p_run_id bigint)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.explain_run(p_run_id);
$$;
comment on function api.why_run(bigint) is
  'Why a run was started and for whom, how it went, what it changed; also what it saw, and when its subject is due next. Reasons as in api.why. Error RK017.';

-- source: db/schema/95_api_views.sql
-- What one can look at. Columns are in the order in which one reads them: what tells most stands in the first hundred characters of a line, and what is
-- long, or mostly empty, to its right.

create view api.kinds as
select kind, item_kind, param_types as params, description
from asset.kinds;
comment on view api.kinds is 'Every kind of asset that there is: what it holds, and which params it takes.';
comment on column api.kinds.item_kind is 'What it holds: user (a segment) or post (a corpus).';
comment on column api.kinds.params is 'Each param, and its type.';

create view api.roots as
select r.instance_id, i.kind, i.member_count as members, i.output_revision as revision, r.is_enabled as enabled, i.params, r.root_id, r.enabled_at, r.disabled_at,
       r.fresh_within, r.reconcile_within, r.reconcile_doubt
from asset.roots as r join asset.instances as i using (instance_id)
where r.target_kind is null;
comment on view api.roots is 'What is kept fresh, or was: an asset a row.';
comment on column api.roots.instance_id is 'What members, events, diff and why_not take.';
comment on column api.roots.members is 'How many there are now.';
comment on column api.roots.revision is 'Rises by one whenever somebody entered or left.';
comment on column api.roots.enabled is 'Whether it is kept fresh; what is not rests, with its history.';
comment on column api.roots.root_id is 'What a budget may be set on (root:12), and whose share spend_by_root tells.';
comment on column api.roots.fresh_within is 'Its own window of freshness; null: as the settings freshness.… say.';
comment on column api.roots.reconcile_within is 'How old the last full read of its lists may become; null: as the settings reconcile.after and reconcile.posts_after say.';
comment on column api.roots.reconcile_doubt is 'How many percent of a list may be in doubt before it is read in full; null: as the setting reconcile.doubt says.';

create view api.fanout_roots as
select r.instance_id, r.target_kind,
       (select count(distinct w.via_id) from asset.wants as w where w.root_id = r.root_id and w.via_id <> r.instance_id) as targets,
       r.is_enabled as enabled, i.kind as source_kind, i.params as source_params, r.target_mode as mode,
       (select count(*) from asset.fanout_steps as s where s.root_id = r.root_id) as steps_ahead,
       r.root_id, r.enabled_at, r.disabled_at, r.fresh_within, r.reconcile_within, r.reconcile_doubt
from asset.roots as r join asset.instances as i using (instance_id)
where r.target_kind is not null;
comment on view api.fanout_roots is 'What is kept fresh for every member of a segment, or was: a source and a kind of target a row.';
comment on column api.fanout_roots.instance_id is 'The source.';
comment on column api.fanout_roots.target_kind is 'What is kept fresh for each member of the source.';
comment on column api.fanout_roots.targets is 'How many there are now.';
comment on column api.fanout_roots.mode is 'global_per_item: shared with whoever asks for the same; scoped_by_source: the sources own.';
comment on column api.fanout_roots.steps_ahead is 'Members that entered or left, and whose targets have not followed yet.';

create view api.instances as
select i.instance_id, i.kind, i.member_count as members, i.output_revision as revision,
       -- offset 0: a page of instances would else be looked up in a hash of all wants.
       exists (select from asset.wants as w where w.instance_id = i.instance_id offset 0) as wanted, i.params, m.completed_at as materialized_at, k.item_kind,
       i.checkpoint_id, i.created_at
from asset.instances as i
join asset.kinds as k using (kind)
left join asset.materializations as m on m.instance_id = i.instance_id and m.materialization_id = i.checkpoint_id;
comment on view api.instances is 'Every asset that was ever asked for, itself or for another, and where its snapshot stands.';
comment on column api.instances.wanted is 'Whether an enabled root needs it; else it rests.';
comment on column api.instances.revision is 'Rises by one whenever somebody entered or left.';
comment on column api.instances.materialized_at is 'When its snapshot was made.';
comment on column api.instances.checkpoint_id is 'The materialization at which its snapshot stands.';

create view api.materializations as
select m.materialization_id, m.instance_id, i.kind, m.enter_count as entered, m.exit_count as exited, m.member_count as members, m.status, m.completed_at,
       m.output_revision as revision, m.reads_everything, m.root_ids, m.causes,
       (select coalesce(jsonb_object_agg(p.role, p.pinned_id), '{}') from asset.pins as p
        where p.instance_id = m.instance_id and p.materialization_id = m.materialization_id) as pins,
       encode(m.inputs_hash, 'hex') as inputs_hash, encode(m.dependencies_hash, 'hex') as dependencies_hash,
       m.started_at, m.error_state, m.error_message, m.retry_at
from asset.materializations as m join asset.instances as i using (instance_id);
comment on view api.materializations is 'Every time an asset was brought up to its inputs: what entered and left, why, and what it read.';
comment on column api.materializations.status is 'in_progress, success or error.';
comment on column api.materializations.revision is 'The instances revision after it.';
comment on column api.materializations.reads_everything is 'Whether it looked at all items, or only at those that may have changed.';
comment on column api.materializations.root_ids is 'The enabled roots that wanted it.';
comment on column api.materializations.causes is 'What had moved; why(materialization_id) says it in words.';
comment on column api.materializations.pins is 'Which materialization of each asset that it is made from it read, by role.';
comment on column api.materializations.inputs_hash is 'Moves when the graph that it reads moves.';
comment on column api.materializations.dependencies_hash is 'Moves when an asset that it is made from moves.';
comment on column api.materializations.retry_at is 'After an error: when it is tried again.';

create view api.runs as
select run_id, sync_kind, subject_id, mode, reason, status, resource_count as resources, changed_count as changed, removed_count as removed, cost_usd,
       started_at, completed_at, error_class, error_detail, retry_at, http_status, page_count as pages, expected_count as expected, doubt_count as doubt,
       page_size, billed_count as billed, rejected_count as rejected, restart_count as restarts, cursor_exhausted, subject_count, payer_ids as payer_root_ids,
       item_ids, handles
from ingest.runs;
comment on view api.runs is 'Every sync: of what, why, how it went, what it cost.';
comment on column api.runs.subject_id is 'Whose list or timeline; null of look-ups and searches, which are of many.';
comment on column api.runs.mode is 'full: to the end of the list; incremental: until nothing is new.';
comment on column api.runs.reason is 'Why it was started; why_run(run_id) says more.';
comment on column api.runs.status is 'in_progress, success, error or cancelled.';
comment on column api.runs.resources is 'Rows received.';
comment on column api.runs.changed is 'Follows or posts that are new or came back.';
comment on column api.runs.removed is 'Follows or posts that were found gone.';
comment on column api.runs.cost_usd is 'What X bills for the pages that came; a call that got no answer is in spend alone.';
comment on column api.runs.retry_at is 'After an error: when its subject is asked for again.';
comment on column api.runs.expected is 'Rows it was expected to find: of a full run the whole list, else what is new; null: nobody could say.';
comment on column api.runs.doubt is 'How many must have left unseen, by the counts, when it began.';
comment on column api.runs.billed is 'Rows that X bills: not those bought before on the same UTC day.';
comment on column api.runs.rejected is 'Rows that could not be stored; see rejects.';
comment on column api.runs.restarts is 'How often X refused its cursor, so that it began anew.';
comment on column api.runs.cursor_exhausted is 'Whether the list was read to its end: only then is anybody gone who was not in it.';
comment on column api.runs.subject_count is 'What the subjects profile counted when it began.';
comment on column api.runs.payer_root_ids is 'The roots that share its cost evenly: who waited when it started.';
comment on column api.runs.item_ids is 'Of look-ups and searches: whom they ask about.';
comment on column api.runs.handles is 'Of a look-up by handle: which.';

create view api.calls as
select c.call_id, c.run_id, c.endpoint, c.page_no as page, c.state, c.attempt_count as attempts, c.http_status, c.answer_class as class,
       c.answer_detail as detail, c.not_before, c.worker, c.lease_until, c.created_at, c.claimed_at, c.answered_at, c.path, c.query
from ingest.calls as c;
comment on view api.calls is 'Every HTTP call, going out or answered.';
comment on column api.calls.page is 'Which page of its run.';
comment on column api.calls.state is 'ready (waits to go out), claimed (out), answered, failed or cancelled.';
comment on column api.calls.class is 'What the last answer was; see docs/model.md.';
comment on column api.calls.not_before is 'When it may go out: a rate window, a back-off or a budget holds it until then.';
comment on column api.calls.lease_until is 'When it goes to another worker, if no answer came.';

create view api.pages as
select p.run_id, p.page_no as page, p.call_id, cardinality(p.item_ids) as resources, p.changed_count as changed, p.next_token is null as is_last, p.received_at
from ingest.pages as p;
comment on view api.pages is 'Every page received: how many rows it had, how many of them said something new, and whether it was the last.';
comment on column api.pages.resources is 'Rows in it.';
comment on column api.pages.changed is 'How many of them said something new.';
comment on column api.pages.is_last is 'Whether it was the end of the list.';

create view api.due as
select sync_kind, subject_id as user_id, due_at
from ingest.due;
comment on view api.due is 'When each list or profile that is needed must be synced again; none while a run of it is under way.';

create view api.decisions as
select d.decision_id, d.decision_kind as kind, d.about, d.reason, d.repeat_count as repeats, d.last_at, d.until_at, d.first_at, d.detail, k.meaning
from base.decisions as d join base.decision_kinds as k using (decision_kind);
comment on view api.decisions is 'Every time the engine held back or stepped in: what, for whom, why, until when.';
comment on column api.decisions.about is 'For whom: instance 12, run 7, followers of 123, endpoint followers.';
comment on column api.decisions.repeats is 'How often it was taken; the same decision again is counted, not added.';
comment on column api.decisions.until_at is 'When it will be looked at again; null: when something changes.';

create view api.users as
select u.user_id, u.handle, u.name, c.followers_count, c.following_count, c.post_count, u.is_verified, u.is_protected, u.description, u.location, u.url,
       u.image_url, u.verified_type, c.listed_count, u.joined_at, u.deleted_at, u.gone_reason
from graph.users as u left join graph.user_counts as c using (user_id);
comment on view api.users is 'Users as last seen, gone ones too.';
comment on column api.users.handle is 'The name behind the @; null when somebody else was seen with it since, or they were forgotten.';
comment on column api.users.joined_at is 'When the account was made.';
comment on column api.users.deleted_at is 'When X was found not to show this user any more. From then on no text of theirs is kept.';
comment on column api.users.gone_reason is 'suspended, deactivated or not_found, where X said so.';

create view api.forgotten_users as
select user_id, forgotten_at
from graph.forgotten_users;
comment on view api.forgotten_users is 'Users of whom nothing but numbers is kept, since somebody asked for it (user_forget).';

create view api.handle_changes as
select user_id, old_handle, new_handle, run_id, event_id, changed_at, change_id
from graph.handle_changes;
comment on view api.handle_changes is 'Every transition of a handle.';
comment on column api.handle_changes.old_handle is 'Null: none was known.';
comment on column api.handle_changes.new_handle is 'Null: another user was seen with the old one.';
comment on column api.handle_changes.run_id is 'The run that saw it, or';
comment on column api.handle_changes.event_id is 'the webhook event that told of it.';

create view api.follows as
select target_id, follower_id, first_seen_at, deleted_at
from graph.follows;
comment on view api.follows is 'Who follows whom as last seen, ended follows too.';
comment on column api.follows.first_seen_at is 'X gives no date of a follow: when it was first seen here.';
comment on column api.follows.deleted_at is 'When it was found gone; null: it stands.';

create view api.posts as
select p.post_id, p.author_id, p.posted_at, p.text, p.lang, c.like_count, c.repost_count, c.reply_count, c.quote_count, p.conversation_id,
       p.in_reply_to_user_id, p.deleted_at
from graph.posts as p left join graph.post_counts as c using (post_id);
comment on view api.posts is 'Posts as last seen, deleted ones too.';
comment on column api.posts.text is 'Null once X shows it no more: deleted, or its author is gone, protected or forgotten.';
comment on column api.posts.deleted_at is 'When it was found gone; null: it stands.';

create view api.windows as
select w.endpoint, w.remaining_count as remaining, w.limit_count as "limit", w.reset_at, p.stopped_class, p.stopped_at, p.probe_at
from ingest.windows as w
join ingest.endpoints as e using (endpoint)
join ingest.providers as p using (provider);
comment on view api.windows is 'The rate window of each endpoint, and whether its provider sells just now.';
comment on column api.windows.remaining is 'Calls that it still takes before reset_at.';
comment on column api.windows.stopped_class is 'Why the provider does not sell: credits, a refused token; null: it does.';
comment on column api.windows.probe_at is 'While stopped: when one call is let through to see.';

create view api.spend as
select s.utc_day, s.call, sum(s.sent_count)::bigint as sent, sum(s.resource_count)::bigint as resources, sum(s.billed_count)::bigint as billed,
       sum(s.settled_usd) as settled_usd, sum(s.booked_usd) as booked_usd
from ingest.spending as s
group by 1, 2;
comment on view api.spend is
  'What was spent, by the UTC day and the kind of the calls, or the type of the webhook events: X bills these too, and no budget can hold them back; the one on everything counts them. settled_usd: what X bills for what came. booked_usd: that, and the worst price of calls that are out or got no answer; budgets count this.';
comment on column api.spend.call is 'The kind of call, as budgets name it (call:followers), or the type of the webhook events.';
comment on column api.spend.resources is 'Rows received.';
comment on column api.spend.billed is 'Rows that X bills: not those bought before on the same UTC day.';
comment on column api.spend.settled_usd is 'What X bills for what came.';
comment on column api.spend.booked_usd is 'That, and the worst price of calls that are out or got no answer; budgets count this.';

create view api.spend_by_root as
select s.utc_day, p.root_id, s.call, sum(s.sent_count)::bigint as sent,
       sum(round(s.settled_usd / p.payer_count, 9)) as settled_usd, sum(round(s.booked_usd / p.payer_count, 9)) as booked_usd
from ingest.spending as s
cross join lateral (
  select i as root_id, cardinality(s.payer_ids) as payer_count from unnest(s.payer_ids) as i
  union all
  select null, 1 where s.payer_ids = '{}'
) as p
group by 1, 2, 3;
comment on view api.spend_by_root is
  'What each root''s share was of what was spent: a run is split evenly among those that waited for it when it started. No root: nobody in particular asked, as with a sync that was requested by hand, or a webhook event.';
comment on column api.spend_by_root.call is 'The kind of call, as budgets name it (call:followers), or the type of the webhook events.';
comment on column api.spend_by_root.settled_usd is 'What X bills for what came.';
comment on column api.spend_by_root.booked_usd is 'That, and the worst price of calls that are out or got no answer; budgets count this.';

create view api.prices as
select resource, usd, owned_usd
from ingest.prices;
comment on view api.prices is 'What X bills for one resource returned, in US dollars; owned_usd in the lists and the timeline of the own account.';
comment on column api.prices.owned_usd is 'In lists and the timeline of the own account (setting x_v2.own_account).';

create view api.rejects as
select reject_id, run_id, page_no as page, reason, raw, rejected_at
from ingest.rejects;
comment on view api.rejects is 'Rows that X sent and that could not be stored.';
comment on column api.rejects.raw is 'The row as it came.';

create view api.webhook_events as
select e.event_id, e.source, e.event_type, e.state, e.detail, e.received_at, e.waits_for, e.happened_at, e.ended_at, e.retry_at, e.target_id, e.follower_id,
       e.post_id, coalesce(k.repeat_count, 0) as repeats, e.cost_usd, e.payload
from ingest.webhook_events as e left join ingest.event_keys as k on k.event_key = e.event_key and k.event_id = e.event_id;
comment on view api.webhook_events is 'Every webhook event: from whom, what it says, how often it came again, and what became of it.';
comment on column api.webhook_events.event_type is 'In Xs words, as follow.follow; null where the payload names none.';
comment on column api.webhook_events.state is 'received, waiting (for a look-up), applied, outdated (something newer was known), refused (X does not show who is named), ignored (says nothing that is kept) or malformed.';
comment on column api.webhook_events.waits_for is 'Whom a look-up is to bring: user 12, or handle name.';
comment on column api.webhook_events.happened_at is 'As far as the payload says so; else received_at.';
comment on column api.webhook_events.repeats is 'How often it came again.';
comment on column api.webhook_events.payload is 'As received; empty where it named a user who was forgotten.';

create view api.subscriptions as
select s.sync_kind, s.subject_id, s.connected_at, s.agreed_at,
       s.agreed_at + (select value::interval from base.settings where name = 'webhook.heartbeat') as trusted_until, s.count_at_look
from ingest.subscriptions as s;
comment on view api.subscriptions is 'Lists of which X tells every follow and unfollow; until trusted_until they are not read, since at the last look the counts agreed.';
comment on column api.subscriptions.sync_kind is 'Which list.';
comment on column api.subscriptions.agreed_at is 'The last look at the counts, if they have moved as the events told; null if not.';
comment on column api.subscriptions.trusted_until is 'Until then the list is not read.';
comment on column api.subscriptions.count_at_look is 'What the profile counted at the last look.';

create view api.settings as
select name, value, unit, description, coalesce(default_value, value) as default_value, changed_by, changed_at
from base.settings;
comment on view api.settings is 'What an operator may turn, with setting_set; what each was by default, and who changed it last.';
comment on column api.settings.default_value is 'What it is unless somebody chooses; setting_set(name, null) gives it back.';
comment on column api.settings.changed_by is 'The login that changed it last.';

create view api.error_codes as
select code, name, http_status, mended_by, meaning
from base.error_codes;
comment on view api.error_codes is 'The errors that the functions of this surface raise.';
comment on column api.error_codes.code is 'The SQLSTATE.';
comment on column api.error_codes.http_status is 'With which the web process answers.';
comment on column api.error_codes.mended_by is 'Who can do something about it: operator, driver (a clients code) or developer (a defect).';

create view api.decision_kinds as
select decision_kind as kind, needs_a_person, meaning
from base.decision_kinds;
comment on view api.decision_kinds is 'Every way in which the engine holds back or steps in, and what it means.';
comment on column api.decision_kinds.needs_a_person is 'Whether somebody should hear of it while it lasts: checks() tells.';

create view api.workers as
select worker, started_at, seen_at
from engine.workers;
comment on view api.workers is 'Who ticks.';
comment on column api.workers.seen_at is 'When it ticked last, give or take the setting worker.heartbeat.';

create view api.help as
select f.name, coalesce(substring(f.meaning, '^((?:[^().;:]|\([^)]*\)|[.;:](?!\s|$))*)'), f.meaning) as does, f.takes, f.gives
from (
  select p.proname::text as name, obj_description(p.oid, 'pg_proc') as meaning, regexp_replace(pg_get_function_arguments(p.oid), '\mp_', '', 'g') as takes,
         pg_get_function_result(p.oid) as gives, 1 as position
  from pg_catalog.pg_proc as p
  where p.pronamespace = to_regnamespace('api') and has_function_privilege(p.oid, 'execute')
  union all
  select c.relname::text, obj_description(c.oid, 'pg_class'), null, 'view', 2
  from pg_catalog.pg_class as c
  where c.relnamespace = to_regnamespace('api') and c.relkind = 'v' and has_table_privilege(c.oid, 'select')
) as f
order by f.position, f.name;
comment on view api.help is 'What whoever asks may call and look at: a line each, functions first; \df+ has the whole of what a function promises.';
comment on column api.help.does is 'The first sentence of its comment.';
comment on column api.help.takes is 'Its arguments; callers write p_kind => ….';
comment on column api.help.gives is 'What it returns.';

-- source: db/schema/99_grants.sql
-- Who may do what (W5), the whole of it: nothing outside of this file grants anything.

grant usage on schema api to rookery_worker, rookery_web, rookery_operator, rookery_reader;

grant execute on function
  api.engine_tick(text, integer),
  api.engine_response(bigint, integer, jsonb, text, text),
  api.engine_failure(bigint, text, text, text),
  api.engine_release(text),
  api.has_change(text)
to rookery_worker;

grant execute on function
  api.engine_tick(text, integer),
  api.root_enable(text, jsonb, interval, interval, numeric),
  api.root_disable(text, jsonb),
  api.fanout_root_enable(text, jsonb, text, text, interval, interval, numeric),
  api.fanout_root_disable(text, jsonb, text, text),
  api.specified_users_set(text, bigint[]),
  api.specified_users_add(text, bigint[]),
  api.specified_users_remove(text, bigint[]),
  api.verify(bigint),
  api.repair(bigint),
  api.sync_request(text, bigint, text),
  api.run_cancel(bigint),
  api.provider_resume(text),
  api.sync_handles(text[]),
  api.users_look_up(text[]),
  api.leavers_look_up(bigint, bigint, bigint),
  api.subscription_set(bigint, text[]),
  api.setting_set(text, text),
  api.budget_set(text, text, numeric),
  api.price_set(text, boolean, numeric),
  api.root_estimate(text, jsonb, interval, interval, numeric),
  api.user_forget(bigint),
  api.token_check(integer, jsonb, text)
to rookery_operator;

grant execute on function
  api.doctor(jsonb, jsonb, timestamptz)
to rookery_operator, rookery_reader;

grant execute on function
  api.webhook_receive(jsonb)
to rookery_web;

grant execute on function
  api.instance_id(text, jsonb),
  api.user_id(text),
  api.users_find(text[]),
  api.memberships(bigint, integer),
  api.run_progress(bigint[]),
  api.metrics(),
  api.checks(text),
  api.table_sizes(),
  api.read_clock(),
  api.standings(bigint[]),
  api.moves(timestamptz, integer),
  api.days(bigint[], integer),
  api.held_back(integer),
  api.surroundings(bigint),
  api.runs_of(bigint, integer),
  api.has_change(text),
  api.why(bigint),
  api.why_not(bigint),
  api.why_run(bigint),
  api.budgets(),
  api.cost(text),
  api.provenance(text, jsonb),
  api.tree(jsonb),
  api.members(bigint, integer, bigint),
  api.members_as_of(bigint, bigint, integer, bigint),
  api.members_at(bigint, timestamptz, integer, bigint),
  api.members_page(bigint, bigint, integer, bigint),
  api.moment_id(bigint, text),
  api.diff(bigint, bigint, bigint, integer, bigint),
  api.leavers_unknown(bigint, bigint, bigint),
  api.events(bigint, integer, bigint, bigint)
to rookery_operator, rookery_reader, rookery_web;

grant select on
  api.kinds, api.roots, api.fanout_roots, api.instances, api.materializations, api.runs, api.calls, api.pages, api.due, api.decisions, api.users, api.forgotten_users, api.handle_changes, api.follows, api.posts,
  api.windows, api.spend, api.spend_by_root, api.prices, api.rejects, api.webhook_events, api.subscriptions, api.settings, api.error_codes, api.decision_kinds, api.workers, api.help
to rookery_operator, rookery_reader, rookery_web;

commit;
