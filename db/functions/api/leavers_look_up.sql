create or replace function api.leavers_look_up(p_instance_id bigint, p_from bigint, p_to bigint, out users bigint, out usd numeric, out run_ids bigint[])
  language plpgsql
  volatile
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_ends graph.follow_changes[];
begin
  perform asset.check_span(p_instance_id, p_from, p_to);
  v_ends := array(select e from asset.unknown_ends(p_instance_id, coalesce(p_from, 0), p_to) as e);
  select p.users, p.usd into users, usd from asset.price_of_unknown_ends(v_ends) as p;
  run_ids := ingest.look_up_leavers(v_ends);
  perform base.wake();
end;
$$;
comment on function api.leavers_look_up(bigint, bigint, bigint) is
  'Has those looked up whom api.leavers_unknown counts; a hundred a call, so that api.diff can say why they left. Returns how many, what that costs at most in US dollars, and the runs. Errors RK004, RK016, RK020.';
