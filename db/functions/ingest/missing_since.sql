create or replace function ingest.missing_since(p_target_id bigint, p_follower_id bigint, p_at timestamptz)
  returns text
  language plpgsql
  stable
as $$
begin
  -- As ingest.sweep_follows judges it: so many sweeps in a row must have missed it. A row that a sweep set aside was seen.
  return (
    select format('%s began later, and showed otherwise', ingest.name_run(s.run))
    from (values ('followers', p_target_id, p_follower_id), ('following', p_follower_id, p_target_id)) as l (sync_kind, subject_id, item_id)
    cross join lateral (
      select r as run from ingest.runs as r
      where r.sync_kind = l.sync_kind and r.subject_id = l.subject_id and r.status = 'success' and r.mode = 'full' and r.cursor_exhausted
      order by r.run_id desc
      offset base.setting_integer('absent_sweeps') - 1 limit 1
    ) as s
    where (s.run).started_at > p_at
      and not exists (select from graph.follows where target_id = p_target_id and follower_id = p_follower_id and deleted_at is null)
      and not exists (
        select from ingest.runs as r join ingest.pages as p using (run_id)
        where r.sync_kind = l.sync_kind and r.subject_id = l.subject_id and r.run_id >= (s.run).run_id
          and (r.run_id > (s.run).run_id or p.page_no >= r.first_page) and l.item_id = any (p.item_ids))
    order by l.sync_kind
    limit 1);
end;
$$;
comment on function ingest.missing_since(bigint, bigint, timestamptz) is
  'Which sweep that began after a time says that a follow that is not here is not there: it read the list of either end, to its end, without it; null when none did.';
