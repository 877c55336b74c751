create or replace function ingest.reason_of_begin(p_begin graph.follow_changes, out reason text, out hidden_id bigint)
  language plpgsql
  stable
as $$
declare
  v_run ingest.runs;
  v_end record;
begin
  reason := 'followed';
  if p_begin.event_id is not null then
    return;
  end if;
  if p_begin.change = 'revived' then
    select * into v_end
    from ingest.reason_of_end(graph.last_change_of_follow(p_begin.target_id, p_begin.follower_id, p_begin.change_id - 1));
    hidden_id := v_end.hidden_id;
    reason := case v_end.reason when 'unfollowed' then 'followed' when 'unknown' then 'unknown' else 'returned' end;
    return;
  end if;
  select * into v_run from ingest.runs where run_id = p_begin.run_id;
  if v_run.mode = 'full' and not exists (
    select from ingest.runs as r
    where r.sync_kind = v_run.sync_kind and r.subject_id = v_run.subject_id and r.run_id < v_run.run_id and r.status = 'success' and r.mode = 'full'
  ) then
    reason := 'found';
  end if;
end;
$$;
comment on function ingest.reason_of_begin(graph.follow_changes) is
  'Why a follow is there since a change. followed: it was not there when the list was read before. found: nobody had read the whole list before. returned: X did not show hidden_id for a while, and does again. unknown: it had ended, or hidden_id was not shown; nothing says which.';
