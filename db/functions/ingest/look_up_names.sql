create or replace function ingest.look_up_names(p_names text[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
begin
  select array_agg(distinct split_part(n, ' ', 2)::bigint) into v_user_ids from unnest(p_names) as n where n like 'user %';
  if v_user_ids is not null then
    perform ingest.start_lookups('users', v_user_ids, 'event');
  end if;
  perform ingest.start_handle_lookups(array(select split_part(n, ' ', 2) from unnest(p_names) as n where n like 'handle %'), 'event');
end;
$$;
comment on function ingest.look_up_names(text[]) is 'Has the users behind `user 12` and `handle name` looked up, a hundred a run (I6), but for those that are being looked up.';
