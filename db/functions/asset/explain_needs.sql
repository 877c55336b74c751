create or replace function asset.explain_needs(p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(ingest.explain_need(u.sync_kind, u.subject_id, u.run_id) order by u.sync_kind, u.subject_id), '[]')
    || case when count(*) = 10 then jsonb_build_array(base.build_reason('more', 'it may wait for more: only ten are named')) else '[]' end
  from ingest.unmet_needs(p_instance_id, 10) as u;
$$;
comment on function asset.explain_needs(bigint) is 'Up to ten syncs that an instance needs and does not have fresh, as a list of reasons.';
