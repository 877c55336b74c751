create or replace function asset.set_freshness(p_instance_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  update ingest.needs as n set
    fresh_within = f.fresh_within, or_default = f.or_default,
    reconcile_within = f.reconcile_within, reconcile_or_default = f.reconcile_or_default,
    reconcile_doubt = f.reconcile_doubt, doubt_or_default = f.doubt_or_default
  from asset.freshness_of(p_instance_id) as f
  where n.consumer_id = p_instance_id
    and (n.fresh_within, n.or_default, n.reconcile_within, n.reconcile_or_default, n.reconcile_doubt, n.doubt_or_default) is distinct from (f.*);
end;
$$;
comment on function asset.set_freshness(bigint) is 'Brings the windows and the doubt of an instance''s needs to what the roots that want it say (A5, I3).';
