create or replace function asset.is_sound(p_instance asset.instances)
  returns boolean
  language sql
  stable
as $$
  select p_instance.checkpoint_id is not distinct from s.materialization_id
    and (p_instance.read_revision is null
      or (p_instance.read_revision, p_instance.output_revision, p_instance.member_count) = (s.read_revision, s.output_revision, s.member_count))
  from asset.last_success(p_instance.instance_id) as s;
$$;
comment on function asset.is_sound(asset.instances) is
  'Whether the checkpoint is the last success, and, unless everything is read next, position, revision and count are its (A13). Asked before every delta: one probe.';
