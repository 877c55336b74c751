create or replace function asset.last_success(p_instance_id bigint)
  returns asset.materializations
  language sql
  stable
as $$
  select m
  from asset.materializations as m
  where m.instance_id = p_instance_id and m.status = 'success'
  order by m.materialization_id desc
  limit 1;
$$;
comment on function asset.last_success(bigint) is 'The last materialization of an instance that succeeded, or null: where its snapshot should stand.';
