create or replace function asset.say_subject(p_kind text, p_params jsonb)
  returns text
  language plpgsql
  stable
as $$
declare
  v_values text;
begin
  select string_agg(case t.type
    when 'user_id' then coalesce((select '@' || u.handle from graph.users as u where u.user_id = (p_params ->> t.param)::bigint), p_params ->> t.param)
    when 'segment' then concat_ws(' ', p_params -> t.param ->> 'kind', asset.say_subject(p_params -> t.param ->> 'kind', p_params -> t.param -> 'params'))
    when 'segments' then (select string_agg(concat_ws(' ', s.segment ->> 'kind', asset.say_subject(s.segment ->> 'kind', s.segment -> 'params')), ', ' order by s.position)
                          from jsonb_array_elements(p_params -> t.param) with ordinality as s (segment, position))
    else p_params ->> t.param end, ' ' order by t.param)
  into v_values
  from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
  where k.kind = p_kind;
  return case when length(v_values) > 120 then left(v_values, 119) || '…' else coalesce(v_values, '') end;
end;
$$;
comment on function asset.say_subject(text, jsonb) is
  'What an asset of a kind is of, in as few words as a person needs: the values of its params, users by the handle that they have now.';
