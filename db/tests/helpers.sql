-- What the tests share: an X that is played by hand or by a small world, and the invariants that hold always. Nothing here is part of the product.

create schema test;
grant usage on schema test to public;

-- Some tests write into the graph by runs that there never were, of small numbers.
alter sequence ingest.runs_run_id_seq restart with 1000;

create function test.hint_of(p_statement text)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_hint text;
begin
  execute p_statement;
  return null;
exception
  when others then
    get stacked diagnostics v_hint = pg_exception_hint;
    return v_hint;
end;
$$;
comment on function test.hint_of(text) is 'The hint of the error that a statement raises.';

-- X by hand ----------------------------------------------------------------------------------------------------------------------------------

create function test.tick(p_worker text default 'test worker', p_slots integer default 100)
  returns jsonb
  language plpgsql
  volatile
  set role = rookery_worker
as $$
declare
  v_tick jsonb;
  v_calls jsonb := '[]';
begin
  for v_round in 1 .. 1000 loop
    v_tick := api.engine_tick(p_worker, p_slots);
    v_calls := v_calls || (v_tick -> 'calls');
    if not (v_tick ->> 'again')::boolean then
      return v_calls;
    end if;
  end loop;
  raise exception 'the engine finds no rest: %', v_tick;
end;
$$;
comment on function test.tick(text, integer) is 'Ticks as the worker until nothing asks for another tick; returns all calls that were handed out.';

create function test.respond(p_call_id bigint, p_body text, p_status integer default 200, p_headers jsonb default '{}')
  returns jsonb
  language sql
  volatile
  set role = rookery_worker
as $$
  select api.engine_response(p_call_id, p_status, p_headers, p_body);
$$;
comment on function test.respond(bigint, text, integer, jsonb) is 'Answers a call, as the worker.';

create function test.claimed_call(p_path_pattern text)
  returns bigint
  language plpgsql
  stable
as $$
declare
  v_call_id bigint;
begin
  select call_id into v_call_id from ingest.calls where state = 'claimed' and path like p_path_pattern order by call_id limit 1;
  if not found then
    raise exception 'no call to % is out, only %', p_path_pattern, (select array_agg(path order by call_id) from ingest.calls where state = 'claimed');
  end if;
  return v_call_id;
end;
$$;
comment on function test.claimed_call(text) is 'The first call that is out and whose path is like this.';

create function test.answer(p_path_pattern text, p_body text, p_status integer default 200, p_headers jsonb default '{}')
  returns jsonb
  language sql
  volatile
as $$
  select test.respond(test.claimed_call(p_path_pattern), p_body, p_status, p_headers);
$$;
comment on function test.answer(text, text, integer, jsonb) is 'Answers the first call that is out and whose path is like this.';

create function test.user_object(p_user_id bigint, p_handle text default null)
  returns jsonb
  language sql
  immutable
as $$
  select jsonb_build_object('id', p_user_id::text, 'username', coalesce(p_handle, 'user_' || p_user_id), 'name', 'User ' || p_user_id);
$$;
comment on function test.user_object(bigint, text) is 'A user as X shows one.';

create function test.post_object(p_post_id bigint, p_text text default null)
  returns jsonb
  language sql
  immutable
as $$
  select jsonb_build_object('id', p_post_id::text, 'text', coalesce(p_text, 'Post ' || p_post_id), 'created_at', '2026-03-01T12:00:00.000Z');
$$;
comment on function test.post_object(bigint, text) is 'A post as X shows one.';

create function test.page(p_objects jsonb, p_next_token text default null, p_errors jsonb default null)
  returns text
  language sql
  immutable
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'data', nullif(p_objects, '[]'),
    'meta', jsonb_build_object('result_count', jsonb_array_length(p_objects), 'next_token', p_next_token),
    'errors', p_errors))::text;
$$;
comment on function test.page(jsonb, text, jsonb) is 'A body: X leaves data out where it is empty.';

create function test.users_page(p_user_ids bigint[], p_next_token text default null)
  returns text
  language sql
  immutable
as $$
  select test.page((select coalesce(jsonb_agg(test.user_object(i) order by n), '[]') from unnest(p_user_ids) with ordinality as u (i, n)), p_next_token);
$$;
comment on function test.users_page(bigint[], text) is 'A body with these users, in this order.';

create function test.posts_page(p_post_ids bigint[], p_next_token text default null)
  returns text
  language sql
  immutable
as $$
  select test.page((select coalesce(jsonb_agg(test.post_object(i) order by n), '[]') from unnest(p_post_ids) with ordinality as p (i, n)), p_next_token);
$$;
comment on function test.posts_page(bigint[], text) is 'A body with these posts, in this order.';

create function test.error_object(p_resource_id text, p_reason text)
  returns jsonb
  language sql
  immutable
as $$
  select jsonb_build_object(
    'resource_id', p_resource_id, 'value', p_resource_id, 'parameter', 'id', 'resource_type', 'user',
    'type', 'https://api.twitter.com/2/problems/' || case p_reason when 'protected' then 'not-authorized-for-resource' else 'resource-not-found' end,
    'title', case p_reason when 'suspended' then 'Forbidden' when 'protected' then 'Authorization Error' else 'Not Found Error' end,
    'detail', case p_reason when 'suspended' then 'User has been suspended: [' || p_resource_id || '].' else 'No ' || p_resource_id || ' (' || p_reason || ')' end);
$$;
comment on function test.error_object(text, text) is 'An entry of errors[]: suspended, not_found or protected.';

-- Webhooks -----------------------------------------------------------------------------------------------------------------------------------

create function test.receive(p_source text, p_body text)
  returns jsonb
  language sql
  volatile
  set role = rookery_web
as $$
  select api.webhook_receive(jsonb_build_array(jsonb_build_object('source', p_source, 'body', p_body))) -> 0;
$$;
comment on function test.receive(text, text) is 'Receives one event, as the web process; returns what became of it.';

create function test.new_follower(p_follower text, p_target text default null, p_followed_at text default null)
  returns bigint
  language sql
  volatile
as $$
  select (test.receive('new_follower', jsonb_strip_nulls(jsonb_build_object(
    'follower', p_follower, 'target', p_target, 'followed_at', p_followed_at, 'nonce', nextval('ingest.event_ids')))::text) ->> 'event_id')::bigint;
$$;
comment on function test.new_follower(text, text, text) is 'Receives an event of a new follower, never the same twice; returns its id.';

create function test.x_event(p_event_type text, p_user_id bigint, p_payload jsonb, p_uuid text default null)
  returns bigint
  language sql
  volatile
as $$
  select (test.receive('x_activity', jsonb_build_object('data', jsonb_build_object(
    'event_uuid', coalesce(p_uuid, (-nextval('ingest.event_ids'))::text), 'event_type', p_event_type,
    'filter', jsonb_build_object('user_id', p_user_id::text), 'payload', p_payload))::text) ->> 'event_id')::bigint;
$$;
comment on function test.x_event(text, bigint, jsonb, text) is 'Receives an event as X sends it; returns its id.';

