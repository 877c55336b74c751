create or replace function asset.input_revision_of(p_instance asset.instances)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return (
    select greatest(
      p_instance.input_revision,
      (select max(revision) from asset.marks where instance_id = p_instance.instance_id and revision > coalesce(p_instance.read_revision, 0))));
end;
$$;
comment on function asset.input_revision_of(asset.instances) is 'The last change that the instance reads: the one it knows of, or a newer one that was marked.';
