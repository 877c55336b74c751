create or replace function asset.name_instance(p_instance asset.instances)
  returns text
  language sql
  stable
as $$
  select format('instance %s, ', p_instance.instance_id)
         || case when length(n.name) > 120 then left(n.name, 119) || '…' else n.name end
         || case when p_instance.scope_hash is not null then ', a source''s own' else '' end
  from (select asset.name_asset(p_instance.kind, p_instance.params) as name) as n;
$$;
comment on function asset.name_instance(asset.instances) is 'An instance by number and by what it is, for a sentence.';
