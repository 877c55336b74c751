create or replace function api.members(p_instance_id bigint, p_limit integer default null, p_after_item_id bigint default 0)
  returns table (item_id bigint, since timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  perform asset.check_page(p_limit, p_after_item_id);
  return query
    select m.item_id, m.entered_at
    from asset.members as m
    where m.item_kind = v_item_kind and m.instance_id = p_instance_id and m.left_at is null and m.item_id > p_after_item_id
    order by m.item_id
    limit p_limit;
end;
$$;
comment on function api.members(bigint, integer, bigint) is
  'The current members of an instance, users or posts, and since when; in the order of their ids, all or a page. Errors RK004, RK012.';
