create or replace function ingest.name_origin(p_run_id bigint, p_event_id bigint)
  returns text
  language sql
  stable
as $$
  select coalesce((select ingest.name_run(r) from ingest.runs as r where r.run_id = p_run_id),
                  'run ' || p_run_id || ' (not kept)', 'event ' || p_event_id);
$$;
comment on function ingest.name_origin(bigint, bigint) is 'The run or event behind a row of the graph''s logs, for a sentence.';
