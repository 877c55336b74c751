create or replace function api.diff(p_instance_id bigint, p_from bigint, p_to bigint)
  returns table (item_id bigint, change text)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  perform asset.check_span(p_instance_id, p_from, p_to);
  return query
    select c.item_id, case when c.has_entered then 'entered' else 'left' end
    from asset.net_changes(v_item_kind, p_instance_id, coalesce(p_from, 0), p_to) as c;
end;
$$;
comment on function api.diff(bigint, bigint, bigint) is
  'Who entered and who left between two materializations of an instance, net, in no order; p_from null: since before the first. Errors RK004, RK016, RK020.';
