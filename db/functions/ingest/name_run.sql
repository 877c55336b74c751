create or replace function ingest.name_run(p_run ingest.runs)
  returns text
  language sql
  immutable
as $$
  select format('run %s, %s', p_run.run_id, p_run.sync_kind) || case
    when p_run.subject_id is not null then ' of ' || p_run.subject_id
    when cardinality(p_run.item_ids) = 1 then ' of ' || p_run.item_ids[1]
    when cardinality(p_run.handles) = 1 then ' of ' || p_run.handles[1]
    else format(' of %s', coalesce(cardinality(p_run.item_ids), cardinality(p_run.handles))) || ' at once' end;
$$;
comment on function ingest.name_run(ingest.runs) is 'A run by number, kind and subject, for a sentence.';
