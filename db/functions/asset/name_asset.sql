create or replace function asset.name_asset(p_kind text, p_params jsonb)
  returns text
  language plpgsql
  stable
as $$
declare
  v_values text;
begin
  select string_agg(case t.type
    when 'segment' then '(' || asset.name_asset(p_params -> t.param ->> 'kind', p_params -> t.param -> 'params') || ')'
    when 'segments' then '(' || (select string_agg(asset.name_asset(s.segment ->> 'kind', s.segment -> 'params'), ', ' order by s.position)
                                 from jsonb_array_elements(p_params -> t.param) with ordinality as s (segment, position)) || ')'
    else p_params ->> t.param end, ' ' order by t.param)
  into v_values
  from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
  where k.kind = p_kind;
  return p_kind || coalesce(' ' || v_values, '');
end;
$$;
comment on function asset.name_asset(text, jsonb) is 'A kind with the values of its params, for a sentence: post_corpus_for_segment (segment_followers 100).';
