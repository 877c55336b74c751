create or replace function api.surroundings(p_instance_id bigint)
  returns table (
    edge text, depth integer, instance_id bigint, role text, other_id bigint, sync_kind text, user_id bigint, users bigint, as_of timestamptz, next_at timestamptz, state text)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.item_kind_of(p_instance_id);
  return query select * from asset.surroundings_of(p_instance_id);
end;
$$;
comment on function api.surroundings(bigint) is
  'The dependency graph around an instance, an edge a row, each with its freshness. made_from: instance_id is made from other_id in a role, at most five deep; makes: other_id is made from it; as_of is when the snapshot was made of the one that the other reads, state fresh, behind (it has moved since it was read) or never. needs: instance_id needs a sync of users (user_id where it is one), the oldest as_of, the next at next_at; fresh, due, running, never or refused. At most 50 edges each way, and a thousand users an instance. Error RK004.';
