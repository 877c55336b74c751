create or replace function ingest.cleared_until()
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  -- What a run that is under way may still be held against is not old.
  return least(base.now() - base.setting_interval('retention.runs'), (select min(started_at) from ingest.runs where status = 'in_progress'));
end;
$$;
comment on function ingest.cleared_until() is 'Calls, receipts and runs that ended before this may be cleared away (W7).';
