create or replace function base.report_decisions()
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_noted constant bigint[] := base.noted('decisions');
begin
  if v_noted is null then
    return jsonb '{}';
  end if;
  return (
    select jsonb_build_object('decisions', jsonb_agg(
      jsonb_build_object('decision_id', d.decision_id, 'kind', d.decision_kind, 'about', d.about, 'reason', d.reason, 'repeats', d.repeat_count,
                         'needs_a_person', k.needs_a_person)
      || case when d.until_at is null then '{}' else jsonb_build_object('until', d.until_at) end
      || (select coalesce(jsonb_object_agg(i.key, i.value), '{}') from jsonb_each(d.detail) as i
          where i.key in ('call_id', 'run_id', 'instance_id', 'materialization_id', 'event_id'))
      || case when d.about ~ '^(instance|run) \d+$'
              then jsonb_build_object(split_part(d.about, ' ', 1) || '_id', split_part(d.about, ' ', 2)::bigint) else '{}' end
      order by d.decision_id))
    from base.decisions as d join base.decision_kinds as k using (decision_kind)
    where d.decision_id = any (v_noted));
end;
$$;
comment on function base.report_decisions() is
  'What was decided since base.forget_notes(), for a log: {decisions: [{decision_id, kind, about, reason, repeats, needs_a_person, until, and the ids of what it is about}]}, or {} where nothing was.';
