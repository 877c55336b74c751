create or replace function api.held_back(p_limit integer default 20)
  returns table (
    decision_id bigint, kind text, about text, says text, needs_a_person boolean, repeats bigint, first_at timestamptz, last_at timestamptz, until_at timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform asset.check_page(p_limit, 0);
  return query select * from asset.held_back(p_limit);
end;
$$;
comment on function api.held_back(integer) is
  'The decisions that are in force, of the latest five hundred: those whose end is to come, those about an instance that still waits, and of those that have no end what was decided within a day; first what needs a person. Error RK012.';