create function test.x_follow(p_event_type text, p_follower_id bigint, p_target_id bigint, p_uuid text default null)
  returns bigint
  language sql
  volatile
as $$
  select test.x_event('follow.' || p_event_type, p_target_id, jsonb_build_object(
    'source', jsonb_build_object('data', test.user_object(p_follower_id)), 'target', jsonb_build_object('data', test.user_object(p_target_id))), p_uuid);
$$;
comment on function test.x_follow(text, bigint, bigint, text) is 'Receives X''s event of a follow (or unfollow), with both profiles; returns its id.';

create function test.fate(p_event_id bigint)
  returns text
  language sql
  stable
  set role = rookery_reader
as $$
  select state || coalesce(': ' || detail, '') from api.webhook_events where event_id = p_event_id;
$$;
comment on function test.fate(bigint) is 'What became of an event, as a reader sees it.';

-- A small world that answers by itself -------------------------------------------------------------------------------------------------------

create table test.world_users (
  user_id bigint primary key,
  handle text not null,
  gone text check (gone in ('suspended', 'not_found')),
  is_protected boolean not null default false
);
create table test.world_follows (
  target_id bigint references test.world_users,
  follower_id bigint references test.world_users,
  since bigint generated always as identity,
  primary key (target_id, follower_id)
);
create table test.world_posts (
  post_id bigint primary key,
  author_id bigint not null references test.world_users,
  text text not null default 'a post',
  is_retweet boolean not null default false
);

create function test.world_refusal(p_user_id bigint)
  returns text
  language sql
  stable
as $$
  select case when u.user_id is null then 'not_found' else coalesce(u.gone, case when u.is_protected then 'protected' end) end
  from (select p_user_id as user_id) as asked left join test.world_users as u using (user_id);
$$;
comment on function test.world_refusal(bigint) is 'Why the lists of a user are not shown; null when they are.';

create function test.world_list(p_list text, p_user_id bigint, p_since_id bigint)
  returns table (item jsonb, place bigint)
  language sql
  stable
as $$
  select test.user_object(u.user_id, u.handle), row_number() over (order by f.since desc)
  from test.world_follows as f
  join test.world_users as u on u.user_id = case p_list when 'followers' then f.follower_id else f.target_id end
  where p_list in ('followers', 'following') and u.gone is null
    and case p_list when 'followers' then f.target_id else f.follower_id end = p_user_id
  union all
  select test.post_object(p.post_id, p.text)
           || case when p.is_retweet then '{"referenced_tweets": [{"type": "retweeted", "id": "1"}]}' else jsonb '{}' end,
         row_number() over (order by p.post_id desc)
  from test.world_posts as p
  where p_list = 'tweets' and p.author_id = p_user_id and p.post_id > coalesce(p_since_id, 0);
$$;
comment on function test.world_list(text, bigint, bigint) is 'A list of a user, newest first.';

create function test.world_search(p_query jsonb)
  returns text
  language sql
  stable
as $$
  with fitting as (
    select p.post_id, test.post_object(p.post_id, p.text) || jsonb_build_object('author_id', p.author_id::text) as item
    from test.world_posts as p
    where not p.is_retweet and p.post_id > (p_query ->> 'since_id')::bigint
      and p.post_id < coalesce(substr(p_query ->> 'pagination_token', 6)::bigint, 9223372036854775807)
      and p_query ->> 'query' ~ format('from:%s\M', p.author_id) and test.world_refusal(p.author_id) is null
    order by p.post_id desc
  ), shown as (
    select * from fitting order by post_id desc limit (p_query ->> 'max_results')::integer
  )
  select test.page(coalesce(jsonb_agg(item order by post_id desc), '[]'),
                   case when count(*) < (select count(*) from fitting) then 'under' || min(post_id) end)
  from shown;
$$;
comment on function test.world_search(jsonb) is 'The page of a search that a query asks for; who is not shown is passed over.';

create function test.world_look_up(p_path text, p_keys text[])
  returns text
  language sql
  stable
as $$
  select test.page(
    coalesce(jsonb_agg(found.item order by k.n) filter (where found.item is not null), '[]'), null,
    jsonb_agg(test.error_object(k.key, coalesce(found.gone, 'not_found'))) filter (where found.item is null))
  from unnest(p_keys) with ordinality as k (key, n)
  left join lateral (
    select case when u.gone is null then test.user_object(u.user_id, u.handle) end as item, u.gone
    from test.world_users as u
    where (p_path = '/2/users' and u.user_id::text = k.key) or (p_path = '/2/users/by' and lower(u.handle) = lower(k.key))
    union all
    select test.post_object(p.post_id, p.text) || jsonb_build_object('author_id', p.author_id::text), null
    from test.world_posts as p where p_path = '/2/tweets' and p.post_id::text = k.key
  ) as found on true;
$$;
comment on function test.world_look_up(text, text[]) is 'The answer to a look-up by ids or handles.';

create function test.world_body(p_path text, p_query jsonb)
  returns text
  language plpgsql
  stable
as $$
declare
  v_user_id constant bigint := split_part(p_path, '/', 4);
  v_size constant bigint := coalesce((p_query ->> 'max_results')::bigint, 100);
  v_from constant bigint := coalesce(substr(p_query ->> 'pagination_token', 6)::bigint, 0);
  v_objects jsonb;
  v_total bigint;
begin
  if test.world_refusal(v_user_id) is not null then
    return jsonb_build_object('errors', jsonb_build_array(test.error_object(v_user_id::text, test.world_refusal(v_user_id))));
  end if;
  select coalesce(jsonb_agg(item order by place) filter (where place > v_from and place <= v_from + v_size), '[]'), count(*)
  into v_objects, v_total
  from test.world_list(split_part(p_path, '/', 5), v_user_id, (p_query ->> 'since_id')::bigint);
  return test.page(v_objects, case when v_total > v_from + v_size then 'after' || v_from + v_size end);
end;
$$;
comment on function test.world_body(text, jsonb) is 'The page of a list that a query asks for.';

create function test.world_answer(p_call jsonb)
  returns text
  language sql
  stable
as $$
  select case when p_call ->> 'path' in ('/2/users', '/2/users/by', '/2/tweets')
    then test.world_look_up(p_call ->> 'path', string_to_array(coalesce(p_call -> 'query' ->> 'ids', p_call -> 'query' ->> 'usernames'), ','))
    when p_call ->> 'path' = '/2/tweets/search/recent' then test.world_search(p_call -> 'query')
    else test.world_body(p_call ->> 'path', p_call -> 'query') end;
$$;
comment on function test.world_answer(jsonb) is 'What the world answers to a call that engine_tick handed out.';

create function test.play()
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_call jsonb;
  v_calls jsonb;
  v_count bigint := 0;
begin
  for v_round in 1 .. 1000 loop
    v_calls := test.tick();
    if v_calls = '[]' then
      return v_count;
    end if;
    for v_call in select * from jsonb_array_elements(v_calls) loop
      perform test.respond((v_call ->> 'call_id')::bigint, test.world_answer(v_call));
      v_count := v_count + 1;
    end loop;
  end loop;
  raise exception 'the engine goes on buying: %', v_calls;
