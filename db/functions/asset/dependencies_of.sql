create or replace function asset.dependencies_of(p_kind text, p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language plpgsql
  stable
as $$
begin
  -- Dynamic: a kind is a row of asset.kinds, and its functions are named after it.
  return query execute format('select * from asset.%I($1)', p_kind || '_dependencies') using p_params;
end;
$$;
comment on function asset.dependencies_of(text, jsonb) is 'What an asset of this kind is made from, each in its role.';
