create or replace function ingest.default_reconcile(p_sync_kind text)
  returns interval
  language plpgsql
  stable
as $$
begin
  return (
    select s.value::interval
    from ingest.sync_kinds as k join base.settings as s on s.name = k.reconcile_setting
    where k.sync_kind = p_sync_kind);
end;
$$;
comment on function ingest.default_reconcile(text) is 'How often at least a list of this kind is read in full for those who did not say (I3); null for what is no list.';
