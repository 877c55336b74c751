-- Who follows a user and is followed back (A1): followers and followed.

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_mutuals', 'user', '{"subject_id": "user_id"}', 'The followers of a user whom that user follows too.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_mutuals_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select d.role, d.kind, p_params
  from (values ('followers', 'segment_followers'), ('followed', 'segment_followed')) as d (role, kind);
$$;
comment on function asset.segment_mutuals_dependencies(jsonb) is 'The two segments of the same subject.';

create or replace function asset.segment_mutuals_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select null::text, null::bigint, null::boolean, null::boolean where false;
$$;
comment on function asset.segment_mutuals_needs(bigint, jsonb, boolean) is 'None of its own.';

create or replace function asset.segment_mutuals_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  -- Grouped, not intersected: a hashed INTERSECT keeps all of a side in memory, however large.
  select m.item_id, true
  from (
    select item_id from asset.pinned_members(p_instance_id, 'followers')
    union all
    select item_id from asset.pinned_members(p_instance_id, 'followed')
  ) as m
  where p_from is null
  group by m.item_id
  having count(*) = 2
  union all
  select i.item_id, asset.has_member(p_instance_id, 'followers', i.item_id) and asset.has_member(p_instance_id, 'followed', i.item_id)
  from (
    select item_id from asset.moved_items(p_instance_id, 'followers', false)
    union
    select item_id from asset.moved_items(p_instance_id, 'followed', false)
  ) as i
  where p_from is not null;
$$;
comment on function asset.segment_mutuals_candidates(bigint, jsonb, bigint, bigint) is
  'At first, who is on both sides; then whoever came or went on either.';

create or replace function asset.segment_mutuals_follows(p_params jsonb)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language sql
  immutable
as $$
  select (p_params ->> 'subject_id')::bigint, f.item_follows, f.is_wanted
  from (values (true, true), (false, true)) as f (item_follows, is_wanted);
$$;
comment on function asset.segment_mutuals_follows(jsonb) is 'Both.';
