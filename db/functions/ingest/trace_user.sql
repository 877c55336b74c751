create or replace function ingest.trace_user(p_user_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('user',
    format('user %s, %s', u.user_id, coalesce('@' || u.handle, 'whose handle is not known'))
    || case when u.deleted_at is null then ''
            else format(', gone since %s (%s)', base.format_time(u.deleted_at), coalesce(u.gone_reason, 'no reason given')) end,
    jsonb_strip_nulls(jsonb_build_object('user_id', u.user_id::text, 'handle', u.handle, 'deleted_at', u.deleted_at, 'gone_reason', u.gone_reason)),
    ingest.trace_changes('user', p_user_id)
    || coalesce((select jsonb_agg(base.build_reason('counts', 'counts last changed by ' || ingest.name_origin(c.run_id, null),
                                                    jsonb_build_object('run_id', c.run_id)))
                 from graph.user_counts as c
                 where c.user_id = p_user_id and c.run_id is not null), '[]')
    || coalesce((select jsonb_agg(base.build_reason('sight', 'looked up last at ' || base.format_time(s.fresh_at),
                                                    jsonb_build_object('seen_at', s.fresh_at)))
                 from ingest.subjects as s where s.sync_kind = 'users' and s.subject_id = p_user_id and s.fresh_at is not null), '[]')
    || coalesce((select jsonb_agg(ingest.report_handle_change(h.change) order by (h.change).change_id)
                 from (select c as change from graph.handle_changes as c where c.user_id = p_user_id order by c.change_id desc limit 10) as h), '[]'))
  from graph.users as u
  where u.user_id = p_user_id;
$$;
comment on function ingest.trace_user(bigint) is
  'Where a user''s row comes from, and its handles, as a reason; null for one that is not known. Lists that showed the user are not searched: any list may have.';
