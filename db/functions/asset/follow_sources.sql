create or replace function asset.follow_sources()
  returns void
  language plpgsql
  volatile
as $$
declare
  v_root asset.roots;
begin
  for v_root in
    with noted as (
      delete from asset.moved_sources returning root_id
    )
    select r.*
    from asset.roots as r
    where r.root_id in (select root_id from noted) and r.is_enabled
    order by r.root_id
  loop
    perform asset.follow_source(v_root);
  end loop;
end;
$$;
comment on function asset.follow_sources() is 'Follows the sources that have moved since the last time. The caller is the planner.';
