create or replace function asset.held_back(p_limit integer)
  returns table (
    decision_id bigint, kind text, about text, says text, needs_a_person boolean, repeats bigint, first_at timestamptz, last_at timestamptz, until_at timestamptz)
  language sql
  stable
as $$
  select d.decision_id, d.decision_kind, d.about, coalesce(a.meaning, d.reason), k.needs_a_person, d.repeat_count, d.first_at, d.last_at, d.until_at
  from (select * from base.decisions order by last_at desc limit 500) as d
  join base.decision_kinds as k using (decision_kind)
  left join ingest.answer_classes as a on a.answer_class = d.reason
  where case
    -- It says not when it ends; whom it is about does.
    when d.decision_kind in ('missing_prerequisite', 'failed_dependency') then exists (
      select from asset.instances as i cross join lateral asset.state_of(i) as s
      where i.instance_id = substring(d.about from '^instance (\d+)$')::bigint and s.state in ('waiting_for_sync', 'waiting_for_dependency', 'failed')
        and not exists (select from asset.materializations as m where m.materialization_id = i.checkpoint_id and m.completed_at > d.last_at))
    else coalesce(d.until_at, d.last_at + interval '1 day') > base.now() end
  order by k.needs_a_person desc, d.last_at desc, d.decision_id desc
  limit p_limit;
$$;
comment on function asset.held_back(integer) is 'See api.held_back.';
