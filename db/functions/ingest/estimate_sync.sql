create or replace function ingest.estimate_sync(
    p_sync_kind text, p_subject_id bigint, p_fresh_within interval, p_reconcile_within interval, out now_usd numeric, out month_usd numeric, out is_known boolean)
  language plpgsql
  stable
as $$
begin
  if p_sync_kind = 'users' then
    month_usd := ingest.price_of('users', null) * 30 * least(1, 86400 / extract(epoch from p_fresh_within));
    is_known := true;
    now_usd := case when exists (select from ingest.subjects where sync_kind = 'users' and subject_id = p_subject_id and fresh_at + p_fresh_within > base.now())
                    then 0 else ingest.price_of('users', null) end;
  else
    select e.now_usd, e.month_usd, e.is_known into now_usd, month_usd, is_known
    from ingest.estimate_cost(p_sync_kind, p_subject_id, p_fresh_within, p_reconcile_within) as e;
  end if;
end;
$$;
comment on function ingest.estimate_sync(text, bigint, interval, interval) is
  'What it will cost, in US dollars, to bring a subject up to date now, and to keep it so for 30 days. is_known: whether that can be said.';
