create or replace function ingest.windows_of(p_sync_kind text, p_subject_id bigint)
  returns table (fresh_within interval, reconcile_within interval, reconcile_doubt numeric)
  language sql
  stable
as $$
  select min(least(fresh_within, case when or_default then ingest.default_freshness(p_sync_kind) end)),
         min(least(reconcile_within, case when reconcile_or_default then ingest.default_reconcile(p_sync_kind) end)),
         min(least(reconcile_doubt, case when doubt_or_default then base.setting_text('reconcile.doubt')::numeric end))
  from ingest.needs
  where sync_kind = p_sync_kind and subject_id = p_subject_id;
$$;
comment on function ingest.windows_of(text, bigint) is
  'How fresh a subject is needed, how often its list is read in full, and at which doubt, in percent: of all who need it, the smallest (A5, I3). All null when nobody does.';
