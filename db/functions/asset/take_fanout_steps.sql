create or replace function asset.take_fanout_steps(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_step record;
  v_count integer := 0;
begin
  for v_step in
    with taken as (
      delete from asset.fanout_steps
      where (root_id, item_id) in (select root_id, item_id from asset.fanout_steps order by root_id, item_id limit p_limit)
      returning root_id, item_id, is_enter
    )
    select t.root_id, t.is_enter, r.target_kind, asset.target_params(r.target_kind, t.item_id) as target_params,
           case r.target_mode when 'scoped_by_source' then s.params_hash end as scope_hash
    from taken as t
    join asset.roots as r using (root_id)
    join asset.instances as s using (instance_id)
    order by t.root_id, t.item_id
  loop
    v_count := v_count + 1;
    if v_step.is_enter then
      perform asset.add_wants(v_step.root_id, asset.ensure_instance(v_step.target_kind, v_step.target_params, v_step.scope_hash));
    else
      perform asset.drop_wants(v_step.root_id, i.instance_id)
      from asset.instances as i
      where i.identity_hash = asset.identity_hash(asset.params_hash(v_step.target_kind, v_step.target_params), v_step.scope_hash);
    end if;
  end loop;
  return v_count;
end;
$$;
comment on function asset.take_fanout_steps(integer) is
  'Asks for the targets of members that came, and lets those of members that went go (A3), at most p_limit; returns how many. The caller is the planner.';
