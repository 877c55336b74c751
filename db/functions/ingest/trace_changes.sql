create or replace function ingest.trace_changes(p_item_kind text, p_item_id bigint, p_follower_id bigint default null)
  returns jsonb
  language sql
  stable
as $$
  -- The first change, and the last five.
  select coalesce(jsonb_agg(base.build_reason('change',
    format('%s%s at %s by ', case when c.from_first = 1 then 'first ' else '' end, c.change, base.format_time(c.changed_at))
    || ingest.name_origin(c.run_id, c.event_id),
    jsonb_strip_nulls(jsonb_build_object(
      'change_id', c.change_id, 'change', c.change, 'run_id', c.run_id, 'event_id', c.event_id, 'changed_at', c.changed_at)))
    order by c.change_id), '[]')
  from (
    select *, row_number() over (order by change_id) as from_first, row_number() over (order by change_id desc) as from_last
    from graph.changes_of_item(p_item_kind, p_item_id, p_follower_id)
  ) as c
  where c.from_first = 1 or c.from_last <= 5;
$$;
comment on function ingest.trace_changes(text, bigint, bigint) is 'The first change and the last five of a user, post or follow, and whose doing they were, as a list of reasons.';
