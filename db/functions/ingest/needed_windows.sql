create or replace function ingest.needed_windows(p_sync_kind text, p_subject_id bigint, out fresh_within interval, out reconcile_within interval)
  language plpgsql
  stable
as $$
begin
  select min(least(n.fresh_within, case when n.or_default then ingest.default_freshness(p_sync_kind) end)),
         min(least(n.reconcile_within, case when n.reconcile_or_default then coalesce(
           case when p_sync_kind = 'posts' then base.setting_interval('reconcile.posts_after') end, base.setting_interval('reconcile.after')) end))
  into fresh_within, reconcile_within
  from ingest.needs as n
  where n.sync_kind = p_sync_kind and n.subject_id = p_subject_id;
end;
$$;
comment on function ingest.needed_windows(text, bigint) is 'How fresh a subject is needed, and how often its list is to be read in full: the smallest windows win (A5). Null where nobody needs it.';
