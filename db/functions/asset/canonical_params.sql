create or replace function asset.canonical_params(p_kind text, p_params jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_form text;
  v_key text;
begin
  select params_form into v_form from asset.kinds where kind = p_kind;
  if not found then
    raise exception 'there is no asset kind %', coalesce(quote_literal(p_kind), 'null')
      using errcode = 'RK001', hint = 'The kinds are ' || (select string_agg(kind, ', ' order by kind) from asset.kinds) || '.';
  end if;
  v_key := case v_form when 'subject' then 'subject_id' else v_form end;
  if jsonb_typeof(p_params) is distinct from 'object' or not p_params ? v_key or p_params - v_key <> '{}' then
    raise exception 'the params of % cannot be %', p_kind, coalesce(p_params::text, 'null')
      using errcode = 'RK002', hint = format('It takes one param: %s.', v_key);
  end if;
  return case v_form
    when 'subject' then jsonb_build_object(v_key, asset.canonical_subject(p_params -> v_key))
    when 'stable_key' then jsonb_build_object(v_key, asset.canonical_stable_key(p_params -> v_key))
    when 'source' then jsonb_build_object(v_key, asset.canonical_source(p_kind, p_params -> v_key))
  end;
end;
$$;
comment on function asset.canonical_params(text, jsonb) is
  'Params in their one form (A2): ids as decimal strings without leading zeros, nothing else than what the kind takes. Errors RK001, RK002, RK003, RK007.';
