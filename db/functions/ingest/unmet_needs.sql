create or replace function ingest.unmet_needs(p_consumer_id bigint, p_limit integer)
  returns table (sync_kind text, subject_id bigint, run_id bigint, look_at timestamptz)
  language sql
  stable
as $$
  select n.sync_kind, n.subject_id, r.run_id, d.due_at
  from ingest.needs as n
  left join lateral (
    select * from ingest.subjects where sync_kind = n.sync_kind and subject_id = n.subject_id limit 1
  ) as s on true
  left join lateral (
    select run_id from ingest.runs
    where sync_kind = n.sync_kind and status = 'in_progress' and (subject_id = n.subject_id or n.subject_id = any (item_ids))
    limit 1
  ) as r on true
  left join ingest.due as d on d.sync_kind = n.sync_kind and d.subject_id = n.subject_id
  where n.consumer_id = p_consumer_id
    and not coalesce(case when s.refused_at is null then s.fresh_at + coalesce(n.fresh_within, ingest.default_freshness(n.sync_kind)) > base.now() else n.tolerates_refusal end, false)
  limit p_limit;
$$;
comment on function ingest.unmet_needs(bigint, integer) is
  'What a consumer needs and does not have fresh: the run that is under way for it, or when it is due. Empty: it can go on (A5, I10).';
