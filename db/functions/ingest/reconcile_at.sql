create or replace function ingest.reconcile_at(p_full_at timestamptz, p_fresh_within interval, p_reconcile_within interval)
  returns timestamptz
  language sql
  stable
as $$
  -- A little early, since reading takes time and removals are to be seen within the window: by a look, but no more than a twentieth of it.
  select p_full_at + p_reconcile_within - least(p_fresh_within, p_reconcile_within / 20);
$$;
comment on function ingest.reconcile_at(timestamptz, interval, interval) is 'When a list that was read in full at a time is to be read in full again, by its age (I3); null for what is no list.';
