create or replace function ingest.reason_of_end(p_end graph.follow_changes, out reason text, out hidden_id bigint, out known_at timestamptz)
  language plpgsql
  stable
as $$
declare
  v_run ingest.runs;
  v_state graph.user_changes;
begin
  reason := 'unfollowed';
  known_at := p_end.changed_at;
  if p_end.event_id is not null then
    return;
  end if;
  -- A sweep: who was not shown may have unfollowed, or may not be shown at all.
  select * into v_run from ingest.runs where run_id = p_end.run_id;
  hidden_id := case v_run.sync_kind when 'followers' then p_end.follower_id else p_end.target_id end;
  select d.reason, d.known_at into reason, known_at
  from ingest.departures as d
  where d.user_id = hidden_id and d.target_id = p_end.target_id and d.change_id = p_end.change_id;
  if reason is not null then
    return;
  end if;
  -- What was known of the user then; or what was found next, if X has not shown the user, without the follow, in between.
  select * into v_state from graph.user_changes
  where user_id = hidden_id and change_id < p_end.change_id and change in ('added', 'removed', 'revived')
  order by change_id desc limit 1;
  if v_state.change is distinct from 'removed' then
    select * into v_state from graph.user_changes
    where user_id = hidden_id and change_id > p_end.change_id and change in ('removed', 'revived')
    order by change_id limit 1;
    known_at := ingest.shown_between(hidden_id, v_run.subject_id, p_end.changed_at,
      least(ingest.taken_up_again_at(p_end), case when v_state.change = 'removed' then v_state.changed_at end));
  end if;
  if known_at is not null then
    reason := 'unfollowed';
  elsif v_state.change = 'removed' then
    reason := ingest.class_of_departure(v_state.gone_reason);
    known_at := v_state.changed_at;
  else
    reason := 'unknown';
  end if;
end;
$$;
comment on function ingest.reason_of_end(graph.follow_changes) is
  'Why a follow ended. unfollowed: an event said so, or X showed the user since, and not in the list. suspended, deleted (X finds no such account: deleted or deactivated), protected: X does not show hidden_id, for that reason. unknown: nothing says it; ingest.look_up_leavers finds out. known_at: since when that is known.';
