create or replace function asset.drop_wants(p_root_id bigint, p_via_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance_id bigint;
begin
  for v_instance_id in
    with dropped as (
      delete from asset.wants where root_id = p_root_id and (p_via_id is null or via_id = p_via_id) returning instance_id
    )
    select distinct instance_id from dropped order by instance_id
  loop
    if exists (select from asset.wants where instance_id = v_instance_id) then
      perform asset.set_freshness(v_instance_id);
    else
      perform asset.rest_instance(v_instance_id);
    end if;
  end loop;
end;
$$;
comment on function asset.drop_wants(bigint, bigint) is 'A root lets go of an instance (null: of all it asks for); what nobody wants then rests.';
