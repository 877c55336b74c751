create or replace function ingest.shown_between(p_user_id bigint, p_subject_id bigint, p_from timestamptz, p_until timestamptz)
  returns timestamptz
  language plpgsql
  stable
as $$
declare
  v_shown_at timestamptz;
begin
  select min(s.at) into v_shown_at
  from (
    select fresh_at as at from ingest.subjects where sync_kind = 'users' and subject_id = p_user_id and refused_class is null
    union all
    select r.started_at from graph.user_counts as c join ingest.runs as r using (run_id) where c.user_id = p_user_id
  ) as s
  where s.at >= p_from and s.at < p_until;
  if v_shown_at is not null or base.setting_integer('absent_sweeps') > 1 then
    return v_shown_at;
  end if;
  -- A list that was read to its end without taking the user off it has shown the user: those whom the subject follows, and lists of followers.
  select min(r.completed_at) into v_shown_at
  from (
    select 'following' as sync_kind, follower_id as subject_id, change_id
    from graph.follows where target_id = p_user_id and follower_id = p_subject_id and deleted_at is null
    union all
    select 'followers', target_id, change_id from graph.follows where follower_id = p_user_id and deleted_at is null
  ) as f
  cross join lateral (
    select l.completed_at from ingest.runs as l
    where l.sync_kind = f.sync_kind and l.subject_id = f.subject_id and l.status = 'success' and l.mode = 'full' and l.cursor_exhausted
      and not l.is_partial and l.start_position > f.change_id and l.completed_at >= p_from and l.completed_at < p_until
    order by l.run_id limit 1
  ) as r;
  return v_shown_at;
end;
$$;
comment on function ingest.shown_between(bigint, bigint, timestamptz, timestamptz) is
  'When X is known to have shown a user, from one time on and before another; null where nothing that is kept here says so: the last look-up, the last payload that moved the counts, full reads of lists that the user is in.';