end;
$$;
comment on function test.play() is 'Ticks and answers from the world until the engine is idle, the clock standing still; returns how many calls that took.';

create function test.params(p_kind text, p_param text)
  returns jsonb
  language sql
  immutable
as $$
  select case p_kind
    when 'segment_specified_users' then jsonb_build_object('stable_key', p_param)
    when 'post_corpus_for_segment' then jsonb_build_object('source', jsonb_build_object(
      'kind', split_part(p_param, ' ', 1), 'params', test.params(split_part(p_param, ' ', 1), split_part(p_param, ' ', 2))))
    else jsonb_build_object('subject_id', p_param) end;
$$;
comment on function test.params(text, text) is 'The params of a kind with one value; of a corpus: its source''s kind and value, as in `segment_followed 1`.';

create function test.enable(p_kind text, p_param text)
  returns bigint
  language sql
  volatile
  set role = rookery_operator
as $$
  select api.root_enable(p_kind, test.params(p_kind, p_param));
$$;
comment on function test.enable(text, text) is 'Enables a root as the operator; see test.params().';

create function test.item_ids(p_instance_id bigint)
  returns bigint[]
  language sql
  stable
  set role = rookery_reader
as $$
  select array(select item_id from api.members(p_instance_id) order by item_id);
$$;
comment on function test.item_ids(bigint) is 'The members of an instance, as a reader sees them.';

-- Reasons ------------------------------------------------------------------------------------------------------------------------------------

create function test.says(p_why jsonb)
  returns setof text
  language sql
  immutable
as $$
  select s #>> '{}' from jsonb_path_query(p_why, 'strict $.** ? (@.type() == "object" && exists (@.says)).says') as s;
$$;
comment on function test.says(jsonb) is 'Every sentence of a reason (api.why and the like), unbroken; see api.tree.';

-- What holds always --------------------------------------------------------------------------------------------------------------------------

create function test.broken_memberships()
  returns setof text
  language sql
  stable
as $$
  with folded as (
    select item_kind, instance_id, item_id, materialization_id, is_enter, is_first_appearance,
           row_number() over item as place, lag(is_enter) over item as was_in, lead(materialization_id) over item is null as is_last
    from asset.events
    window item as (partition by item_kind, instance_id, item_id order by materialization_id)
  )
  select format('A9: item %s of instance %s enters when it is in, or leaves when it is not', item_id, instance_id)
  from folded where is_enter = coalesce(was_in, false)
  union all
  select format('A9: item %s of instance %s does not first appear once, at first', item_id, instance_id)
  from folded where is_first_appearance <> (place = 1)
  union all
  select format('A10: the snapshot of instance %s is not the fold of its events at item %s', instance_id, item_id)
  from (select * from folded where is_last) as f
  full join asset.members as m using (item_kind, instance_id, item_id)
  where f.is_enter is distinct from (m.left_at is null)
  union all
  select format('A10: the times of item %s of instance %s are not those of its events', m.item_id, m.instance_id)
  from asset.members as m
  cross join lateral (
    select min(z.completed_at) as first_entered_at, max(z.completed_at) filter (where e.is_enter) as entered_at,
           max(z.completed_at) filter (where not e.is_enter) as left_at
    from asset.events as e join asset.materializations as z using (instance_id, materialization_id)
    where e.item_kind = m.item_kind and e.instance_id = m.instance_id and e.item_id = m.item_id
  ) as t
  where m.first_entered_at <> t.first_entered_at or m.entered_at <> t.entered_at or (m.left_at is not null and m.left_at <> t.left_at);
$$;
comment on function test.broken_memberships() is 'Where snapshot and events disagree (A9, A10).';

create function test.broken_materializations()
  returns setof text
  language sql
  stable
as $$
  with counted as (
    select m.*, lag(m.output_revision, 1, 0::bigint) over w as last_revision, lag(m.member_count, 1, 0::bigint) over w as last_member_count,
           lead(m.materialization_id) over w is null as is_last, e.entered, e.left_count,
           lag(m.inputs_hash) over w = m.inputs_hash and lag(m.dependencies_hash) over w = m.dependencies_hash as reads_the_same
    from asset.materializations as m
    cross join lateral (
      select count(*) filter (where is_enter) as entered, count(*) filter (where not is_enter) as left_count
      from asset.events where instance_id = m.instance_id and materialization_id = m.materialization_id
    ) as e
    where m.status = 'success'
    window w as (partition by m.instance_id order by m.materialization_id)
  )
  select format('A6: materialization %s reads what the last one read', materialization_id)
  from counted where reads_the_same and not reads_everything
  union all
  select format('A8: materialization %s has revision %s after %s', materialization_id, output_revision, last_revision)
  from counted where output_revision <> last_revision + (entered + left_count > 0)::integer
  union all
  select format('A9: materialization %s does not count its events', materialization_id)
  from counted where (enter_count, exit_count) <> (entered, left_count)
  union all
  select format('A10: materialization %s counts %s members', materialization_id, member_count)
  from counted where member_count <> last_member_count + entered - left_count
  union all
  select format('A10: instance %s does not stand at its last success', i.instance_id)
  from asset.instances as i left join counted as c on c.instance_id = i.instance_id and c.is_last
  where (i.checkpoint_id, i.output_revision, i.member_count)
    is distinct from (c.materialization_id, coalesce(c.output_revision, 0), coalesce(c.member_count, 0))
  union all
  select format('A7: materialization %s failed and has events', e.materialization_id)
  from asset.events as e join asset.materializations as m using (instance_id, materialization_id) where m.status <> 'success'
  union all
  select format('A7: materialization %s was left in progress', materialization_id)
  from asset.materializations where status = 'in_progress'
  union all
  select format('A12: materialization %s does not pin each of its dependencies', c.materialization_id)
  from counted as c
  where (select count(*) from asset.pins as p join asset.dependencies as d using (instance_id, role, dependency_id)
         join asset.materializations as m on m.instance_id = p.dependency_id and m.materialization_id = p.pinned_id
         where p.instance_id = c.instance_id and p.materialization_id = c.materialization_id
           and m.status = 'success' and m.materialization_id < c.materialization_id)
     <> (select count(*) from asset.dependencies where instance_id = c.instance_id);
$$;
comment on function test.broken_materializations() is 'Materializations that contradict each other, their events or their instance (A6 to A10, A12).';

create function test.broken_closure()
  returns setof text
  language sql
  stable
