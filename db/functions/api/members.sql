create or replace function api.members(p_instance_id bigint)
  returns table (item_id bigint, since timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  return query
    select m.item_id, m.entered_at
    from asset.members as m
    where m.item_kind = v_item_kind and m.instance_id = p_instance_id and m.left_at is null
    order by m.item_id;
end;
$$;
comment on function api.members(bigint) is 'The current members of an instance, users or posts, and since when. Error RK004.';
