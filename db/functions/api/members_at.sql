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
