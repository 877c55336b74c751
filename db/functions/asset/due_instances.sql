create or replace function asset.due_instances(p_limit integer)
  returns bigint[]
  language plpgsql
  stable
as $$
begin
  return (
    select array(
      select i.instance_id
      from (select distinct instance_id from asset.marks where look_at <= base.now()) as m
      cross join lateral (select instance_id, depth, kind, identity_hash from asset.instances where instance_id = m.instance_id limit 1) as i
      order by i.depth, i.kind, i.identity_hash
      limit p_limit));
end;
$$;
comment on function asset.due_instances(integer) is 'Instances with a mark that is due, dependencies first, in an order that is the same on every database (A4).';
