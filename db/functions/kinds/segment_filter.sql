-- The members of a segment whose profile meets every condition of `where`:
--
--   followers, following, posts, listed   {"min": 100, "max": 5000}                         counts; one bound or both, both included
--   joined, last_post                     {"since": "2026-01-01", "before": "2026-02-01"}   days in UTC; one or both
--   verified, protected                   true or false
--   bio, location, name                   {"matches": "data (engineer|scientist)"}          a regular expression, in any case
--
-- Days are absolute: an age in days would move members in and out by the mere passing of time, which no row of the graph says. A last post is
-- the newest that is known here and was not found deleted. What is not known meets no condition; an empty bio or location is a known one.
-- It buys nothing: a profile is as last seen, and posts are known where something else reads them, such as a post corpus of the same segment.

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_filter', 'user', '{"source": "segment", "where": "json"}', 'The members of a segment whose profile meets conditions.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_filter_fields()
  returns table (field text, fact text, form text, hint text)
  language sql
  immutable
as $$
  select f.field, f.fact, h.form, h.hint
  from (values
    ('count', 'Give {"min": …, "max": …}, one or both: whole numbers from 0, the smaller one first.'),
    ('day', 'Give {"since": "2026-01-01", "before": "2026-02-01"}, one or both: days in UTC, the earlier one first.'),
    ('flag', 'Give true or false.'),
    ('pattern', 'Give {"matches": "…"}: a regular expression of 1 to 500 characters, without back-references.')) as h (form, hint)
  join (values
    ('followers', 'counts', 'count'), ('following', 'counts', 'count'), ('posts', 'counts', 'count'), ('listed', 'counts', 'count'),
    ('joined', 'profile', 'day'), ('last_post', 'posts', 'day'),
    ('verified', 'profile', 'flag'), ('protected', 'profile', 'flag'),
    ('bio', 'profile', 'pattern'), ('location', 'profile', 'pattern'), ('name', 'profile', 'pattern')) as f (field, fact, form) using (form);
$$;
comment on function asset.segment_filter_fields() is 'What a filter can ask about: in which form, where in the graph it is read, and the hint for who says it wrongly.';

create or replace function asset.segment_filter_is_bound(p_form text, p_bound text, p_value jsonb)
  returns boolean
  language sql
  stable
