create or replace function asset.explain_dependencies(p_instance_id bigint, p_depth integer, p_only_missing boolean)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(asset.explain_wait(d.dependency_id, p_depth - 1) || jsonb_build_object('role', d.role) order by d.role), '[]')
  from (
    select d.role, d.dependency_id
    from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
    where d.instance_id = p_instance_id and p_depth > 0 and (i.checkpoint_id is null or not p_only_missing)
    order by d.role limit 5
  ) as d;
$$;
comment on function asset.explain_dependencies(bigint, integer, boolean) is
  'What an instance is made from (all, or only what was never materialized), each as a reason why it does not move: the first five, p_depth deep.';
