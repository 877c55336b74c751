create or replace function asset.target_params(p_target_kind text, p_item_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select jsonb_object_agg(t.param, p_item_id::text)
  from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
  where k.kind = p_target_kind
  having bool_and(t.type = 'user_id') and count(*) = 1;
$$;
comment on function asset.target_params(text, bigint) is 'The params of a fanout''s target for one user; null for a kind that is not made from one user.';
