-- Whom a user follows without being followed back (A1): followed without followers.

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_unreciprocated_followed', 'user', '{"subject_id": "user_id"}', 'The users that a user follows and who do not follow back.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_unreciprocated_followed_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select d.role, d.kind, p_params
  from (values ('followers', 'segment_followers'), ('followed', 'segment_followed')) as d (role, kind);
$$;
comment on function asset.segment_unreciprocated_followed_dependencies(jsonb) is 'The two segments of the same subject.';

create or replace function asset.segment_unreciprocated_followed_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select null::text, null::bigint, null::boolean, null::boolean where false;
$$;
comment on function asset.segment_unreciprocated_followed_needs(bigint, jsonb, boolean) is 'None of its own.';

create or replace function asset.segment_unreciprocated_followed_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  -- Grouped: a hashed EXCEPT keeps all of a side in memory, however large.
  select m.item_id, true
  from (
    select item_id, true as belongs from asset.pinned_members(p_instance_id, 'followed')
    union all
    select item_id, false from asset.pinned_members(p_instance_id, 'followers')
  ) as m
  where p_from is null
  group by m.item_id
  having bool_and(m.belongs)
  union all
  select i.item_id, asset.has_member(p_instance_id, 'followed', i.item_id) and not asset.has_member(p_instance_id, 'followers', i.item_id)
  from (
    select item_id from asset.moved_items(p_instance_id, 'followed', false)
    union
    select item_id from asset.moved_items(p_instance_id, 'followers', false)
  ) as i
  where p_from is not null;
$$;
comment on function asset.segment_unreciprocated_followed_candidates(bigint, jsonb, bigint, bigint) is
  'At first, who is followed and does not follow; then whoever came or went on either side.';

create or replace function asset.segment_unreciprocated_followed_follows(p_params jsonb)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language sql
  immutable
as $$
  select (p_params ->> 'subject_id')::bigint, f.item_follows, f.is_wanted
  from (values (false, true), (true, false)) as f (item_follows, is_wanted);
$$;
comment on function asset.segment_unreciprocated_followed_follows(jsonb) is 'The subject''s follow of the item, and none back.';
