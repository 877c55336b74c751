create or replace function ingest.reschedule(p_sync_kind text, p_subject_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  -- When each subject is due by what is known of it now. No row for what nobody needs, or what is being synced.
  with wanted as (
    select i.subject_id,
           greatest(coalesce(s.retry_at, s.refused_at + base.setting_interval('subject.recheck'), least(s.fresh_at + n.fresh_within, c.reconcile_at), base.now()),
                    s.cancelled_at + n.fresh_within) as due_at
    from (select distinct subject_id from unnest(p_subject_ids) as i (subject_id)) as i
    join lateral ingest.windows_of(p_sync_kind, i.subject_id) as n on n.fresh_within is not null
    left join lateral (
      select * from ingest.subjects where sync_kind = p_sync_kind and subject_id = i.subject_id limit 1
    ) as s on true
    left join lateral (
      select ingest.reconcile_at(s.full_at, n.fresh_within, n.reconcile_within) as reconcile_at
    ) as c on c.reconcile_at > s.fresh_at -- A run that was to read all and could not has had its turn.
    left join lateral (
      select run_id from ingest.runs where sync_kind = p_sync_kind and subject_id = i.subject_id and status = 'in_progress' limit 1
    ) as r on true
    where r.run_id is null and i.subject_id not in (
      select unnest(b.item_ids)
      from ingest.sync_kinds as k
      join ingest.runs as b on b.sync_kind = k.sync_kind and b.status = 'in_progress'
      where k.serves = p_sync_kind and k.is_batched
    )
  ), dropped as (
    -- A join: as a condition, a long array is searched from its start for every row.
    delete from ingest.due as d using unnest(p_subject_ids) as i (subject_id)
    where d.sync_kind = p_sync_kind and d.subject_id = i.subject_id and i.subject_id not in (select subject_id from wanted)
  )
  insert into ingest.due as d (sync_kind, subject_id, due_at)
  select p_sync_kind, subject_id, due_at from wanted order by subject_id
  on conflict (sync_kind, subject_id) do update set due_at = excluded.due_at where d.due_at <> excluded.due_at;
end;
$$;
comment on function ingest.reschedule(text, bigint[]) is 'Sets when these subjects are due next, from who needs them (the smallest window wins, A5) and how their last sync went.';
