create or replace function ingest.trace_handle(p_handle text)
  returns jsonb
  language sql
  stable
as $$
  -- Who lost it is found by index; who took it, through those who lost it and who holds it now.
  with holder as (
    select user_id, handle from graph.users where lower(handle) = lower(ltrim(p_handle collate "C", '@'))
  ), touched as (
    select user_id from holder
    union
    (select user_id from graph.handle_changes where lower(old_handle) = lower(ltrim(p_handle collate "C", '@')) limit 100)
  ), moves as (
    select h as change
    from touched as t
    join graph.handle_changes as h using (user_id)
    where lower(h.old_handle) = lower(ltrim(p_handle collate "C", '@')) or lower(h.new_handle) = lower(ltrim(p_handle collate "C", '@'))
  )
  select base.build_reason('handle',
    coalesce((select format('@%s is user %s', handle, user_id) from holder), format('nobody here is @%s now', ltrim(p_handle, '@'))),
    jsonb_build_object('handle', ltrim(p_handle, '@'), 'user_id', (select user_id::text from holder)),
    coalesce((select jsonb_agg(ingest.report_handle_change(change) order by (change).change_id) from moves), '[]')
    || coalesce((select ingest.trace_changes('user', user_id) from holder), '[]'))
  where exists (select from touched);
$$;
comment on function ingest.trace_handle(text) is 'Who has a handle, and everyone who took or lost it (G3), as a reason; null for one that nobody ever had.';