as $$
  with recursive vias as (
    select root_id, instance_id as via_id, null::bigint as item_id from asset.roots where is_enabled
    union
    select r.root_id, t.instance_id, case when t.instance_id is null then m.item_id end
    from asset.roots as r
    join asset.instances as s using (instance_id)
    join asset.members as m on m.item_kind = 'user' and m.instance_id = r.instance_id and m.left_at is null
    left join asset.instances as t on t.identity_hash = asset.identity_hash(
      asset.params_hash(r.target_kind, asset.target_params(r.target_kind, m.item_id)), case r.target_mode when 'scoped_by_source' then s.params_hash end)
    where r.is_enabled and r.target_kind is not null
  ), closure as (
    select root_id, via_id, via_id as instance_id, item_id from vias
    union
    select c.root_id, c.via_id, d.dependency_id, c.item_id from closure as c join asset.dependencies as d using (instance_id)
  )
  select format('A4: instance %s, root %s by way of instance %s%s', instance_id, root_id, via_id, ', for user ' || item_id)
  from closure as c full join asset.wants as w using (root_id, via_id, instance_id)
  where c.root_id is null or w.root_id is null
  union all
  select format('A4: instance %s is not deeper than instance %s', i.instance_id, b.instance_id)
  from asset.dependencies as d
  join asset.instances as i on i.instance_id = d.instance_id
  join asset.instances as b on b.instance_id = d.dependency_id
  where i.depth <= b.depth
  union all
  select format('A3: instance %s rests and needs %s of %s', n.consumer_id, n.sync_kind, n.subject_id)
  from ingest.needs as n
  where not exists (select from asset.wants where instance_id = n.consumer_id);
$$;
comment on function test.broken_closure() is 'Wants that are not the closure of the enabled roots, and needs of what rests (A3, A4).';

create function test.broken_logs()
  returns setof text
  language sql
  stable
as $$
  with changes as (
    select 'follow ' || target_id || ' ' || follower_id as item, change_id, change from graph.follow_changes
    union all
    select 'post ' || post_id, change_id, change from graph.post_changes
    union all
    -- Who is gone may still change (somebody else takes the handle, G3), and be forgotten.
    select 'user ' || user_id, change_id, change from graph.user_changes where change not in ('changed', 'forgotten')
  ), placed as (
    select *, lag(change) over item_order as last_change, lead(change_id) over item_order is null as is_last
    from changes window item_order as (partition by item order by change_id)
  ), items as (
    select 'follow ' || target_id || ' ' || follower_id as item, change_id, deleted_at from graph.follows
    union all
    select 'post ' || post_id, change_id, deleted_at from graph.posts
    union all
    select 'user ' || user_id, null, deleted_at from graph.users
  )
  select format('G7: %s is %s after %s', item, change, coalesce(last_change, 'nothing'))
  from placed
  where (change = 'added') <> (last_change is null)
     or (change = 'revived') <> (last_change = 'removed' and change <> 'removed')
     or (change = 'removed' and last_change = 'removed' and item not like 'user %')
  union all
  select format('G4: %s is not as its last change left it', item)
  from items as i full join (select * from placed where is_last) as p using (item)
  where (i.deleted_at is null) is distinct from (p.change <> 'removed') or i.change_id <> p.change_id
  union all
  select format('G3: the handle of user %s is not as its last transition left it', u.user_id)
  from graph.users as u
  cross join lateral (select new_handle from graph.handle_changes where user_id = u.user_id order by change_id desc limit 1) as h
  where u.handle is distinct from h.new_handle;
$$;
comment on function test.broken_logs() is 'Rows of the graph that are not what the log of their changes says (G3, G4, G7).';

create function test.broken_runs()
  returns setof text
  language sql
  stable
as $$
  select format('I1: run %s counts %s pages and %s resources', r.run_id, r.page_count, r.resource_count)
  from ingest.runs as r
  where r.run_id > (select up_to_run_id from ingest.cleared_runs)
    and (r.page_count <> (select coalesce(max(page_no), 0) from ingest.pages where run_id = r.run_id)
      or r.page_count <> (select count(*) from ingest.pages where run_id = r.run_id))
  union all
  select format('I9: %s resources were received, and the ledger counts %s', o.received, l.counted)
  from (select coalesce(sum(resource_count), 0) as received from ingest.outcomes) as o
  cross join (select coalesce(sum(s.resource_count), 0) as counted from ingest.spending as s where s.call in (select endpoint from ingest.endpoints)) as l
  where o.received <> l.counted
  union all
  select format('I1: call %s is of no run', call_id)
  from ingest.calls as c
  where not exists (select from ingest.runs where run_id = c.run_id)
  union all
  select format('I1: run %s has ended and call %s is open', run_id, call_id)
  from ingest.runs join ingest.calls using (run_id)
  where status <> 'in_progress' and state in ('ready', 'claimed')
  union all
  select format('I1: call %s is of no endpoint or class', c.call_id)
  from ingest.calls as c
  where not exists (select from ingest.endpoints where endpoint = c.endpoint)
     or (c.answer_class is not null and not exists (select from ingest.answer_classes where answer_class = c.answer_class))
  union all
  select format('I1: run %s waits for nothing', r.run_id)
  from ingest.runs as r
  where r.status = 'in_progress'
    and not exists (select from ingest.calls where run_id = r.run_id and state in ('ready', 'claimed'))
    and not exists (select from ingest.runs where sync_kind = 'users' and status = 'in_progress' and r.subject_id = any (item_ids))
  union all
  select format('A5: %s of %s is needed, neither due nor under way', n.sync_kind, n.subject_id)
  from ingest.needs as n
  where not exists (select from ingest.due where sync_kind = n.sync_kind and subject_id = n.subject_id)
    and not exists (select from ingest.runs join ingest.sync_kinds as k using (sync_kind) where k.serves = n.sync_kind and status = 'in_progress'
                      and (subject_id = n.subject_id or n.subject_id = any (item_ids)))
  union all
  select format('I5: the posts of %s are searched for %s times, due %s times, and polled besides by %s', author_id, count(*), count(d.due_at), string_agg(l.reason, ', '))
  from ingest.runs as r
  cross join unnest(r.item_ids) as author_id
  left join ingest.due as d on d.sync_kind = 'posts' and d.subject_id = author_id
  left join ingest.runs as l on l.sync_kind = 'posts' and l.subject_id = author_id and l.status = 'in_progress' and l.reason <> 'requested'
  where r.sync_kind = 'search' and r.status = 'in_progress'
  group by author_id having count(*) + count(d.due_at) + count(l.run_id) > 1
  union all
  select format('I5: the query of run %s is longer than search.query_length', run_id)
  from ingest.runs
  where sync_kind = 'search' and length(ingest.x_v2_search_query(item_ids)) > base.setting_integer('search.query_length')
  union all
  select format('A5: %s of %s is due and nobody needs it', d.sync_kind, d.subject_id)
  from ingest.due as d
  where not exists (select from ingest.needs where sync_kind = d.sync_kind and subject_id = d.subject_id)
  union all
  select format('I5: a post by %s is set aside, who is here', r.author_id)
  from ingest.rejects as r join graph.users as u on u.user_id = r.author_id;
$$;
comment on function test.broken_runs() is 'Runs, pages, calls and due times that contradict each other (I1, A5).';

create function test.broken_retention()
  returns setof text
  language sql
  stable
