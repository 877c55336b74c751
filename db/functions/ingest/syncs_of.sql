create or replace function ingest.syncs_of(p_consumer_id bigint)
  returns table (
    sync_kind text, subject_id bigint, subject_count bigint, fresh_at timestamptz, due_at timestamptz, stale_count bigint, running_count bigint, refused_count bigint)
  language sql
  stable
as $$
  with needs as materialized (
    select n.*, ingest.default_freshness(n.sync_kind) as set_within
    from ingest.needs as n where n.consumer_id = p_consumer_id order by n.consumer_id, n.sync_kind, n.subject_id limit 1000
  )
  select n.sync_kind, case when count(*) = 1 then min(n.subject_id) end, count(*), min(coalesce(s.fresh_at, '-infinity')) filter (where s.refused_at is null),
         min(d.due_at),
         count(*) filter (where s.refused_at is null
                            and coalesce(s.fresh_at + least(n.fresh_within, case when n.or_default then n.set_within end) <= base.now(), true)),
         count(*) filter (where d.due_at is null), count(s.refused_at)
  from needs as n
  left join lateral (select * from ingest.subjects where sync_kind = n.sync_kind and subject_id = n.subject_id limit 1) as s on true
  left join lateral (select due_at from ingest.due where sync_kind = n.sync_kind and subject_id = n.subject_id limit 1) as d on true
  group by n.sync_kind
  order by n.sync_kind;
$$;
comment on function ingest.syncs_of(bigint) is
  'The syncs that a consumer needs itself, summed up by kind, of the first thousand: whose it is when it is one, how many, since when the oldest is fresh (-infinity: one never was), when the next is due, how many are not fresh, are under way (what is not due is), and are not shown by X.';
