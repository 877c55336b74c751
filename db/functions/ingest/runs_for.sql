create or replace function ingest.runs_for(p_consumer_id bigint, p_limit integer)
  returns table (run_id bigint)
  language sql
  stable
as $$
  with needs as materialized (
    select n.sync_kind, n.subject_id from ingest.needs as n where n.consumer_id = p_consumer_id order by n.consumer_id, n.sync_kind, n.subject_id limit 500
  ), alone as (
    select r.run_id
    from needs as n
    cross join lateral (
      select run_id from ingest.runs where sync_kind = n.sync_kind and subject_id = n.subject_id order by run_id desc limit p_limit
    ) as r
  ), among_others as (
    -- Batches are found by nothing but their kind: of the latest of each, those that hold somebody who is needed.
    select r.run_id
    from ingest.sync_kinds as k
    cross join lateral (select array_agg(n.subject_id) as ids from needs as n where n.sync_kind = k.serves) as n
    cross join lateral (
      select run_id, item_ids from ingest.runs where sync_kind = k.sync_kind and subject_id is null order by run_id desc limit 200
    ) as r
    where k.is_batched and r.item_ids && n.ids
  )
  select run_id from alone union select run_id from among_others
  order by run_id desc
  limit p_limit;
$$;
comment on function ingest.runs_for(bigint, integer) is
  'The latest runs of the syncs that a consumer needs, of the first five hundred of these; of runs for many at once those among the latest two hundred of their kind.';
