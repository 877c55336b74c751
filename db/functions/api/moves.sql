create or replace function api.moves(p_since timestamptz, p_limit integer default 20)
  returns table (instance_id bigint, kind text, subject text, entered bigint, "left" bigint, began_with bigint, members bigint, materialization_id bigint, at timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_page(p_limit, 0);
  return query select * from asset.moves_since(p_since, p_limit);
end;
$$;
comment on function api.moves(timestamptz, integer) is
  'Which instances moved since a time, the latest first: how many entered and left (one that did both counts twice), what an instance began with where that was since then (no part of entered), and when it moved last, in which materialization. Error RK012.';
