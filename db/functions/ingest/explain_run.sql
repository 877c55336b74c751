create or replace function ingest.explain_run(p_run_id bigint)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_run ingest.runs;
begin
  select * into v_run from ingest.runs where run_id = p_run_id;
  if not found then
    raise exception 'there is no run %', coalesce(p_run_id::text, 'null')
      using errcode = 'RK017', hint = 'select * from api.runs; lists them.';
  end if;
  return ingest.report_run(v_run, '',
    jsonb_build_array(base.build_reason('reason', 'started at ' || base.format_time(v_run.started_at) || case v_run.reason
      when 'first' then ': nothing was known of this list'
      when 'due' then ': what was known, if anything, was not fresh enough for those who need it'
      when 'reconcile' then ': the whole list is read this often (reconcile.after, or a root''s own)'
      when 'doubt' then ': more has left the list unseen than may be in doubt (reconcile.doubt, or a root''s own)'
      when 'free' then ': something has left the list unseen, and X charges nothing again for what was read today'
      when 'requested' then ': somebody asked for it'
      when 'profile' then ': runs wait for these profiles'
      when 'told' then ': a subscription tells of every change of this list, so it was not read'
      when 'event' then ': webhook events name these users'
      when 'evidence' then ': a sweep found these posts missing, without proof'
      when 'leaver' then ': a sweep found these users missing from a list, which does not say why' end))
    || ingest.explain_estimate(v_run)
    || ingest.explain_waiting_runs(v_run)
    || ingest.explain_result(v_run)
    || ingest.explain_progress(v_run)
    || ingest.explain_next(v_run));
end;
$$;
comment on function ingest.explain_run(bigint) is 'A run as a reason: why it was started, what the counts led to expect, which runs waited for it, what it did or waits for, and what comes next. RK017 for an unknown run.';
