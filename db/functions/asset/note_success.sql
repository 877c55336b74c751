create or replace function asset.note_success(p_instance asset.instances, p_has_moved boolean)
  returns void
  language plpgsql
  volatile
as $$
begin
  if p_has_moved then
    insert into asset.moves (instance_id, materialization_id) values (p_instance.instance_id, p_instance.checkpoint_id);
  end if;
  perform asset.mark_moved_dependencies(p_instance.instance_id);
end;
$$;
comment on function asset.note_success(asset.instances, boolean) is
  'After a success: a note for who is made from it and follows it, if it moved (asset.take_moves); and itself is looked at again, if what it read is old already.';
