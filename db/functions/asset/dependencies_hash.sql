create or replace function asset.dependencies_hash(p_instance asset.instances)
  returns bytea
  language plpgsql
  stable
as $$
begin
  return (
    select sha256(convert_to('dependencies 1' || coalesce(string_agg(
      chr(10) || d.role || ' ' || encode(i.identity_hash, 'hex') || ' ' || m.output_revision, '' order by d.role), ''), 'UTF8'))
    from asset.dependencies as d
    join asset.instances as i on i.instance_id = d.dependency_id
    join asset.materializations as m on m.instance_id = d.dependency_id and m.materialization_id = d.pinned_id
    where d.instance_id = p_instance.instance_id);
end;
$$;
comment on function asset.dependencies_hash(asset.instances) is 'The revisions of the pinned dependencies in one hash (A6).';