as $$
  select case
    when p_form = 'count' and p_bound in ('min', 'max') then jsonb_typeof(p_value) = 'number' and p_value #>> '{}' ~ '^[0-9]{1,18}$'
    when p_form = 'day' and p_bound in ('since', 'before') then
      jsonb_typeof(p_value) = 'string' and base.parse_time((p_value #>> '{}') || 'T00:00:00Z') is not null
    -- A back-reference can take a time that is exponential in the text.
    when p_form = 'pattern' and p_bound = 'matches' then
      jsonb_typeof(p_value) = 'string' and length(p_value #>> '{}') between 1 and 500 and p_value #>> '{}' !~ '(^|[^\\])(\\\\)*\\[1-9]'
    else false
  end;
$$;
comment on function asset.segment_filter_is_bound(text, text, jsonb) is 'Whether a condition of this form can have this bound.';

create or replace function asset.segment_filter_is_condition(p_form text, p_value jsonb)
  returns boolean
  language plpgsql
  stable
as $$
begin
  if p_form = 'flag' then
    return jsonb_typeof(p_value) = 'boolean';
  end if;
  if jsonb_typeof(p_value) <> 'object' or p_value = '{}'
     or exists (select from jsonb_each(p_value) as b where not asset.segment_filter_is_bound(p_form, b.key, b.value)) then
    return false;
  end if;
  return case p_form
    when 'count' then coalesce((p_value ->> 'min')::bigint <= (p_value ->> 'max')::bigint, true)
    when 'day' then coalesce(p_value ->> 'since' < p_value ->> 'before', true)
    else true
  end;
end;
$$;
comment on function asset.segment_filter_is_condition(text, jsonb) is 'Whether this is a condition of this form, which somebody can meet.';

create or replace function asset.segment_filter_check_pattern(p_field text, p_pattern text)
  returns void
  language plpgsql
  stable
as $$
begin
  perform '' ~* p_pattern;
exception
  when invalid_regular_expression then
    raise exception '% cannot match %', p_field, quote_literal(p_pattern)
      using errcode = 'RK002', detail = sqlerrm, hint = 'Give a regular expression as PostgreSQL reads them.';
end;
$$;
comment on function asset.segment_filter_check_pattern(text, text) is 'Error RK002 for what is no regular expression.';

create or replace function asset.segment_filter_canonical(p_params jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_where constant jsonb := p_params -> 'where';
  v_condition record;
begin
  if jsonb_typeof(v_where) <> 'object' or v_where = '{}' then
    raise exception 'where cannot be %', v_where
      using errcode = 'RK002', hint = 'Give one condition or more, as in {"followers": {"min": 1000}, "verified": true}.';
  end if;
  for v_condition in
    select w.key, w.value, f.form, f.hint
    from jsonb_each(v_where) as w left join asset.segment_filter_fields() as f on f.field = w.key
  loop
    if v_condition.form is null then
      raise exception 'where names no field that a profile has: %', quote_literal(v_condition.key)
        using errcode = 'RK002',
              hint = 'The fields are ' || (select string_agg(field, ', ' order by field) from asset.segment_filter_fields()) || '.';
    end if;
    if not asset.segment_filter_is_condition(v_condition.form, v_condition.value) then
      raise exception '% cannot be %', v_condition.key, v_condition.value
        using errcode = 'RK002', hint = v_condition.hint;
    end if;
    if v_condition.form = 'pattern' then
      perform asset.segment_filter_check_pattern(v_condition.key, v_condition.value ->> 'matches');
    end if;
  end loop;
  return p_params;
end;
$$;
comment on function asset.segment_filter_canonical(jsonb) is 'The params as they are, if every condition is one. Error RK002.';

create or replace function asset.segment_filter_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select 'source', p_params -> 'source' ->> 'kind', p_params -> 'source' -> 'params';
$$;
comment on function asset.segment_filter_dependencies(jsonb) is 'The segment.';

create or replace function asset.segment_filter_watches(p_params jsonb)
  returns table (role text, fact text)
  language sql
  immutable
as $$
  select distinct 'source', f.fact
  from asset.segment_filter_fields() as f
  where p_params -> 'where' ? f.field;
$$;
comment on function asset.segment_filter_watches(jsonb) is 'Of the segment''s members, what the conditions ask about.';

create or replace function asset.segment_filter_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select null::text, null::bigint, null::boolean, null::boolean where false;
$$;
comment on function asset.segment_filter_needs(bigint, jsonb, boolean) is 'None of its own: profiles come with the lists that the segment is made from.';

create or replace function asset.segment_filter_bounds(p_where jsonb)
  returns table (
    followers_min bigint, followers_max bigint, following_min bigint, following_max bigint, posts_min bigint, posts_max bigint,
    listed_min bigint, listed_max bigint, joined_since timestamptz, joined_before timestamptz, last_post_since timestamptz,
    last_post_before timestamptz, verified boolean, protected boolean, bio text, location text, name text)
  language sql
  stable
as $$
  select (p_where #>> '{followers,min}')::bigint, (p_where #>> '{followers,max}')::bigint,
         (p_where #>> '{following,min}')::bigint, (p_where #>> '{following,max}')::bigint,
         (p_where #>> '{posts,min}')::bigint, (p_where #>> '{posts,max}')::bigint,
         (p_where #>> '{listed,min}')::bigint, (p_where #>> '{listed,max}')::bigint,
         ((p_where #>> '{joined,since}') || 'T00:00:00Z')::timestamptz, ((p_where #>> '{joined,before}') || 'T00:00:00Z')::timestamptz,
         ((p_where #>> '{last_post,since}') || 'T00:00:00Z')::timestamptz, ((p_where #>> '{last_post,before}') || 'T00:00:00Z')::timestamptz,
         (p_where ->> 'verified')::boolean, (p_where ->> 'protected')::boolean,
         p_where #>> '{bio,matches}', p_where #>> '{location,matches}', p_where #>> '{name,matches}';
$$;
comment on function asset.segment_filter_bounds(jsonb) is 'The conditions as one row, read once for all candidates; null: no such condition.';

create or replace function asset.segment_filter_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  with bounds as materialized (
    select b.* from asset.segment_filter_bounds(p_params -> 'where') as b
  )
  select i.item_id, coalesce(
    (w.followers_min is null or c.followers_count >= w.followers_min)
    and (w.followers_max is null or c.followers_count <= w.followers_max)
    and (w.following_min is null or c.following_count >= w.following_min)
    and (w.following_max is null or c.following_count <= w.following_max)
    and (w.posts_min is null or c.post_count >= w.posts_min)
    and (w.posts_max is null or c.post_count <= w.posts_max)
    and (w.listed_min is null or c.listed_count >= w.listed_min)
    and (w.listed_max is null or c.listed_count <= w.listed_max)
    and (w.joined_since is null or u.joined_at >= w.joined_since)
    and (w.joined_before is null or u.joined_at < w.joined_before)
    and (w.verified is null or u.is_verified = w.verified)
    and (w.protected is null or u.is_protected = w.protected)
    and (w.bio is null or coalesce(u.description, '') ~* w.bio)
    and (w.location is null or coalesce(u.location, '') ~* w.location)
    and (w.name is null or u.name ~* w.name)
    and (coalesce(w.last_post_since, w.last_post_before) is null or (
      select p.posted_at >= coalesce(w.last_post_since, p.posted_at) and p.posted_at < coalesce(w.last_post_before, 'infinity')
      from graph.posts as p
      where p.author_id = i.item_id and p.deleted_at is null
      order by p.post_id desc limit 1)), false) and i.is_in
  from (
    select item_id, true as is_in from asset.pinned_members(p_instance_id, 'source') where p_from is null
    union all
    select m.item_id, asset.has_member(p_instance_id, 'source', m.item_id)
    from (
      select item_id from asset.moved_items(p_instance_id, 'source', false)
      union
      select subject_id from asset.marks where instance_id = p_instance_id and subject_id is not null
    ) as m
    where p_from is not null
  ) as i
  cross join bounds as w
  join lateral (select * from graph.users where user_id = i.item_id limit 1) as u on true
  left join lateral (select * from graph.user_counts where user_id = i.item_id limit 1) as c on true;
$$;
comment on function asset.segment_filter_candidates(bigint, jsonb, bigint, bigint) is
  'At first, all members; then whoever came or went, and members whose profile, counts or posts changed, as far as a condition asks. Belongs who is in and meets all.';
