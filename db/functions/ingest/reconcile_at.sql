create or replace function ingest.reconcile_at(p_full_at timestamptz, p_fresh_within interval, p_reconcile_within interval)
  returns timestamptz
  language sql
  stable
as $$
  -- A little early, since reading takes time and removals are to be seen within that age: by a look, but no more than a twentieth of it. An age
  -- below the window of freshness makes every look a full one, but brings none nearer: that would buy more than anybody asked for.
  select p_full_at + greatest(p_reconcile_within - least(p_fresh_within, p_reconcile_within / 20), p_fresh_within) where p_reconcile_within is not null;
$$;
comment on function ingest.reconcile_at(timestamptz, interval, interval) is 'When a list that was read in full at a time is to be read in full again, by its age (I3); null for what is no list.';
