create or replace function asset.explain_causes(p_materialization asset.materializations)
  returns jsonb
  language sql
  stable
as $$
  -- Runs are named with what they did: asset.explain_feeding.
  select coalesce(jsonb_agg(asset.explain_cause(p_materialization.instance_id, c.cause) order by c.place) filter (where c.place <= 10), '[]')
    || case when count(*) > 10 then jsonb_build_array(base.build_reason('more', format('now, because of %s causes in all', count(*)))) else '[]' end
  from (
    select e.cause, row_number() over (order by e.place) as place
    from jsonb_array_elements(p_materialization.causes) with ordinality as e (cause, place)
    where e.cause ->> 'cause' not in ('run', 'change') or not e.cause ? 'id'
  ) as c;
$$;
comment on function asset.explain_causes(asset.materializations) is
  'Why a materialization came when it did, as a list of reasons: the first ten causes other than runs, and how many in all.';
