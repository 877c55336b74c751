create or replace function api.members_at(p_instance_id bigint, p_at timestamptz)
  returns table (item_id bigint)
  language plpgsql
  stable
  security definer
  set search_path = ''
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
  v_moment_id constant bigint := asset.moment_at(p_instance_id, p_at);
begin
  return query select m.item_id from asset.members_as_of(v_item_kind, p_instance_id, v_moment_id) as m;
end;
$$;
comment on function api.members_at(bigint, timestamptz) is
  'The members of an instance at a time, in no order; none before its first materialization. Errors RK004, RK020.';
