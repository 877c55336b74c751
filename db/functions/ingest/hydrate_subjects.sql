create or replace function ingest.hydrate_subjects(p_user_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_asked_ids bigint[];
  v_refused record;
begin
  -- Asked lately and not there: not asked again yet (I6); the runs that wait for it end here.
  for v_refused in
    select m.reason, array_agg(m.item_key::bigint) as user_ids
    from unnest(p_user_ids) as i (user_id)
    join ingest.missing as m on m.resource = 'user' and m.item_key = i.user_id::text and m.ask_again_at > base.now()
    group by m.reason
  loop
    perform ingest.refuse_waiting_runs(v_refused.user_ids, v_refused.reason);
  end loop;

  select array_agg(distinct i.user_id) into v_asked_ids
  from unnest(p_user_ids) as i (user_id)
  where not exists (select from ingest.missing where resource = 'user' and item_key = i.user_id::text and ask_again_at > base.now());
  if v_asked_ids is not null then
    perform ingest.start_lookups('users', v_asked_ids, 'profile');
  end if;
end;
$$;
comment on function ingest.hydrate_subjects(bigint[]) is 'Has these users looked up for the runs that wait for them, unless that is under way, or was in vain lately.';
