-- Users that an operator lists (A1). A listed id is a member once its profile is known (A14).

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_specified_users', 'user', '{"stable_key": "name"}', 'The users that an operator put on a list.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_specified_users_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select null::text, null::text, null::jsonb where false;
$$;
comment on function asset.segment_specified_users_dependencies(jsonb) is 'None.';

create or replace function asset.segment_specified_users_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  stable
as $$
  select 'users', s.user_id, s.is_listed, true
  from asset.specified_users as s
  where s.stable_key = p_params ->> 'stable_key'
    and (p_only_moved or s.is_listed)
    and (not p_only_moved or s.revision > (select coalesce(read_revision, 0) from asset.instances where instance_id = p_instance_id));
$$;
comment on function asset.segment_specified_users_needs(bigint, jsonb, boolean) is 'The profile of every listed user; one that X does not know holds nobody up.';

create or replace function asset.segment_specified_users_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  -- What was edited, and listed ids whose profile has come by then.
  select s.user_id, s.is_listed and u.user_id is not null
         and not exists (select from graph.user_changes where user_id = s.user_id and change = 'added' and change_id > p_to)
  from (
    select user_id from asset.specified_users
    where stable_key = p_params ->> 'stable_key' and (p_from is null or revision > p_from)
    union
    select subject_id from asset.marks where p_from is not null and instance_id = p_instance_id and subject_id is not null
  ) as i
  cross join lateral (
    select user_id, is_listed from asset.specified_users where stable_key = p_params ->> 'stable_key' and user_id = i.user_id limit 1
  ) as s
  left join lateral (select user_id from graph.users where user_id = s.user_id limit 1) as u on true;
$$;
comment on function asset.segment_specified_users_candidates(bigint, jsonb, bigint, bigint) is 'Listed users who are known.';