as $$
  select format('W7: %s names run %s, which is not kept', n.what, n.run_id)
  from (
    select 'the log of follows' as what, run_id, true as is_said from graph.follow_changes
    union select 'the log of posts', run_id, true from graph.post_changes
    union select 'the log of users', run_id, true from graph.user_changes
    union select 'the log of handles', run_id, true from graph.handle_changes
    union select 'the counts of a user', run_id, false from graph.user_counts
    union select 'a run', profile_run_id, false from ingest.runs
    union select 'a materialization', (c ->> 'id')::bigint, true
          from asset.materializations cross join jsonb_array_elements(causes) as c where c ->> 'cause' in ('run', 'change')
  ) as n
  left join ingest.runs as r using (run_id)
  where (r.run_id is null and n.run_id <= (select up_to_run_id from ingest.cleared_runs)) or (n.is_said and not r.is_named);
$$;
comment on function test.broken_retention() is 'Runs that are not kept and ought to be (W7).';

create function test.broken_counts()
  returns setof text
  language sql
  stable
as $$
  select format('I9: %s of %s are not as many as the last full read and the log since say', sync_kind, subject_id)
  from ingest.subjects
  where list_count + graph.list_growth(sync_kind, subject_id, full_position) <> graph.list_size(sync_kind, subject_id)
  union all
  select format('I9: run %s was sized without a look, and by counts', run_id)
  from ingest.runs
  where subject_count is null and (expected_count is not null or doubt_count is not null);
$$;
comment on function test.broken_counts() is 'Lists and runs whose counts cannot be (I9).';

create function test.broken_books()
  returns setof text
  language sql
  stable
as $$
  select format('I9: run %s says USD %s for %s, the ledger %s for %s', r.run_id, r.cost_usd, r.billed_count, l.usd, l.billed)
  from ingest.runs as r
  cross join lateral (
    select coalesce(sum(booked_usd), 0) as usd, coalesce(sum(billed_count), 0) as billed from ingest.ledger where run_id = r.run_id and billed_count is not null
  ) as l
  where (r.cost_usd, r.billed_count) <> (l.usd, l.billed) and (r.completed_at < ingest.cleared_until()) is not true
  union all
  select format('I8: call %s is %s, and %s of its entries are open', c.call_id, c.state, l.open_count)
  from ingest.calls as c
  cross join lateral (select count(*) as open_count from ingest.ledger where call_id = c.call_id and closed_at is null) as l
  where l.open_count <> (c.state = 'claimed')::integer
  union all
  select format('I8: entry %s of call %s is of run %s', l.attempt_no, l.call_id, l.run_id)
  from ingest.ledger as l join ingest.calls as c using (call_id)
  where (l.run_id, l.endpoint) <> (c.run_id, c.endpoint)
  union all
  select format('I8: run %s sent a call, and nobody pays', r.run_id)
  from ingest.runs as r
  where r.payer_ids is null and exists (select from ingest.ledger where run_id = r.run_id)
  union all
  select format('I8: the budget of %s a %s says USD %s, the ledger %s', b.scope, b.period, b.spent_usd, ingest.spent_since(b, b.began_at))
  from ingest.budgets as b
  where b.spent_usd <> ingest.spent_since(b, b.began_at)
  union all
  select format('I8: the budget of %s a %s is overdrawn: USD %s of %s', b.scope, b.period, b.spent_usd, b.cap_usd)
  from ingest.budgets as b
  where b.spent_usd > b.cap_usd
  union all
  select format('I9: events of %s of %s cost USD %s, the books say %s', e.event_type, e.utc_day, e.usd, d.cost_usd)
  from (select event_type, (received_at at time zone 'UTC')::date as utc_day, sum(cost_usd) as usd from ingest.webhook_events where cost_usd > 0 group by 1, 2) as e
  full join ingest.deliveries as d using (event_type, utc_day)
  where e.usd is distinct from d.cost_usd and coalesce(d.utc_day, e.utc_day) >= base.now() - base.setting_interval('retention.events') + interval '1 day'
  union all
  select format('I9: a %s is bought, and has no price', resource)
  from (select distinct resource from ingest.purchases) as p
  where not exists (select from ingest.prices where resource = p.resource);
$$;
comment on function test.broken_books() is 'Where calls, runs, ledger and budgets disagree (I8, I9), or a cap was exceeded. A cap that was lowered below what was spent is no breach; a test that does so looks elsewhere.';

create function test.broken_inbox()
  returns setof text
  language sql
  stable
as $$
  select format('W1: the key %s is of no event', k.event_key)
  from ingest.event_keys as k
  where not exists (select from ingest.webhook_events where event_id = k.event_id and event_key = k.event_key)
  union all
  select format('W3: event %s of the edge %s <- %s says otherwise, and nothing that changed it is newer', e.event_id, e.target_id, e.follower_id)
  from (
    select distinct on (target_id, follower_id) * from ingest.webhook_events
    where state = 'applied' and target_id is not null order by target_id, follower_id, happened_at desc, event_id desc
  ) as e
  left join graph.follows as f using (target_id, follower_id)
  left join graph.follow_changes as c on c.target_id = f.target_id and c.change_id = f.change_id
  where (f.target_id is not null and f.deleted_at is null) <> (e.event_type = 'follow.follow')
    and (c.change_id is null or c.change_id < e.position)
  union all
  select format('W3: post %s was deleted and is there', p.post_id)
  from graph.posts as p join graph.post_changes as c using (author_id, change_id)
  where p.deleted_at is null and c.event_id is not null
    and exists (select from ingest.webhook_events where post_id = p.post_id and state = 'applied' and event_type = 'post.delete' and position < c.change_id)
  union all
  select format('I6: event %s waits for %s, who is known', e.event_id, e.waits_for)
  from ingest.webhook_events as e
  where e.state = 'waiting' and e.retry_at > base.now() and (ingest.resolve_user(e.waits_for)).user_id is not null
    and not exists (select from ingest.runs where status = 'in_progress' and sync_kind in ('users', 'handles'))
    -- After a look-up that failed it waits for another, whatever brings the user meanwhile.
    and not exists (
      select from ingest.runs as r
      where r.status in ('error', 'cancelled') and r.sync_kind in ('users', 'handles')
        and e.waits_for = any (array(select 'user ' || i from unnest(r.item_ids) as i) || array(select 'handle ' || lower(h) from unnest(r.handles) as h)));
$$;
comment on function test.broken_inbox() is 'Keys without events, and events that the graph does not agree with (W1, W3, I6).';

create function test.everything()
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_table regclass;
  v_digest text;
  v_digests jsonb := '{}';
begin
  for v_table in
    select oid from pg_catalog.pg_class
    where relkind = 'r' and relnamespace in ('base'::regnamespace, 'graph'::regnamespace, 'ingest'::regnamespace, 'asset'::regnamespace)
  loop
    execute format('select md5(string_agg(t::text, '','' order by t::text)) from %s as t', v_table) into v_digest;
    v_digests := v_digests || jsonb_build_object(v_table::text, v_digest);
  end loop;
  return v_digests;
end;
$$;
comment on function test.everything() is 'A digest of every table: equal before and after what changes nothing.';

create function test.invariants()
  returns setof text
  language sql
  stable
