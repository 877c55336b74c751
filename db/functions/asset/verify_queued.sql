create or replace function asset.verify_queued(p_instance_id bigint)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_until constant timestamptz := base.now() + base.setting_interval('materialization.backoff_cap');
  v_found jsonb;
  v_state text;
  v_message text;
  v_context text;
begin
  v_found := asset.repair(p_instance_id);
  return case when jsonb_path_exists(v_found, '$[*] ? (@.finding != "note")') then 'repaired' else 'verified' end;
exception
  -- Whatever a kind's function raises is that instance's error, and nobody else's (A7).
  when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_context = pg_exception_context;
    update asset.verifications set due_at = v_until where instance_id = p_instance_id;
    perform base.decide('verification_failed', 'instance ' || p_instance_id, v_state || ' ' || v_message, v_until, jsonb_build_object('context', v_context));
    return 'unverified';
end;
$$;
comment on function asset.verify_queued(bigint) is
  'Verifies an instance and repairs it: verified (all was in order), repaired, or unverified: an error, which is a decision, and is tried again later.';
