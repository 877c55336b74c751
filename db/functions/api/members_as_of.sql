create or replace function api.members_as_of(p_instance_id bigint, p_materialization_id bigint)
  returns table (item_id bigint)
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
  v_moment_id constant bigint := asset.check_moment(p_instance_id, p_materialization_id);
begin
  return query select m.item_id from asset.members_as_of(v_item_kind, p_instance_id, v_moment_id) as m;
end;
$$;
comment on function api.members_as_of(bigint, bigint) is 'The members of an instance after one of its materializations, in no order. Errors RK004, RK016, RK020.';
