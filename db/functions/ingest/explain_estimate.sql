create or replace function ingest.explain_estimate(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  select case when p_run.is_waiting or p_run.page_size is null and p_run.subject_count is null then jsonb '[]' else jsonb_build_array(base.build_reason('estimate',
    concat_ws('; ',
      coalesce('the profile counted ' || p_run.subject_count, 'how many the profile counts was not known'),
      case when p_run.mode = 'full' then 'a list of ' || p_run.expected_count || ' is expected'
           when p_run.expected_count = 0 then 'no more than at the last look, which proves nothing, since one may have come and one gone'
           else p_run.expected_count || ' more than at the last look' end,
      nullif(p_run.doubt_count, 0) || ' must have left the list unseen since it was read in full',
      'so pages are of ' || p_run.page_size),
    jsonb_strip_nulls(jsonb_build_object(
      'subject_count', p_run.subject_count, 'expected', p_run.expected_count, 'doubt', p_run.doubt_count, 'page_size', p_run.page_size,
      'profile_run_id', p_run.profile_run_id)))) end;
$$;
comment on function ingest.explain_estimate(ingest.runs) is 'What the counts led a run to expect, and so in which pages it reads, as a list of at most one reason (I9).';
