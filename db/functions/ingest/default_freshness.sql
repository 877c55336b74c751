create or replace function ingest.default_freshness(p_sync_kind text)
  returns interval
  language plpgsql
  stable
as $$
begin
  return (
    select s.value::interval
    from ingest.sync_kinds as k join base.settings as s on s.name = k.freshness_setting
    where k.sync_kind = p_sync_kind);
end;
$$;
comment on function ingest.default_freshness(text) is 'How long a sync of this kind serves those who did not say (A5).';
