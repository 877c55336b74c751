create or replace function asset.canonical_json(p_value jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  -- jsonb has sorted the keys already; 1, 1.0 and 1e0 are one number.
  return case jsonb_typeof(p_value)
    when 'number' then to_jsonb(trim_scale((p_value #>> '{}')::numeric))
    when 'object' then (select coalesce(jsonb_object_agg(e.key, asset.canonical_json(e.value)), '{}') from jsonb_each(p_value) as e)
    when 'array' then (select coalesce(jsonb_agg(asset.canonical_json(e.value) order by e.position), '[]')
                       from jsonb_array_elements(p_value) with ordinality as e (value, position))
    else p_value
  end;
end;
$$;
comment on function asset.canonical_json(jsonb) is 'JSON in its one form: the same value is the same text.';