as $$
  select test.broken_memberships()
  union all select test.broken_materializations()
  union all select test.broken_closure()
  union all select test.broken_logs()
  union all select test.broken_runs()
  union all select test.broken_retention()
  union all select test.broken_counts()
  union all select test.broken_books()
  union all select test.broken_inbox();
$$;
comment on function test.invariants() is 'Everything that is wrong, a line each. What a constraint says is not said again.';

create function test.untrue_segments()
  returns setof text
  language sql
  stable
as $$
  select format('%s %s has %s, X has %s', i.kind, i.params, test.item_ids(i.instance_id), t.ids)
  from asset.instances as i
  cross join lateral (select (i.params ->> 'subject_id')::bigint as subject_id) as s
  cross join lateral (
    select array(select f.follower_id from test.world_follows as f join test.world_users as u on u.user_id = f.follower_id
                 where f.target_id = s.subject_id and u.gone is null) as followers,
           array(select f.target_id from test.world_follows as f join test.world_users as u on u.user_id = f.target_id
                 where f.follower_id = s.subject_id and u.gone is null) as followed
  ) as l
  cross join lateral (
    select array(
      select id
      from unnest(case when i.kind in ('segment_followers', 'segment_unreciprocated_followers') then l.followers else l.followed end) as id
      where (i.kind <> 'segment_mutuals' or id = any (l.followers)) and (i.kind <> 'segment_unreciprocated_followed' or id <> all (l.followers))
        and (i.kind <> 'segment_unreciprocated_followers' or id <> all (l.followed))
      order by id) as ids
  ) as t
  where s.subject_id is not null and t.ids <> test.item_ids(i.instance_id)
  union all
  select format('%s %s has %s, X has %s', i.kind, i.params, test.item_ids(i.instance_id), t.ids)
  from asset.instances as i
  join asset.dependencies as d using (instance_id)
  cross join lateral (
    select array(select post_id from test.world_posts
                 where author_id = any (test.item_ids(d.dependency_id)) and not (is_retweet and base.setting_text('posts.retweets') = 'exclude')
                 order by post_id) as ids
  ) as t
  where i.kind = 'post_corpus_for_segment' and t.ids <> test.item_ids(i.instance_id);
$$;
comment on function test.untrue_segments() is 'Segments of subjects, and corpora, that are not what the world shows.';

-- Graph and ingest from within -----------------------------------------------------------------------------------------------------------------

create function test.x_profile(p_user_id bigint, p_handle text, p_name text default 'a name')
  returns graph.profile
  language sql
  immutable
as $$
  select jsonb_populate_record(null::graph.profile, jsonb_build_object('user_id', p_user_id, 'handle', p_handle, 'name', p_name));
$$;
comment on function test.x_profile(bigint, text, text) is 'A profile as a provider hands it to the graph.';

create function test.x_post(p_post_id bigint, p_author_id bigint, p_text text default 'a post', p_posted_at timestamptz default '2026-03-01T12:00:00Z')
  returns graph.post
  language sql
  immutable
as $$
  select jsonb_populate_record(null::graph.post,
    jsonb_build_object('post_id', p_post_id, 'author_id', p_author_id, 'text', p_text, 'posted_at', p_posted_at));
$$;
comment on function test.x_post(bigint, bigint, text, timestamptz) is 'A post as a provider hands it to the graph.';

create function test.x_users(p_user_ids bigint[])
  returns integer
  language sql
  volatile
as $$
  select graph.write_users(array_agg(test.x_profile(i, 'user_' || i, 'User ' || i)), null, 1) from unnest(p_user_ids) as i;
$$;
comment on function test.x_users(bigint[]) is 'Has these users known, as test.user_object() shows them.';

create function test.x_sync(p_sync_kind text, p_subject_id bigint, p_mode text default 'full')
  returns bigint
  language sql
  volatile
as $$
  select test.x_users(array[p_subject_id]) where not exists (select from graph.users where user_id = p_subject_id);
  select ingest.start_list_runs(p_sync_kind, array[p_subject_id], p_mode) where p_sync_kind <> 'users';
  select ingest.resume_waiting_runs(array[p_subject_id], true);
  select ingest.request_sync(p_sync_kind, p_subject_id, p_mode);
$$;
comment on function test.x_sync(text, bigint, text) is 'A requested run of a known user, which has begun to read; without a look at the profile, and so without counts.';

create function test.x_look(p_user_id bigint, p_followers_count bigint default null, p_following_count bigint default null)
  returns void
  language sql
  volatile
as $$
  select graph.write_users(array[jsonb_populate_record(null::graph.profile, jsonb_build_object(
    'user_id', p_user_id, 'handle', 'user_' || p_user_id, 'name', 'User ' || p_user_id,
    'followers_count', p_followers_count, 'following_count', p_following_count))], null, 1);
  insert into ingest.subjects (sync_kind, subject_id, fresh_at) values ('users', p_user_id, base.now())
  on conflict (sync_kind, subject_id) do update set fresh_at = excluded.fresh_at;
$$;
comment on function test.x_look(bigint, bigint, bigint) is 'A user''s profile was looked at just now, and counted so many.';

create function test.x_call(p_run_id bigint)
  returns bigint
  language plpgsql
  volatile
as $$
begin
  perform test.tick();
  return (select call_id from ingest.calls where run_id = p_run_id and state = 'claimed');
end;
$$;
comment on function test.x_call(bigint) is 'Ticks, and names the call of a run that is out then; null when none is.';

create function test.x_answer(p_run_id bigint, p_body text, p_status integer default 200, p_headers jsonb default '{}')
  returns text
  language sql
  volatile
as $$
  select test.respond(test.x_call(p_run_id), p_body, p_status, p_headers) ->> 'class';
$$;
comment on function test.x_answer(bigint, text, integer, jsonb) is 'Ticks, and answers the call of a run; returns what the answer was taken for.';

create function test.x_list(p_sync_kind text, p_subject_id bigint, p_bodies text[], p_mode text default 'full')
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_run_id bigint := test.x_sync(p_sync_kind, p_subject_id, p_mode);
  v_body text;
begin
  foreach v_body in array p_bodies loop
    perform test.x_answer(v_run_id, v_body);
  end loop;
  return v_run_id;
end;
$$;
comment on function test.x_list(text, bigint, text[], text) is 'A run of a list whose pages are these bodies; returns the run.';

create function test.x_followers(p_target_id bigint)
  returns bigint[]
  language sql
  stable
as $$
  select array(select follower_id from graph.follows where target_id = p_target_id and deleted_at is null order by 1);
$$;
comment on function test.x_followers(bigint) is 'Whose edges to a user are alive.';

create function test.x_transitions(p_run_id bigint)
  returns text[]
  language sql
  stable
as $$
  select array_agg(format('%s: %s > %s', user_id, coalesce(old_handle, '-'), coalesce(new_handle, '-')) order by user_id)
  from graph.handle_changes where run_id = p_run_id;
$$;
comment on function test.x_transitions(bigint) is 'The handle history that a run wrote, as `user: old > new`.';

create function test.x_handles(p_user_ids bigint[])
  returns text[]
  language sql
  stable
