create or replace function asset.watches_of(p_kind text, p_params jsonb)
  returns table (role text, fact text)
  language plpgsql
  stable
as $$
begin
  if asset.has_hook(p_kind, 'watches') then
    -- Dynamic: a kind is a row of asset.kinds, and its functions are named after it.
    return query execute format('select * from asset.%I($1)', p_kind || '_watches') using p_params;
  end if;
end;
$$;
comment on function asset.watches_of(text, jsonb) is
  'What an asset of this kind reads of the members of its dependencies, beside who they are: profile, counts or posts, by role. Most kinds read none.';
