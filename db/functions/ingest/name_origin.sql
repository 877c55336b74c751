create or replace function ingest.name_origin(p_run_id bigint, p_event_id bigint)
  returns text
  language sql
  stable
as $$
  select coalesce((select ingest.name_run(r) from ingest.runs as r where r.run_id = p_run_id),
                  'run ' || p_run_id || ' (not kept)',
                  (select format('event %s, %s by webhook (%s)', e.event_id, e.event_type, e.source) from ingest.webhook_events as e where e.event_id = p_event_id),
                  'event ' || p_event_id || ' (not kept)',
                  'an operator');
$$;
comment on function ingest.name_origin(bigint, bigint) is 'The run or event behind a row of the graph''s logs, for a sentence; an operator, who forgot a user, where there is neither.';
