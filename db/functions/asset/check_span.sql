create or replace function asset.check_span(p_instance_id bigint, p_from bigint, p_to bigint)
  returns void
  language plpgsql
  stable
as $$
begin
  perform asset.check_moment(p_instance_id, p_to);
  if p_from is not null then
    perform asset.check_moment(p_instance_id, p_from);
  end if;
  if p_from > p_to then
    raise exception 'materialization % is newer than %', p_from, p_to
      using errcode = 'RK020', hint = 'Name the older one first.';
  end if;
end;
$$;
comment on function asset.check_span(bigint, bigint, bigint) is
  'Whether two materializations can be compared; the first may be null, before all. Errors of asset.check_moment; RK020 when the first is the newer one.';