as $$
  select array_agg(u.handle::text collate "default" order by n) from unnest(p_user_ids) with ordinality as i (user_id, n) left join graph.users as u using (user_id);
$$;
comment on function test.x_handles(bigint[]) is 'The handles of these users now.';

create function test.x_wal_bytes_of(p_query text)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_plan jsonb;
begin
  execute 'explain (analyze, wal, format json) ' || p_query into v_plan;
  return v_plan #>> '{0,Plan,WAL Bytes}';
end;
$$;
comment on function test.x_wal_bytes_of(text) is 'How much WAL a query writes, and nobody beside it.';

-- Plans --------------------------------------------------------------------------------------------------------------------------------------

create function test.plan_of(p_query text)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_line text;
  v_plan text := '';
begin
  for v_line in execute 'explain (costs off) ' || p_query loop
    v_plan := v_plan || v_line || E'\n';
  end loop;
  return v_plan;
end;
$$;
comment on function test.plan_of(text) is 'How a query would be run, without its costs.';

create function test.scans()
  returns jsonb
  language sql
  volatile
as $$
  -- Of this transaction, and as of now: PostgreSQL counts scans where it makes them, whatever function asked for them.
  select jsonb_object_agg(case c.relkind when 'i' then c.relname::text else 'all of ' || c.oid::regclass end, pg_stat_get_xact_numscans(c.oid))
  from pg_catalog.pg_class as c
  where c.relnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine') and (c.relkind = 'i' or c.relkind = 'r' and c.reltuples >= 1000);
$$;
comment on function test.scans() is 'How often each index was used in this transaction, and `all of` each table of a thousand rows (by its statistics).';

create function test.reads_of(p_statement text)
  returns text[]
  language plpgsql
  volatile
as $$
declare
  v_before constant jsonb := test.scans();
begin
  execute p_statement;
  return array(select name from jsonb_each(test.scans()) as s (name, scans) where scans > v_before -> name order by name);
end;
$$;
comment on function test.reads_of(text) is 'Runs a statement; returns the indexes that it used, in whatever function, and `all of` the large tables that it read from end to end. The planner looks at the ends of an index too.';

create function test.fill_graph(p_count integer)
  returns void
  language sql
  volatile
  set session_replication_role = replica
as $$
  insert into graph.users (user_id, handle, name) select i, 'user_' || i, 'User ' || i from generate_series(1, p_count) as i;
  insert into graph.user_counts (user_id, followers_count, run_id) select i, 3, 1 from generate_series(1, p_count) as i;
  insert into graph.user_changes (user_id, change, run_id, changed_at) select i, 'added', 1, base.now() from generate_series(1, p_count) as i;
  insert into graph.handle_changes (user_id, old_handle, new_handle, run_id, changed_at)
  select i, 'once_' || i, 'user_' || i, 1, base.now() from generate_series(1, p_count) as i;
  with logged as (
    insert into graph.follow_changes (target_id, follower_id, change, run_id, changed_at)
    select i, (i + k - 1) % p_count + 1, 'added', 1, base.now() from generate_series(1, p_count) as i cross join generate_series(1, 3) as k
    returning target_id, follower_id, change_id
  )
  insert into graph.follows (target_id, follower_id, change_id, first_seen_at) select target_id, follower_id, change_id, base.now() from logged;
  with logged as (
    insert into graph.post_changes (author_id, post_id, change, run_id, changed_at)
    select i, 1000000 + i, 'added', 1, base.now() from generate_series(1, p_count) as i
    returning author_id, post_id, change_id
  )
  insert into graph.posts (post_id, author_id, posted_at, text, change_id) select post_id, author_id, base.now(), 'a post', change_id from logged;
  insert into graph.post_counts (post_id, like_count) select 1000000 + i, 1 from generate_series(1, p_count) as i;
$$;
comment on function test.fill_graph(integer) is 'So many users, each with three followers, three whom they follow, a post, and a former handle.';

create function test.fill_ingest(p_count integer)
  returns void
  language sql
  volatile
  set session_replication_role = replica
as $$
  insert into ingest.runs (sync_kind, subject_id, mode, reason, status, cursor_exhausted, page_count, page_size, payer_ids, started_at, completed_at)
  select 'followers', i, 'full', 'first', 'success', true, 1, 1000, '{}', base.now(), base.now() from generate_series(1, p_count) as i;
  insert into ingest.subjects (sync_kind, subject_id, fresh_at, full_at) select 'followers', i, base.now(), base.now() from generate_series(1, p_count) as i;
  insert into ingest.due (sync_kind, subject_id, due_at) select 'followers', i, base.now() + (60 + i % 120) * interval '1 minute' from generate_series(1, p_count) as i;
  with called as (
    insert into ingest.calls (run_id, endpoint, page_no, state, not_before, created_at, answered_at)
    select run_id, 'followers', 1, 'answered', base.now(), base.now(), base.now() from ingest.runs
    returning call_id, run_id
  ), booked as (
    insert into ingest.ledger (call_id, attempt_no, run_id, endpoint, asked_count, unit_usd, resource_count, billed_count, booked_at, counted_at, closed_at)
    select call_id, 1, run_id, 'followers', 3, 0.01, 3, 3, base.now() - call_id % 90 * interval '1 day', base.now() - call_id % 90 * interval '1 day', base.now()
    from called
  )
  insert into ingest.pages (run_id, page_no, call_id, item_ids, changed_count, received_at) select run_id, 1, call_id, '{1,2,3}', 0, base.now() from called;
  -- The pages of a list that is long.
  insert into ingest.pages (run_id, page_no, call_id, item_ids, next_token, changed_count, received_at)
  select (select min(run_id) from ingest.runs), n, 0, '{}', 'token ' || n, 0, base.now() from generate_series(2, p_count) as n;
  insert into ingest.rejects (run_id, page_no, reason, raw, rejected_at) select run_id, 1, 'it has no id', '{}', base.now() from ingest.runs;
  insert into ingest.purchases (resource, item_id, bought_on) select 'user', i, base.now()::date from generate_series(1, p_count) as i;
  insert into ingest.missing (resource, item_key, reason, first_at, last_at, ask_again_at)
  select 'user', i::text, 'suspended', base.now(), base.now(), base.now() from generate_series(p_count + 1, 2 * p_count) as i;
  insert into ingest.departures (user_id, target_id, change_id, asked_at, reason, known_at)
  select follower_id, target_id, change_id, base.now(), 'unfollowed', base.now() from graph.follows;
  insert into ingest.webhook_events (event_id, source, event_key, payload, received_at, happened_at, state, target_id, follower_id, post_id, ended_at)
  select nextval('ingest.event_ids'), 'x_activity', 'x_activity ' || i, '{}', base.now(), base.now(), 'applied',
         case when i % 2 = 0 then i end, case when i % 2 = 0 then i + 1 end, case when i % 2 = 1 then 1000000 + i end, base.now()
  from generate_series(1, p_count) as i;
  insert into ingest.event_keys (event_key, event_id) select event_key, event_id from ingest.webhook_events;
  insert into base.decisions (decision_kind, about, reason, first_at, last_at)
  select 'rate_limit', 'run ' || i, 'a test', base.now() - i * interval '1 minute', base.now() - i * interval '1 minute' from generate_series(1, p_count) as i;
