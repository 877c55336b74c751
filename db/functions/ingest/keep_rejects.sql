create or replace function ingest.keep_rejects(p_run ingest.runs, p_page_no integer, p_rejects jsonb[])
  returns void
  language sql
  volatile
as $$
  insert into ingest.rejects (run_id, page_no, reason, author_id, raw, rejected_at)
  select p_run.run_id, p_page_no, r ->> 'reason', (r ->> 'author_id')::bigint, r -> 'raw', base.now()
  from unnest(p_rejects) as r;
  select base.decide('rows_set_aside', p_run.sync_kind || coalesce(' of ' || p_run.subject_id, ''), 'rows that could not be stored', null,
                     jsonb_build_object('run_id', p_run.run_id, 'rows', cardinality(p_rejects)));
$$;
comment on function ingest.keep_rejects(ingest.runs, integer, jsonb[]) is 'Keeps rows that could not be stored, as they came, and says so.';
