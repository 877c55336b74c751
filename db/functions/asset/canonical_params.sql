create or replace function asset.canonical_params(p_kind text, p_params jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_types jsonb;
  v_params jsonb;
begin
  select param_types into v_types from asset.kinds where kind = p_kind;
  if not found then
    raise exception 'there is no asset kind %', coalesce(quote_literal(p_kind), 'null')
      using errcode = 'RK001', hint = 'The kinds are ' || (select string_agg(kind, ', ' order by kind) from asset.kinds) || '.';
  end if;
  if jsonb_typeof(p_params) is distinct from 'object' or array(select jsonb_object_keys(p_params)) <> array(select jsonb_object_keys(v_types)) then
    raise exception 'the params of % cannot be %', p_kind, coalesce(p_params::text, 'null')
      using errcode = 'RK002', hint = format('It takes exactly: %s.', (select string_agg(k, ', ') from jsonb_object_keys(v_types) as k));
  end if;
  select coalesce(jsonb_object_agg(t.param, case t.type
    when 'user_id' then asset.canonical_user_id(t.param, p_params -> t.param)
    when 'name' then asset.canonical_name(t.param, p_params -> t.param)
    when 'segment' then asset.canonical_segment(p_kind, t.param, p_params -> t.param)
    when 'segments' then asset.canonical_segments(p_kind, t.param, p_params -> t.param)
    when 'json' then asset.canonical_json(p_params -> t.param) end), '{}')
  into v_params
  from jsonb_each_text(v_types) as t (param, type);
  if asset.has_hook(p_kind, 'canonical') then
    -- Dynamic: a kind's functions are named after it.
    execute format('select asset.%I($1)', p_kind || '_canonical') using v_params into v_params;
  end if;
  return v_params;
end;
$$;
comment on function asset.canonical_params(text, jsonb) is
  'Params in their one form (A2): ids as decimal strings without leading zeros, nothing else than what the kind takes. Errors RK001, RK002, RK003, RK007.';
