create or replace function asset.is_up_to_date(p_instance asset.instances)
  returns boolean
  language plpgsql
  stable
as $$
begin
  return (
    select exists (
      select from asset.materializations as m
      where m.instance_id = p_instance.instance_id and m.materialization_id = p_instance.checkpoint_id
        and p_instance.read_revision is not null
        and m.inputs_hash = asset.inputs_hash(p_instance)
        and m.dependencies_hash = asset.dependencies_hash(p_instance)));
end;
$$;
comment on function asset.is_up_to_date(asset.instances) is 'Whether the last success read the same inputs and the same dependency revisions (A6).';
