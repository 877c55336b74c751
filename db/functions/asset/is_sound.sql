create or replace function asset.is_sound(p_instance asset.instances)
  returns boolean
  language plpgsql
  stable
as $$
begin
  return (
    select coalesce((
      select m.materialization_id is not distinct from p_instance.checkpoint_id
        and (p_instance.read_revision is null
          or (m.read_revision, m.output_revision, m.member_count) = (p_instance.read_revision, p_instance.output_revision, p_instance.member_count))
      from asset.materializations as m
      where m.instance_id = p_instance.instance_id and m.status = 'success'
      order by m.materialization_id desc
      limit 1), p_instance.checkpoint_id is null));
end;
$$;
comment on function asset.is_sound(asset.instances) is
  'Whether the checkpoint is the last success, and, unless everything is read next, position, revision and count are its (A13). Asked before every delta: one probe.';
