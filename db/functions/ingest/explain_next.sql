create or replace function ingest.explain_next(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  select case when p_run.status = 'in_progress' then jsonb '[]' else jsonb_build_array(base.build_reason('next',
    case when n.due_at is null then 'nobody needs it any more, or another run is under way: nothing is due'
         else format('due again at %s', base.format_time(n.due_at)) end,
    jsonb_strip_nulls(jsonb_build_object('until_at', n.due_at)))) end
  from (
    select min(d.due_at) as due_at
    from ingest.sync_kinds as k
    cross join unnest(coalesce(p_run.item_ids, array[p_run.subject_id])) as i
    cross join lateral (select due_at from ingest.due where sync_kind = k.serves and subject_id = i limit 1) as d
    where k.sync_kind = p_run.sync_kind
  ) as n;
$$;
comment on function ingest.explain_next(ingest.runs) is 'When the first subject of a run that has ended is due again, as a list of one reason.';
