create or replace function asset.instance_facts(p_instance asset.instances)
  returns jsonb
  language sql
  immutable
as $$
  select jsonb_build_object('instance_id', p_instance.instance_id, 'kind', p_instance.kind, 'params', p_instance.params);
$$;
comment on function asset.instance_facts(asset.instances) is 'Which instance a reason is about, as JSON.';
