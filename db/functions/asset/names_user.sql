create or replace function asset.names_user(p_kind text, p_params jsonb, p_user_id bigint)
  returns boolean
  language plpgsql
  stable
as $$
begin
  return (
    select coalesce(bool_or(case t.type
      when 'user_id' then p_params ->> t.param = p_user_id::text
      when 'segment' then asset.names_user(p_params -> t.param ->> 'kind', p_params -> t.param -> 'params', p_user_id)
      when 'segments' then (select bool_or(asset.names_user(s.segment ->> 'kind', s.segment -> 'params', p_user_id))
                            from jsonb_array_elements(p_params -> t.param) as s (segment))
      else false end), false)
    from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
    where k.kind = p_kind);
end;
$$;
comment on function asset.names_user(text, jsonb, bigint) is 'Whether canonical params name a user, in whatever param, or those of a segment in them.';
