create or replace function ingest.restart_refused_run(p_call ingest.calls, p_status integer, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  select * into strict v_run from ingest.runs where run_id = p_call.run_id;
  if p_call.page_token is null or v_run.restart_count >= 3 then
    perform ingest.fail_run(v_run.run_id, p_answer.answer_class, p_status, p_answer.detail);
    return;
  end if;
  perform ingest.restart_run(v_run.run_id);
  perform base.decide('run_restarted', 'run ' || v_run.run_id, 'X refused the cursor', null,
                      jsonb_build_object('pages_bought_again', v_run.page_count, 'resources_bought_again', v_run.resource_count, 'cost_usd', v_run.cost_usd));
end;
$$;
comment on function ingest.restart_refused_run(ingest.calls, integer, ingest.answer) is 'X refused a cursor: the run starts over and says so (I4); the fourth time it fails.';
