create or replace function asset.waits_for_sync(p_instance asset.instances)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_needs jsonb;
  v_kinds text;
  v_until timestamptz;
begin
  select jsonb_agg(to_jsonb(u) || jsonb_build_object('subject_id', u.subject_id::text)), string_agg(distinct u.sync_kind, ', '), min(u.look_at)
  into v_needs, v_kinds, v_until
  from ingest.unmet_needs(p_instance.instance_id, 10) as u;
  if v_needs is null then
    return false;
  end if;
  perform base.decide('missing_prerequisite', 'instance ' || p_instance.instance_id, 'waits for syncs: ' || v_kinds, v_until,
                      jsonb_build_object('syncs', v_needs));
  return true;
end;
$$;
comment on function asset.waits_for_sync(asset.instances) is 'Whether a sync that the instance needs is not fresh (A5); then the decision names up to ten, with their runs.';
