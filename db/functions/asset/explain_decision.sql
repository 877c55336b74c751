create or replace function asset.explain_decision(p_instance asset.instances, p_state text)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(base.build_reason('decision',
    'held back ' || case d.repeat_count when 1 then format('at %s', base.format_time(d.last_at))
      else format('%s times, %s to %s', d.repeat_count, base.format_time(d.first_at), base.format_time(d.last_at)) end || ': ' || d.reason,
    jsonb_strip_nulls(jsonb_build_object(
      'decision_id', d.decision_id, 'kind', d.decision_kind, 'reason', d.reason, 'repeats', d.repeat_count, 'first_at', d.first_at,
      'last_at', d.last_at, 'until_at', d.until_at)))), '[]')
  from (
    select d.*
    from base.decision_kinds as k
    cross join lateral (
      select * from base.decisions where decision_kind = k.decision_kind and about = 'instance ' || p_instance.instance_id order by last_at desc limit 1
    ) as d
    where p_state in ('failed', 'waiting_for_dependency', 'waiting_for_sync')
    order by d.last_at desc, d.decision_id desc limit 1
  ) as d;
$$;
comment on function asset.explain_decision(asset.instances, text) is 'The last decision about an instance that is held up, as a list of at most one reason.';
