create or replace function ingest.is_bought_today(p_sync_kind text, p_subject_id bigint, p_count bigint)
  returns boolean
  language plpgsql
  stable
as $$
declare
  v_midnight constant timestamptz := date_trunc('day', base.now() at time zone 'UTC') at time zone 'UTC';
begin
  -- Not in the last hour: what is read after midnight is charged again.
  return base.now() < v_midnight + interval '23 hours' and exists (
    select from (
      select started_at, resource_count, restart_count from ingest.runs
      where sync_kind = p_sync_kind and subject_id = p_subject_id order by run_id desc limit 20
    ) as r
    where r.started_at >= v_midnight and r.restart_count = 0 and r.resource_count >= p_count);
end;
$$;
comment on function ingest.is_bought_today(text, bigint, bigint) is
  'Whether a run of this UTC day, without a restart, has bought that many rows of the list, so that X charges nothing for them now (I9). Of the last twenty runs.';
