create or replace function asset.estimate_shares(p_root_id bigint)
  returns table (endpoint text, now_usd numeric, month_usd numeric)
  language sql
  stable
as $$
  select k.endpoint, sum(e.now_usd / s.payer_count), sum(e.month_usd / s.payer_count)
  from asset.needs_of_root(p_root_id) as n
  join ingest.sync_kinds as k using (sync_kind)
  cross join lateral ingest.windows_of(n.sync_kind, n.subject_id) as w
  cross join lateral ingest.estimate_sync(n.sync_kind, n.subject_id, w.fresh_within, w.reconcile_within) as e
  cross join lateral (
    select greatest(1, count(distinct r.root_id)) as payer_count
    from ingest.needs as o cross join lateral asset.roots_of(o.consumer_id) as r (root_id)
    where o.sync_kind = n.sync_kind and o.subject_id = n.subject_id
  ) as s
  group by k.endpoint;
$$;
comment on function asset.estimate_shares(bigint) is 'What a root''s share will be, in US dollars, of bringing all that it needs up to date now, and of keeping it so for 30 days, by kind of call.';
