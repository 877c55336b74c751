create or replace function ingest.oldest_work()
  returns table (about text, due_at timestamptz)
  language sql
  stable
as $$
  (select format('a sync of the %s of %s', d.sync_kind, d.subject_id), d.due_at from ingest.due as d where d.due_at <= base.now() order by d.due_at limit 1)
  union all
  select format('call %s to %s', c.call_id, e.endpoint), c.not_before
  from ingest.endpoints as e
  cross join lateral (
    select call_id, not_before from ingest.calls
    where endpoint = e.endpoint and state = 'ready' and not_before <= base.now() order by not_before, call_id limit 1) as c;
$$;
comment on function ingest.oldest_work() is 'What is due longest of what is to be bought: the sync, and for each endpoint the call. A call that a budget keeps back is due when that budget''s period ends.';
