create or replace function asset.follows_of(p_instance_id bigint)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language plpgsql
  stable
as $$
declare
  v_instance asset.instances;
begin
  select * into v_instance from asset.instances where instance_id = p_instance_id;
  if asset.has_hook(v_instance.kind, 'follows') then
    -- Dynamic: a kind is a row of asset.kinds, and its functions are named after it.
    return query execute format('select * from asset.%I($1)', v_instance.kind || '_follows') using v_instance.params;
  end if;
end;
$$;
comment on function asset.follows_of(bigint) is
  'Which follows between a subject and an item decide whether the item is in: the item''s of the subject, or the subject''s of the item; and whether it must be there. Most kinds are not made of follows alone, and say none.';
