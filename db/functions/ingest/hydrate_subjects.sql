create or replace function ingest.hydrate_subjects(p_user_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_missing record;
  v_asked_ids bigint[];
begin
  -- Asked lately and not there: not asked again yet (I6). The runs that wait for it end here, or do without.
  for v_missing in
    select m.reason, array_agg(m.item_key::bigint) as user_ids
    from unnest(p_user_ids) as i (user_id)
    join ingest.missing as m on m.resource = 'user' and m.item_key = i.user_id::text and m.ask_again_at > base.now()
    group by m.reason
  loop
    perform ingest.refuse_waiting_runs(v_missing.user_ids, v_missing.reason);
    perform ingest.resume_waiting_runs(v_missing.user_ids, true);
  end loop;

  select array_agg(distinct i.user_id) into v_asked_ids
  from unnest(p_user_ids) as i (user_id)
  where not exists (select from ingest.missing where resource = 'user' and item_key = i.user_id::text and ask_again_at > base.now());
  if v_asked_ids is null then
    return;
  end if;
  perform ingest.start_lookups('users', v_asked_ids, 'profile');
  update ingest.runs as r set profile_run_id = w.look_up_id
  from (
    select r.run_id, l.run_id as look_up_id
    from ingest.runs as r
    join (select run_id, unnest(item_ids) as user_id from ingest.runs where sync_kind = 'users' and status = 'in_progress') as l on l.user_id = r.subject_id
    where r.is_waiting and r.subject_id = any (v_asked_ids) and r.profile_run_id is distinct from l.run_id
    order by r.run_id for no key update of r skip locked
  ) as w
  where r.run_id = w.run_id;
end;
$$;
comment on function ingest.hydrate_subjects(bigint[]) is 'Has these users looked up for the runs that wait for them, unless that is under way, or was in vain lately.';
