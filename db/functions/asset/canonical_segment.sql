create or replace function asset.canonical_segment(p_kind text, p_param text, p_value jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_params jsonb;
begin
  if jsonb_typeof(p_value) <> 'object' or not p_value ?& array['kind', 'params'] or p_value - 'kind' - 'params' <> '{}'
     or jsonb_typeof(p_value -> 'kind') <> 'string' then
    raise exception '% cannot be %', p_param, p_value
      using errcode = 'RK002', hint = 'Give {"kind": "…", "params": {…}}.';
  end if;
  v_params := asset.canonical_params(p_value ->> 'kind', p_value -> 'params');
  if (select item_kind from asset.kinds where kind = p_value ->> 'kind') <> 'user' then
    raise exception '% cannot be made of %', p_kind, p_value ->> 'kind'
      using errcode = 'RK007', hint = 'It is made of a segment: a kind whose items are users.';
  end if;
  return jsonb_build_object('kind', p_value ->> 'kind', 'params', v_params);
end;
$$;
comment on function asset.canonical_segment(text, text, jsonb) is 'A nested segment in its one form. Errors RK001, RK002, RK003, RK007.';
