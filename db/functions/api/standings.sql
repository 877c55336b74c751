create or replace function api.standings(p_instance_ids bigint[])
  returns table (
    instance_id bigint, kind text, subject text, item_kind text, state text, until_at timestamptz, members bigint, revision bigint, materialized_at timestamptz)
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select * from asset.standings(p_instance_ids);
$$;
comment on function api.standings(bigint[]) is
  'How instances stand, in the order in which they are asked for: of whom each is (users by the handle that they have now), its state as in why_not (resting, queued, failed, waiting_for_dependency, waiting_for_sync, locked, pending or fresh), until when where that is known, its members, and when its snapshot was made.';
