create or replace function asset.check_fanout(p_source_kind text, p_source_params jsonb, p_target_kind text, p_mode text)
  returns void
  language plpgsql
  stable
as $$
begin
  if p_mode is null or p_mode not in ('global_per_item', 'scoped_by_source') then
    raise exception 'there is no fanout mode %', coalesce(quote_literal(p_mode), 'null')
      using errcode = 'RK015', hint = 'The modes are global_per_item and scoped_by_source.';
  end if;
  perform asset.check_closure(p_source_kind, p_source_params);
  if (select item_kind from asset.kinds where kind = p_source_kind) <> 'user' then
    raise exception '% has no users to fan out over', p_source_kind
      using errcode = 'RK007', hint = 'The source of a fanout is a segment.';
  end if;
  if not exists (select from asset.kinds where kind = p_target_kind) then
    raise exception 'there is no asset kind %', coalesce(quote_literal(p_target_kind), 'null')
      using errcode = 'RK001', hint = 'The kinds are ' || (select string_agg(kind, ', ' order by kind) from asset.kinds) || '.';
  end if;
  if asset.target_params(p_target_kind, 1) is null then
    raise exception '% cannot be made from one user', p_target_kind
      using errcode = 'RK007', hint = 'The target of a fanout is a kind whose only param is a user''s id.';
  end if;
  -- Whether a target could be made at all is known now, not only when the first member comes.
  perform asset.check_closure(p_target_kind, asset.target_params(p_target_kind, 1));
end;
$$;
comment on function asset.check_fanout(text, jsonb, text, text) is 'Whether a fanout can be made (A3, A4). Errors RK001, RK002, RK003, RK006, RK007, RK015.';
