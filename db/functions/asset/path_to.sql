create or replace function asset.path_to(p_via_id bigint, p_instance_id bigint)
  returns table (instance_id bigint, role text, place integer)
  language sql
  stable
as $$
  -- Downwards: a closure is small, while many may be made from one instance.
  with recursive walk as (
    select p_via_id as instance_id, array[p_via_id] as ids, array[null::text] as roles
    union all
    select d.dependency_id, w.ids || d.dependency_id, w.roles || d.role
    from walk as w join asset.dependencies as d using (instance_id)
    where w.instance_id <> p_instance_id and cardinality(w.ids) < 10
  ), found as (
    select ids, roles from walk where instance_id = p_instance_id order by cardinality(ids), ids limit 1
  )
  select p.instance_id, p.role, p.place::integer
  from found cross join unnest(ids, roles) with ordinality as p (instance_id, role, place);
$$;
comment on function asset.path_to(bigint, bigint) is 'A shortest way from an instance down to one that it is made from, with the role at each step.';
