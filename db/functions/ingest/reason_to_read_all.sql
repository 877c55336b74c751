create or replace function ingest.reason_to_read_all(
    p_sync_kind text, p_subject_id bigint, p_full_at timestamptz, p_list_count bigint, p_doubt_count bigint)
  returns text
  language plpgsql
  stable
as $$
declare
  v_windows record;
begin
  select * into v_windows from ingest.windows_of(p_sync_kind, p_subject_id);
  return case
    when p_full_at is null then 'first'
    when ingest.reconcile_at(p_full_at, v_windows.fresh_within, v_windows.reconcile_within) <= base.now() then 'reconcile'
    when p_doubt_count >= greatest(1, p_list_count * v_windows.reconcile_doubt / 100) then 'doubt'
    -- All but what a short look would buy too.
    when p_doubt_count > 0 and ingest.is_bought_today(p_sync_kind, p_subject_id, p_list_count - base.setting_integer('page.small')) then 'free' end;
end;
$$;
comment on function ingest.reason_to_read_all(text, bigint, timestamptz, bigint, bigint) is
  'Why a list that is due is read in full: first, reconcile (by age), doubt, or free (bought today, and something left it unseen); null: only what is new is read (I3, I9).';
