create or replace function asset.due_instances(p_limit integer)
  returns bigint[]
  language sql
  stable
as $$
  select array(
    select i.instance_id
    from (select distinct instance_id from asset.marks where look_at <= base.now()) as m
    join asset.instances as i using (instance_id)
    order by i.depth, i.kind, i.params_hash
    limit p_limit);
$$;
comment on function asset.due_instances(integer) is 'Instances with a mark that is due, dependencies first, in an order that is the same on every database (A4).';
