create or replace function ingest.trace_absence(p_sync_kind text, p_target_id bigint, p_follower_id bigint)
  returns jsonb
  language sql
  stable
as $$
  -- As ingest.sweep_follows judges it: of the last sweeps, those since which nothing has shown the follow.
  select coalesce(jsonb_agg(a.reason), '[]')
  from (
    select base.build_reason('absence',
             format('missing from the last %s of the %s sweeps in a row that must miss it before it is taken for gone (absent_sweeps)',
                    count(*), base.setting_integer('absent_sweeps')),
             jsonb_build_object('run_ids', jsonb_agg((s.run).run_id order by (s.run).run_id), 'absent_sweeps', base.setting_integer('absent_sweeps'))) as reason
    from (select case p_sync_kind when 'followers' then p_target_id else p_follower_id end as subject_id,
                 case p_sync_kind when 'followers' then p_follower_id else p_target_id end as item_id) as i
    cross join lateral (
      select r as run from ingest.runs as r
      where r.sync_kind = p_sync_kind and r.subject_id = i.subject_id and r.status = 'success' and r.mode = 'full' and r.cursor_exhausted
      order by r.run_id desc limit base.setting_integer('absent_sweeps')
    ) as s
    where not ingest.is_follow_confirmed(p_target_id, p_follower_id, s.run)
      and not exists (
        select from ingest.runs as l join ingest.pages as p using (run_id)
        where l.sync_kind = p_sync_kind and l.subject_id = i.subject_id and l.run_id >= (s.run).run_id
          and (l.run_id > (s.run).run_id or p.page_no >= l.first_page) and i.item_id = any (p.item_ids))
    having count(*) > 0
  ) as a;
$$;
comment on function ingest.trace_absence(text, bigint, bigint) is
  'How many of a list''s last sweeps did not show a follow that is not yet taken for gone, as a list of at most one reason.';
