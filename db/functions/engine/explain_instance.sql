create or replace function engine.explain_instance(p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select r.reason || case
    when w.seen_at > base.now() - 6 * base.setting_interval('worker.heartbeat') then '{}'
    else jsonb_build_object('because', jsonb_build_array(base.build_reason('worker',
      format('no worker ticks: one was last seen %s', coalesce('at ' || nullif(base.format_time(w.seen_at), 'never'), 'never')),
      jsonb_build_object('seen_at', w.seen_at))) || coalesce(r.reason -> 'because', '[]')) end
  from asset.explain_wait(p_instance_id, 4) as r (reason)
  cross join (select max(seen_at) as seen_at from engine.workers) as w;
$$;
comment on function engine.explain_instance(bigint) is 'Why an instance does not move, as a reason, first of all that nobody ticks, if that is so. RK004 for an unknown one.';
