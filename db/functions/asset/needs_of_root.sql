create or replace function asset.needs_of_root(p_root_id bigint)
  returns table (sync_kind text, subject_id bigint)
  language sql
  stable
as $$
  select distinct n.sync_kind, n.subject_id
  from (select distinct instance_id from asset.wants where root_id = p_root_id) as w
  join ingest.needs as n on n.consumer_id = w.instance_id;
$$;
comment on function asset.needs_of_root(bigint) is 'The syncs that a root keeps fresh, itself and for all that it is made from.';