$$;
comment on function test.fill_ingest(integer) is 'A run of followers for so many users, with all that a run leaves behind; nothing is due before an hour. As many events, and decisions.';

create function test.fill_ahead(p_count integer)
  returns void
  language sql
  volatile
  set session_replication_role = replica
as $$
  with begun as (
    insert into ingest.runs (sync_kind, subject_id, mode, reason, page_size, payer_ids, started_at)
    select 'following', i, 'full', 'first', 1000, '{}', base.now() from generate_series(1, 2 * p_count) as i
    returning run_id, subject_id
  )
  insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at, state, worker, claimed_at, lease_until, held_by, held_usd)
  select run_id, 'following', 1, base.now() + interval '1 hour', base.now(), s.state, case s.state when 'claimed' then 'another worker' end,
         case s.state when 'claimed' then base.now() end, case s.state when 'claimed' then base.now() + interval '1 hour' end,
         case s.state when 'ready' then 1000 + run_id % 3 end, case s.state when 'ready' then 1 end
  from begun cross join lateral (select case when subject_id <= p_count then 'ready' else 'claimed' end) as s (state);
  with waiting as (
    insert into ingest.webhook_events (event_id, source, event_key, payload, received_at, happened_at, state, waits_for, retry_at)
    select nextval('ingest.event_ids'), 'new_follower', 'new_follower ' || i, '{}', base.now(), base.now(), 'waiting', 'handle stranger_' || i, base.now() + interval '1 hour'
    from generate_series(1, 20 * p_count) as i
    returning event_id, event_key
  )
  insert into ingest.event_keys (event_key, event_id) select event_key, event_id from waiting;
$$;
comment on function test.fill_ahead(integer) is 'What waits for an hour from now: so many calls that are ready (held by budgets that there are not), as many that are out, and twenty times as many events.';

create function test.fill_assets(p_count integer)
  returns void
  language plpgsql
  volatile
  set session_replication_role = replica
as $$
declare
  v_first_id bigint;
  v_first_materialization_id bigint;
  v_position constant bigint := graph.last_change_id();
begin
  insert into asset.instances (kind, params, params_hash, identity_hash, depth, input_revision, output_revision, member_count, created_at)
  select k.kind, jsonb_build_object('subject_id', i::text), h.hash, h.hash, case k.kind when 'segment_mutuals' then 1 else 0 end, 1, 1, 3, base.now()
  from unnest(array['segment_followers', 'segment_followed', 'segment_mutuals']) with ordinality as k (kind, place)
  cross join generate_series(1, p_count) as i
  cross join lateral (select sha256(convert_to(format(E'rookery 1\n%s\nsubject_id=%s', k.kind, i), 'UTF8'))) as h (hash)
  order by k.place, i;
  select max(instance_id) - 3 * p_count + 1 into v_first_id from asset.instances;
  insert into asset.materializations (instance_id, status, reads_everything, inputs_hash, dependencies_hash, input_revision, read_revision, output_revision,
                                      enter_count, exit_count, member_count, started_at, completed_at)
  select v_first_id + n, 'success', true, sha256('i'), sha256('d'), 1, v_position, 1, 3, 0, 3, base.now(), base.now()
  from generate_series(0, 3 * p_count - 1) as n order by n;
  select max(materialization_id) - 3 * p_count + 1 into v_first_materialization_id from asset.materializations;
  update asset.instances set checkpoint_id = v_first_materialization_id + instance_id - v_first_id, read_revision = v_position
  where instance_id >= v_first_id;
  insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at)
  select 'user', v_first_id + n, (n + k) % p_count + 1, v_first_materialization_id + n, base.now(), base.now()
  from generate_series(0, 3 * p_count - 1) as n cross join generate_series(1, 3) as k;
  insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance)
  select 'user', instance_id, moved_id, item_id, true, true from asset.members;
  insert into asset.dependencies (instance_id, role, dependency_id, pinned_id, read_id)
  select v_first_id + 2 * p_count + n, r.role, v_first_id + r.place * p_count + n, m.pinned_id, m.pinned_id
  from generate_series(0, p_count - 1) as n
  cross join (values ('followers', 0), ('followed', 1)) as r (role, place)
  cross join lateral (select v_first_materialization_id + r.place * p_count + n) as m (pinned_id);
  insert into asset.pins (instance_id, materialization_id, role, dependency_id, pinned_id)
  select instance_id, v_first_materialization_id + instance_id - v_first_id, role, dependency_id, pinned_id from asset.dependencies;
  insert into asset.verifications (instance_id, due_at) select instance_id, base.now() + interval '1 day' from asset.instances;
  insert into asset.roots (instance_id, is_enabled, enabled_at) select instance_id, true, base.now() from asset.instances order by instance_id;
  insert into asset.wants (instance_id, root_id, via_id) select instance_id, root_id, instance_id from asset.roots;
  insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal)
  select case kind when 'segment_followers' then 'followers' else 'following' end, (params ->> 'subject_id')::bigint, instance_id, false
  from asset.instances where kind <> 'segment_mutuals';
  -- Looks that wait for something.
  insert into asset.marks (instance_id, cause, cause_id, look_at) select v_first_id + 2 * p_count + n, 'root', 1, 'infinity' from generate_series(0, p_count - 1) as n;
  insert into asset.specified_users (stable_key, user_id, is_listed, revision) select 'set ' || i % 10, i, true, i from generate_series(1, p_count) as i;
  update asset.log_position set position = v_position;
end;
$$;
comment on function test.fill_assets(integer) is 'Followers, followed and mutuals of so many users, each a root of its own, materialized and fresh.';

create function test.fill(p_count integer)
  returns void
  language plpgsql
  volatile
  set client_min_messages = warning
as $$
begin
  -- What other tests took back lies about in tables and indexes, and would weigh on the plans.
  truncate graph.users, graph.handle_changes, graph.user_changes, graph.follow_changes, graph.post_changes, ingest.runs, ingest.calls, ingest.subjects,
    ingest.needs, ingest.due, ingest.missing, ingest.departures, ingest.purchases, ingest.webhook_events, ingest.event_keys, base.decisions,
    asset.instances, asset.materializations, asset.members, asset.events, asset.marks, asset.specified_users cascade;
  perform test.fill_graph(p_count);
  perform test.fill_ingest(p_count);
  perform test.fill_ahead(p_count / 20);
  perform test.fill_assets(p_count);
  execute (select 'analyze ' || string_agg(c.oid::regclass::text, ', ') from pg_catalog.pg_class as c
           where c.relkind = 'r' and c.relnamespace::regnamespace::text in ('base', 'graph', 'ingest', 'asset', 'engine'));
end;
$$;
comment on function test.fill(integer) is 'A world in which every table is so large that reading it from end to end shows. Its rows fit each other only as far as plans ask.';

-- A slow machine is not to change what a test sees.
update base.settings set value = '60 s' where name = 'tick.budget';
