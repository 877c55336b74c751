create or replace function asset.moment_at(p_instance_id bigint, p_at timestamptz)
  returns bigint
  language plpgsql
  stable
as $$
begin
  perform asset.item_kind_of(p_instance_id);
  if p_at is null or p_at > base.now() then
    raise exception 'no membership is known of %', case when p_at is null then 'null' else base.format_time(p_at) end
      using errcode = 'RK020', hint = format('Name a time up to now, %s.', base.format_time(base.now()));
  end if;
  return (
    select m.materialization_id
    from asset.materializations as m join asset.instances as i using (instance_id)
    where m.instance_id = p_instance_id and m.status = 'success' and m.materialization_id <= i.checkpoint_id and m.completed_at <= p_at
    order by m.materialization_id desc
    limit 1);
end;
$$;
comment on function asset.moment_at(bigint, timestamptz) is
  'The last materialization of an instance up to a time; null before the first, when nobody was in (A11). Errors RK004, RK020 for a time to come.';
