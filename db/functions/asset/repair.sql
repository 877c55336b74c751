create or replace function asset.repair(p_instance_id bigint)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances := asset.lock_instance(p_instance_id);
  v_found constant jsonb := asset.summarize_findings(p_instance_id);
  v_faults constant text := (select string_agg(distinct f ->> 'finding', ', ') from jsonb_array_elements(v_found) as f where f ->> 'finding' <> 'note');
begin
  if v_found @> '[{"remedy": "rebuild"}]' then
    v_instance := asset.rebuild(v_instance);
  end if;
  if v_found @> '[{"remedy": "read_everything"}]' then
    update asset.instances set read_revision = null where instance_id = p_instance_id;
  end if;
  if v_faults is not null then
    perform asset.mark_after_repair(v_instance, v_found @> '[{"finding": "member"}]');
    perform base.decide('repair', 'instance ' || p_instance_id, 'found wrong: ' || v_faults, null, jsonb_build_object('found', v_found));
  end if;
  return v_found;
end;
$$;
comment on function asset.repair(bigint) is
  'Verifies an instance, rebuilds from its events what they contradict, and has it read everything next where they do not add up to its inputs (A13). Returns what was found as asset.summarize_findings does, and records it as a decision. RK004 for an unknown instance.';
