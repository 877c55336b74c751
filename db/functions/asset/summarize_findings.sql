create or replace function asset.summarize_findings(p_instance_id bigint)
  returns jsonb
  language sql
  volatile
as $$
  with placed as (
    select f.finding, f.remedy, f.item_id, f.materialization_id, row_number() over (partition by f.finding, f.remedy order by f.item_id, f.materialization_id) as place
    from asset.verify(p_instance_id) as f
  )
  select coalesce(jsonb_agg(jsonb_build_object('finding', g.finding, 'remedy', g.remedy, 'count', g.found_count, 'item_ids', g.item_ids)
                            order by g.finding, g.remedy), '[]')
  from (
    select finding, remedy, count(*) as found_count,
           coalesce(jsonb_agg(item_id::text order by place) filter (where place <= 10 and item_id is not null), '[]') as item_ids
    from placed
    group by finding, remedy
  ) as g;
$$;
comment on function asset.summarize_findings(bigint) is
  'What a verification finds, a JSON object for each sort of finding: how many, and the first ten items. Errors of asset.verify.';
