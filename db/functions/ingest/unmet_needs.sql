create or replace function ingest.unmet_needs(p_consumer_id bigint, p_limit integer)
  returns table (sync_kind text, subject_id bigint, run_id bigint, look_at timestamptz)
  language sql
  stable
as $$
  with windows as materialized (
    select sync_kind, ingest.default_freshness(sync_kind) as fresh_within from ingest.sync_kinds
  )
  select n.sync_kind, n.subject_id, r.run_id, d.due_at
  from ingest.needs as n
  join windows as w using (sync_kind)
  left join lateral (
    select * from ingest.subjects where sync_kind = n.sync_kind and subject_id = n.subject_id limit 1
  ) as s on true
  cross join lateral (select ingest.open_run_of(n.sync_kind, n.subject_id)) as r (run_id)
  left join ingest.due as d on d.sync_kind = n.sync_kind and d.subject_id = n.subject_id
  where n.consumer_id = p_consumer_id
    and not coalesce(case when s.refused_at is not null then n.tolerates_refusal
                          else s.fresh_at + least(n.fresh_within, case when n.or_default then w.fresh_within end) > base.now() end, false)
  order by n.sync_kind, n.subject_id
  limit p_limit;
$$;
comment on function ingest.unmet_needs(bigint, integer) is
  'What a consumer needs and does not have fresh: the run that is under way for it, or when it is due. Empty: it can go on (A5, I10).';
