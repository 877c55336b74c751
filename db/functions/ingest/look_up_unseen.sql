create or replace function ingest.look_up_unseen(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
begin
  if base.setting_text('leavers.look_up') <> 'always' then
    return;
  end if;
  perform ingest.look_up_leavers(array(
    select c from graph.follow_changes as c
    where p_run.sync_kind = 'followers' and c.target_id = p_run.subject_id and c.change_id > p_run.start_position
      and c.run_id = p_run.run_id and c.change = 'removed'
    union all
    select c from graph.follow_changes as c
    where p_run.sync_kind = 'following' and c.follower_id = p_run.subject_id and c.change_id > p_run.start_position
      and c.run_id = p_run.run_id and c.change = 'removed'));
end;
$$;
comment on function ingest.look_up_unseen(ingest.runs) is 'After a sweep: has those looked up whom it missed, where the setting leavers.look_up says so.';
