create or replace function asset.unread_inputs(p_instance asset.instances)
  returns text
  language sql
  stable
as $$
  select case
    when p_instance.read_revision is null then 'everything is read next'
    when exists (select from asset.marks where instance_id = p_instance.instance_id and cause = 'edit') then 'an edit was not read yet'
    -- What is watched has no past to read: it is as it was read only while nothing of it has moved since.
    when exists (select from asset.dependencies where instance_id = p_instance.instance_id and watched <> '{}') and (
        not exists (select from asset.wants where instance_id = p_instance.instance_id)
        or exists (select from asset.marks where instance_id = p_instance.instance_id and revision > p_instance.input_revision)
        or (select position < graph.last_change_id() or exists (select from graph.recounts where change_id > position) from asset.log_position))
      then 'changes were not read yet'
  end;
$$;
comment on function asset.unread_inputs(asset.instances) is
  'Why the inputs of an instance cannot be read as the last success read them; null when they can. Graph and dependencies always can (A11); edits of a set and what is watched have no history.';
