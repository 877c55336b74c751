create or replace function asset.inputs_hash(p_instance asset.instances)
  returns bytea
  language sql
  immutable
as $$
  select sha256(convert_to('inputs 1' || chr(10) || encode(p_instance.params_hash, 'hex') || chr(10) || p_instance.input_revision, 'UTF8'));
$$;
comment on function asset.inputs_hash(asset.instances) is 'What an instance reads of the graph and of its set, in one hash: it moves when a row that it reads moved (A6).';
