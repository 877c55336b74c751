create or replace function asset.explain_roots(p_instance_id bigint, p_root_ids bigint[])
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(asset.explain_root(r.root_id, p_instance_id) order by r.root_id) filter (where r.place <= 5), '[]')
    || case when count(*) > 5 then jsonb_build_array(base.build_reason('more', format('asked for by %s roots in all', count(*)))) else '[]' end
  from (
    select root_id, row_number() over (order by root_id) as place
    from (select distinct unnest(p_root_ids) as root_id) as d
  ) as r;
$$;
comment on function asset.explain_roots(bigint, bigint[]) is 'Which roots ask, or asked, for an instance, and by which way, as a list of reasons: the first five, and how many in all.';
