create or replace function asset.materialize(p_instance asset.instances)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_mark_ids bigint[];
  v_materialization_id bigint;
  v_state text;
  v_message text;
  v_context text;
begin
  v_mark_ids := array(select mark_id from asset.marks where instance_id = p_instance.instance_id);
  begin
    v_materialization_id := asset.begin_materialization(p_instance, v_mark_ids);
    perform asset.apply_candidates(p_instance, v_materialization_id);
  exception
    -- Whatever a kind's function raises is that instance's error, and nobody else's (A7).
    when others then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_context = pg_exception_context;
      perform asset.record_failure(p_instance, v_mark_ids, v_state, v_message, v_context);
      return 'error';
  end;
  perform asset.keep_causes(p_instance.instance_id, v_materialization_id);
  -- One that the planner has in hand just now stays, and leads to a look that finds nothing.
  delete from asset.marks as m
  using (select mark_id from asset.marks where mark_id = any (v_mark_ids) order by mark_id for update skip locked) as free
  where m.mark_id = free.mark_id;
  return 'success';
end;
$$;
comment on function asset.materialize(asset.instances) is
  'Brings an instance up to its pinned inputs: success or error, recorded either way (A7). The caller holds the lock of its row, and filled input_revision in.';
