create or replace function asset.roots_of(p_instance_id bigint)
  returns setof bigint
  language sql
  stable
as $$
  -- From one root to the next: a root may want an instance by way of each of a hundred thousand targets.
  with recursive wanting as (
    (select root_id from asset.wants where instance_id = p_instance_id order by root_id limit 1)
    union all
    select (select n.root_id from asset.wants as n where n.instance_id = p_instance_id and n.root_id > w.root_id order by n.root_id limit 1)
    from wanting as w
    where w.root_id is not null
  )
  select root_id from wanting where root_id is not null;
$$;
comment on function asset.roots_of(bigint) is 'The enabled roots that want an instance, each once.';
