create or replace function ingest.take_event_batch(p_limit integer, p_deadline timestamptz, p_are_guarded boolean)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_event ingest.webhook_events;
  v_verdict ingest.verdict;
  v_event_ids bigint[] := array[]::bigint[];
  v_verdicts ingest.verdict[] := array[]::ingest.verdict[];
  v_positions bigint[] := array[]::bigint[];
  v_names text[] := array[]::text[];
  v_count integer := 0;
begin
  for v_event in
    select e.*
    from ingest.webhook_events as e
    where e.event_id = any (array(
      (select event_id from ingest.webhook_events where state = 'received' order by happened_at, event_id limit p_limit)
      union all
      (select event_id from ingest.webhook_events where state = 'waiting' and retry_at <= base.now() order by retry_at limit p_limit)))
    order by e.happened_at, e.event_id
    for no key update skip locked
  loop
    v_verdict := ingest.take_event(v_event, p_are_guarded);
    v_event_ids := v_event_ids || v_event.event_id;
    v_verdicts := v_verdicts || v_verdict;
    v_positions := v_positions || case when v_verdict.state = 'applied' then nextval('graph.change_ids') end;
    v_names := v_names || v_verdict.waits_for;
    v_count := v_count + 1;
    -- Who tells of the same post later in this batch finds it there (ingest.apply_post). A follow asks only for what happened after it.
    if v_event.event_type = 'post.delete' then
      perform ingest.write_verdicts(v_event_ids, v_verdicts, v_positions);
      v_event_ids := array[]::bigint[];
      v_verdicts := array[]::ingest.verdict[];
      v_positions := array[]::bigint[];
    end if;
    -- Elapsed time, hence the wall clock.
    exit when v_count >= p_limit or pg_catalog.clock_timestamp() >= p_deadline;
  end loop;
  perform ingest.write_verdicts(v_event_ids, v_verdicts, v_positions);
  perform ingest.look_up_names(array_remove(v_names, null));
  return v_count;
end;
$$;
comment on function ingest.take_event_batch(integer, timestamptz, boolean) is
  'Takes in what lies in the inbox: at most p_limit events, none after the deadline but the first; returns how many. See ingest.take_events().';
