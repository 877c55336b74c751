create or replace function api.members_page(p_instance_id bigint, p_materialization_id bigint, p_limit integer default 1000, p_after_item_id bigint default 0)
  returns table (item_id bigint, since timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
  v_moment_id constant bigint := asset.check_moment(p_instance_id, p_materialization_id);
begin
  perform asset.check_page(p_limit, p_after_item_id);
  return query select m.item_id, m.since from asset.members_page(v_item_kind, p_instance_id, v_moment_id, p_limit, p_after_item_id) as m;
end;
$$;
comment on function api.members_page(bigint, bigint, integer, bigint) is
  'A page of the members after a materialization (moment_id names one); in the order of their ids, and since when each was in (null: who came again since). What is read so, page by page, is one membership, whatever happens meanwhile, and no page waits for another. Errors RK004, RK012, RK016, RK020.';
