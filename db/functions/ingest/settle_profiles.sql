create or replace function ingest.settle_profiles(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_missing record;
begin
  perform ingest.settle_departures(p_run);
  for v_missing in
    select m.reason, array_agg(i) as user_ids
    from unnest(p_run.item_ids) as i
    join ingest.missing as m on m.resource = 'user' and m.item_key = i::text
    group by m.reason
  loop
    update ingest.subjects set refused_class = ingest.class_of_missing(v_missing.reason), refused_at = base.now()
    where sync_kind = 'users' and subject_id = any (v_missing.user_ids);
    perform base.decide('subject_refused', 'users of ' || i, ingest.class_of_missing(v_missing.reason),
                        base.now() + base.setting_interval('subject.recheck'), jsonb_build_object('run_id', p_run.run_id))
    from unnest(v_missing.user_ids) as i
    -- Whoever was looked up only to know why they had left is nobody's business further.
    where exists (select from ingest.needs where sync_kind = 'users' and subject_id = i)
       or not exists (select from ingest.departures where user_id = i and known_at = base.now());
    perform ingest.refuse_waiting_runs(v_missing.user_ids, v_missing.reason);
  end loop;
  perform ingest.resume_waiting_runs(p_run.item_ids, true);
end;
$$;
comment on function ingest.settle_profiles(ingest.runs) is 'After a look at profiles: runs that waited for one end where X does not show it, and go on otherwise.';
