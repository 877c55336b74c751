create or replace function engine.tick(p_worker text, p_slots integer)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_result jsonb := jsonb '{"decisions": [], "materializations": []}';
begin
  perform base.forget_notes();
  v_result := v_result || jsonb_build_object('tick_id', nextval('engine.ticks')) || engine.step(p_worker, p_slots);
  -- A statement of its own: it sees what the step wrote.
  v_result := v_result || base.report_decisions() || asset.report_done();
  if jsonb '[]' <> any (array[v_result -> 'decisions', v_result -> 'materializations', v_result -> 'calls']) then
    perform base.announce();
  end if;
  return v_result;
end;
$$;
comment on function engine.tick(text, integer) is 'One bounded step (E1), with a number, and with what was decided and materialized in it: see api.engine_tick.';
