create or replace function engine.claim(p_worker text, p_slots integer)
  returns jsonb
  language plpgsql
  volatile
as $$
begin
  perform ingest.record_held_calls();
  perform asset.assign_payers(greatest(p_slots, 100));
  if not ingest.has_ready_calls() then
    return jsonb '[]';
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object('call_id', call_id, 'method', method, 'path', path, 'query', query) order by call_id), '[]')
    from ingest.claim_calls(p_worker, p_slots));
end;
$$;
comment on function engine.claim(text, integer) is 'The calls that may go out now, as JSON.';
