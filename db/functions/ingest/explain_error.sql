create or replace function ingest.explain_error(p_run ingest.runs)
  returns text
  language sql
  stable
as $$
  select format('failed: %s (%s)', p_run.error_class, trim(trailing '.' from a.meaning))
         || coalesce(', HTTP ' || p_run.http_status, '') || coalesce(': ' || p_run.error_detail, '')
  from ingest.answer_classes as a
  where a.answer_class = p_run.error_class;
$$;
comment on function ingest.explain_error(ingest.runs) is 'Why a run failed, as a sentence; null for one that did not.';
