create or replace function asset.canonical_segments(p_kind text, p_param text, p_value jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_segments jsonb;
  v_count bigint;
begin
  if jsonb_typeof(p_value) <> 'array' or jsonb_array_length(p_value) < 2 then
    raise exception '% cannot be %', p_param, p_value
      using errcode = 'RK002', hint = 'Give a list of two or more segments.';
  end if;
  select jsonb_agg(s.segment order by s.position), count(distinct s.segment) into v_segments, v_count
  from (
    select asset.canonical_segment(p_kind, p_param, v.value) as segment, v.position
    from jsonb_array_elements(p_value) with ordinality as v (value, position)
  ) as s;
  if v_count < jsonb_array_length(p_value) then
    raise exception '% names a segment twice: %', p_param, p_value
      using errcode = 'RK002', hint = 'Name every segment once.';
  end if;
  return v_segments;
end;
$$;
comment on function asset.canonical_segments(text, text, jsonb) is 'Two or more nested segments, all different, in the order given. Errors RK001, RK002, RK003, RK007.';
