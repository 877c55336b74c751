create or replace function asset.item_kind_of(p_instance_id bigint)
  returns text
  language plpgsql
  stable
as $$
declare
  v_item_kind text;
begin
  select k.item_kind into v_item_kind
  from asset.instances as i join asset.kinds as k using (kind)
  where i.instance_id = p_instance_id;
  if not found then
    raise exception 'there is no instance %', coalesce(p_instance_id::text, 'null')
      using errcode = 'RK004', hint = 'select * from api.instances; lists them.';
  end if;
  return v_item_kind;
end;
$$;
comment on function asset.item_kind_of(bigint) is 'user or post: what an instance''s members are. RK004 for an unknown instance.';
