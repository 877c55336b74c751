-- Some rounds of random edits, profiles, counts and posts: sets and filters, and sets of filters, are always what plain SQL says.
begin;
select plan(4);
set local client_min_messages = error;
select setseed(0.42);

create function pg_temp.list(p_key text) returns jsonb language sql as $$
  select jsonb_build_object('kind', 'segment_specified_users', 'params', jsonb_build_object('stable_key', p_key));
$$;
create function pg_temp.filtered(p_where jsonb, p_source jsonb) returns jsonb language sql as $$
  select jsonb_build_object('kind', 'segment_filter', 'params', jsonb_build_object('source', p_source, 'where', p_where));
$$;
create function pg_temp.set_of(p_operation text, variadic p_sources jsonb[]) returns jsonb language sql as $$
  select jsonb_build_object('kind', 'segment_set', 'params', jsonb_build_object('operation', p_operation, 'sources', to_jsonb(p_sources)));
$$;
create function pg_temp.enable(p_segment jsonb) returns bigint language sql as $$
  select api.root_enable(p_segment ->> 'kind', p_segment -> 'params');
$$;

-- What plain SQL says
create function pg_temp.expected(p_segment jsonb) returns setof bigint language plpgsql as $$
declare
  v_where constant jsonb := p_segment #> '{params,where}';
  v_members constant jsonb := (
    select jsonb_agg(array(select pg_temp.expected(s.value)) order by s.n)
    from jsonb_array_elements(p_segment #> '{params,sources}') with ordinality as s (value, n));
begin
  if p_segment ->> 'kind' = 'segment_specified_users' then
    return query select user_id from asset.specified_users where is_listed and stable_key = p_segment #>> '{params,stable_key}';
  elsif v_where is not null then
    return query
      select u.user_id
      from pg_temp.expected(p_segment #> '{params,source}') as s
      join graph.users as u on u.user_id = s
      join graph.user_counts as c using (user_id)
      where (not v_where ? 'followers' or c.followers_count between coalesce((v_where #>> '{followers,min}')::bigint, 0) and coalesce((v_where #>> '{followers,max}')::bigint, 1e9))
        and (not v_where ? 'verified' or u.is_verified = (v_where ->> 'verified')::boolean)
        and (not v_where ? 'bio' or u.description ~* (v_where #>> '{bio,matches}'))
        and (not v_where ? 'last_post' or (select max(posted_at) from graph.posts where author_id = u.user_id and deleted_at is null) >= (v_where #>> '{last_post,since}')::timestamptz);
  else
    return query
      select u.user_id from graph.users as u
      cross join lateral (
        select array_agg(u.user_id = any (translate(v.ids, '[]', '{}')::bigint[]) order by v.n) as is_in
        from jsonb_array_elements_text(v_members) with ordinality as v (ids, n)
      ) as s
      where case p_segment #>> '{params,operation}'
        when 'union' then true = any (s.is_in) when 'intersection' then true = all (s.is_in) else s.is_in[1] and not true = any (s.is_in[2:]) end;
  end if;
end;
$$;

create function pg_temp.random_round() returns void language plpgsql as $$
declare
  v_key text;
begin
  foreach v_key in array array['a', 'b', 'c'] loop
    if random() < 0.4 then
      perform api.specified_users_set(v_key, array(select i from generate_series(1, 40) as i where random() < 0.4));
    end if;
  end loop;
  perform graph.lock_writer();
  perform graph.write_users(array(
    select jsonb_populate_record(null::graph.profile, jsonb_build_object(
      'user_id', i, 'handle', 'user_' || i, 'name', 'User ' || i, 'description', case when random() < 0.5 then 'I like dogs' else 'I like cats' end,
      'is_verified', random() < 0.5, 'followers_count', floor(random() * 10)))
    from generate_series(1, 40) as i where random() < 0.2), null, 1);
  -- A later post has a higher id.
  perform graph.write_posts(array(
    select test.x_post(d.day * 100 + d.user_id, d.user_id, 'a post', '2026-01-01Z'::timestamptz + d.day * interval '1 day')
    from (select user_id, floor(random() * 40)::bigint as day from graph.users where random() < 0.1) as d), null, 1);
  perform graph.remove_posts(array(select post_id from graph.posts where random() < 0.1), null, 1);
end;
$$;

insert into test.world_users select i, 'user_' || i from generate_series(1, 40) as i;
create temporary table made as
with filters as (
  select pg_temp.list('a') as a, pg_temp.list('b') as b, pg_temp.list('c') as c,
         pg_temp.filtered('{"followers": {"min": 3, "max": 7}}', pg_temp.list('a')) as few,
         pg_temp.filtered('{"verified": true, "bio": {"matches": "DOGS"}}', pg_temp.list('b')) as dogs,
         pg_temp.filtered('{"last_post": {"since": "2026-01-20"}}', pg_temp.list('c')) as active
)
select s.segment
from filters as f
cross join lateral unnest(array[
  f.few, f.dogs, f.active,
  pg_temp.set_of('union', f.a, f.b, f.c), pg_temp.set_of('intersection', f.a, f.b, f.c), pg_temp.set_of('difference', f.a, f.b, f.c),
  pg_temp.set_of('difference', pg_temp.set_of('union', f.few, f.dogs), f.active),
  pg_temp.filtered('{"followers": {"max": 5}}', pg_temp.set_of('intersection', f.a, f.b))]) as s (segment);
alter table made add instance_id bigint;
create temporary table untrue (round integer, segment jsonb, has bigint[], ought bigint[]);

create function pg_temp.live(p_rounds integer) returns void language plpgsql as $$
begin
  for v_round in 1 .. p_rounds loop
    perform pg_temp.random_round();
    -- Every sixth round everything rests, and wakes with the next.
    if v_round % 6 = 0 then
      perform api.root_disable(segment ->> 'kind', segment -> 'params') from made;
    elsif v_round % 6 = 1 then
      update made set instance_id = pg_temp.enable(segment);
    end if;
    perform test.play();
    insert into untrue
    select v_round, segment, test.item_ids(instance_id), ought.ids
    from made cross join lateral (select array(select e from pg_temp.expected(segment) as e order by e) as ids) as ought
    where v_round % 6 <> 0 and test.item_ids(instance_id) <> ought.ids;
  end loop;
end;
$$;
select pg_temp.live(21) \g /dev/null

select is_empty('select * from untrue', 'A6: every set and filter is what plain SQL says, after every round');
select is_empty('select test.invariants()', 'the standing invariants hold');
select ok((select bool_and(output_revision > 3) from asset.instances join made using (instance_id)), 'all of them have moved, and more than once');
select is_empty(
  $$ select i.instance_id, count(*) from asset.materializations as m join asset.instances as i using (instance_id)
     where m.reads_everything group by i.instance_id having count(*) > 4 $$, 'by deltas, but at first and after they woke');

select * from finish();
rollback;
