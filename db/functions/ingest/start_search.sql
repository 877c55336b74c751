create or replace function ingest.start_search(p_author_ids bigint[], p_polled_at timestamptz)
  returns bigint
  language sql
  volatile
as $$
  insert into ingest.runs (sync_kind, item_ids, mode, reason, since_id, started_at)
  values ('search', p_author_ids, 'incremental', 'due', ingest.x_v2_id_at(p_polled_at - base.setting_interval('search.overlap')), base.now())
  returning run_id;
$$;
comment on function ingest.start_search(bigint[], timestamptz) is
  'Starts one search for these authors and returns the run. It begins at a time, the last poll, and not at the newest post known: of who was silent for long that is stale.';
