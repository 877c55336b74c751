-- Whom a user follows (A1).

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_followed', 'user', '{"subject_id": "user_id"}', 'The users that a user follows.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_followed_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select null::text, null::text, null::jsonb where false;
$$;
comment on function asset.segment_followed_dependencies(jsonb) is 'None.';

create or replace function asset.segment_followed_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select 'following', (p_params ->> 'subject_id')::bigint, true, false;
$$;
comment on function asset.segment_followed_needs(bigint, jsonb, boolean) is 'The list of those whom the subject follows.';

create or replace function asset.segment_followed_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  select f.target_id, case when f.change_id <= p_to then f.deleted_at is null else graph.is_follow_alive_at(f, p_to) end
  from graph.follows as f
  where p_from is null and f.follower_id = (p_params ->> 'subject_id')::bigint
  union all
  select c.target_id, c.change <> 'removed'
  from (
    select distinct on (target_id) target_id, change
    from graph.follow_changes
    where p_from is not null and follower_id = (p_params ->> 'subject_id')::bigint and change_id > p_from and change_id <= p_to
    order by target_id, change_id desc
  ) as c;
$$;
comment on function asset.segment_followed_candidates(bigint, jsonb, bigint, bigint) is 'The followed users, or those whose follow changed, as the last change up to the position left it.';

create or replace function asset.segment_followed_follows(p_params jsonb)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language sql
  immutable
as $$
  select (p_params ->> 'subject_id')::bigint, f.item_follows, f.is_wanted
  from (values (false, true)) as f (item_follows, is_wanted);
$$;
comment on function asset.segment_followed_follows(jsonb) is 'The subject''s follow of the item.';
