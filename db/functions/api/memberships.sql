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
