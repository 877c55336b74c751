create or replace function asset.edit_specified_users(p_stable_key text, p_listed_ids bigint[], p_unlisted_ids bigint[], p_others_too boolean)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_key constant text := asset.canonical_name('stable_key', to_jsonb(coalesce(p_stable_key, ''))) #>> '{}';
  v_revision bigint;
  v_edited_count bigint;
  v_instance_id bigint;
  v_listed_count bigint;
begin
  if p_listed_ids is null or p_unlisted_ids is null then
    raise exception 'user ids cannot be null'
      using errcode = 'RK002', hint = 'Give an array of X ids; an empty one is ''{}''.';
  end if;
  perform base.check_id(i, 'user id') from unnest(p_listed_ids || p_unlisted_ids) as i;
  perform graph.lock_writer();
  -- Else whoever enables the set's root at this moment would not see the edit, nor the edit the root.
  perform asset.lock_planner();
  v_revision := nextval('graph.change_ids');
  with edited as (
    insert into asset.specified_users as s (stable_key, user_id, is_listed, revision)
    select v_key, i, true, v_revision from unnest(p_listed_ids) as i group by i
    on conflict (stable_key, user_id) do update set is_listed = true, revision = excluded.revision where not s.is_listed
    returning user_id
  ), unlisted as (
    -- Sets, not conditions: as a condition, a long array is searched from its start for every row.
    update asset.specified_users as s set is_listed = false, revision = v_revision
    from (
      (select user_id from asset.specified_users where p_others_too and stable_key = v_key and is_listed
       except
       select unnest(p_listed_ids))
      union
      select unnest(p_unlisted_ids)
    ) as u
    where s.stable_key = v_key and s.user_id = u.user_id and s.is_listed
    returning s.user_id
  )
  select (select count(*) from edited) + (select count(*) from unlisted) into v_edited_count;

  v_instance_id := asset.find_instance('segment_specified_users', jsonb_build_object('stable_key', v_key));
  if v_edited_count > 0 and v_instance_id is not null then
    insert into asset.marks (instance_id, cause, revision, look_at) values (v_instance_id, 'edit', v_revision, base.now());
    if exists (select from asset.wants where instance_id = v_instance_id) then
      perform asset.change_needs(v_instance_id, true);
    end if;
  end if;
  select count(*) into v_listed_count from asset.specified_users where stable_key = v_key and is_listed;
  if v_listed_count = 0 then
    perform asset.warn_of_empty_set(v_key);
  end if;
  return v_listed_count;
end;
$$;
comment on function asset.edit_specified_users(text, bigint[], bigint[], boolean) is
  'Lists some users, takes others off (all others, if so said), and returns how many are listed then (A1). Ids need not be known (A14). Errors RK002, RK003.';
