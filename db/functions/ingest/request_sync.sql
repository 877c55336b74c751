create or replace function ingest.request_sync(p_sync_kind text, p_subject_id bigint, p_mode text)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  if p_sync_kind is null or p_sync_kind not in ('followers', 'following', 'posts', 'users') then
    raise exception 'there is no sync kind %', coalesce(quote_literal(p_sync_kind), 'null')
      using errcode = 'RK008', hint = 'The sync kinds are followers, following, posts, users.';
  end if;
  if p_mode is null or p_mode not in ('full', 'incremental') then
    raise exception 'there is no sync mode %', coalesce(quote_literal(p_mode), 'null')
      using errcode = 'RK008', hint = 'The modes are full and incremental.';
  end if;
  perform base.check_id(p_subject_id, 'subject');
  select r.* into v_run from ingest.runs as r where r.run_id = ingest.open_run_of(p_sync_kind, p_subject_id) and r.sync_kind = 'search';
  if found and p_mode = 'incremental' then
    return v_run.run_id;
  end if;
  delete from ingest.due where sync_kind = p_sync_kind and subject_id = p_subject_id;
  if p_sync_kind = 'users' then
    perform ingest.start_lookups('users', array[p_subject_id], 'requested');
  else
    perform ingest.start_list_runs(p_sync_kind, array[p_subject_id], p_mode);
    perform ingest.tend_waiting_runs(p_subject_id);
  end if;
  select * into strict v_run from ingest.runs
  where sync_kind = p_sync_kind and subject_id = p_subject_id order by run_id desc limit 1;
  if v_run.status = 'in_progress' and p_mode = 'full' and v_run.mode = 'incremental' then
    perform ingest.widen_run(v_run.run_id);
  end if;
  return v_run.run_id;
end;
$$;
comment on function ingest.request_sync(text, bigint, text) is
  'An ad-hoc run; returns its id, or that of the run that is in progress already (which is made full when a full one is asked for). Errors RK003, RK008.';
