create or replace function asset.estimate_root(p_kind text, p_params jsonb, p_fresh_within interval, p_reconcile_within interval, p_reconcile_doubt numeric)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_trial record;
begin
  select * into v_trial from asset.try_root(p_kind, p_params, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
  -- The trial is undone: what is needed now is needed by others. They pay for what they would have bought anyhow.
  return (
    with syncs as (
      select n.sync_kind, n.subject_id, e.is_known, o.fresh_within is not null as is_needed_already,
             case when o.fresh_within is null then e.now_usd else 0 end as now_usd,
             greatest(0, e.month_usd - coalesce((
               select a.month_usd from ingest.estimate_sync(n.sync_kind, n.subject_id, o.fresh_within, o.reconcile_within) as a
               where o.fresh_within is not null), 0)) as month_usd
      from jsonb_to_recordset(v_trial.needs) as n (sync_kind text, subject_id bigint, fresh_within interval, reconcile_within interval)
      cross join lateral ingest.windows_of(n.sync_kind, n.subject_id) as o
      cross join lateral ingest.estimate_sync(n.sync_kind, n.subject_id, n.fresh_within, n.reconcile_within) as e
    ), kinds as (
      select sync_kind, count(*) as subjects, count(*) filter (where is_needed_already) as needed_already,
             count(*) filter (where not is_known) as unknown, round(sum(now_usd), 2) as now_usd, round(sum(month_usd), 2) as month_usd
      from syncs group by sync_kind
    )
    select jsonb_build_object(
      'now_usd', coalesce(sum(now_usd), 0), 'month_usd', coalesce(sum(month_usd), 0),
      'is_whole', coalesce(sum(unknown), 0) = 0 and v_trial.unknown = '[]',
      'syncs', coalesce(jsonb_agg(to_jsonb(kinds) order by sync_kind), '[]'), 'unknown', v_trial.unknown)
    from kinds);
end;
$$;
comment on function asset.estimate_root(text, jsonb, interval, interval, numeric) is 'See api.root_estimate.';
