create or replace function asset.check_moment(p_instance_id bigint, p_materialization_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
declare
  v_status text;
  v_is_ahead boolean;
begin
  perform asset.item_kind_of(p_instance_id);
  select m.status, m.materialization_id > coalesce(i.checkpoint_id, 0) into v_status, v_is_ahead
  from asset.materializations as m join asset.instances as i using (instance_id)
  where m.instance_id = p_instance_id and m.materialization_id = p_materialization_id;
  if not found then
    raise exception 'instance % has no materialization %', p_instance_id, coalesce(p_materialization_id::text, 'null')
      using errcode = 'RK016', hint = format('select * from api.materializations where instance_id = %s; lists them.', p_instance_id);
  end if;
  if v_status <> 'success' then
    raise exception 'materialization % has no membership: it ended in %', p_materialization_id, v_status
      using errcode = 'RK020', hint = 'Name one whose status is success.';
  end if;
  if v_is_ahead then
    raise exception 'materialization % is newer than the checkpoint of instance %', p_materialization_id, p_instance_id
      using errcode = 'RK020', hint = format('The checkpoint is broken: select * from api.repair(%s); mends it.', p_instance_id);
  end if;
  return p_materialization_id;
end;
$$;
comment on function asset.check_moment(bigint, bigint) is
  'The materialization itself, if the membership of the instance after it can be told (A11). RK004 for an unknown instance, RK016 for none of its materializations, RK020 for one that failed or is newer than the checkpoint.';
