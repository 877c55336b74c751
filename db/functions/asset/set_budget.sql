create or replace function asset.set_budget(p_scope text, p_period text, p_usd numeric)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_root_id constant bigint := substring(p_scope from '^root:(\d{1,18})$')::bigint;
  v_endpoint constant text := (select endpoint from ingest.endpoints where 'call:' || endpoint = p_scope);
begin
  if v_root_id is not null and not exists (select from asset.roots where root_id = v_root_id) then
    raise exception 'there is no root %', v_root_id
      using errcode = 'RK005', hint = 'api.roots and api.fanout_roots list them, with their root_id.';
  end if;
  if p_scope is null or (p_scope <> 'everything' and num_nonnulls(v_root_id, v_endpoint) = 0) then
    raise exception 'a budget cannot be on %', coalesce(quote_literal(p_scope), 'null')
      using errcode = 'RK030', hint = 'The scopes are everything, root:ID, and call:KIND, where KIND is one of '
        || (select string_agg(endpoint, ', ' order by endpoint) from ingest.endpoints) || '.';
  end if;
  if p_period is null or p_period not in ('day', 'month') then
    raise exception 'a budget cannot be for a %', coalesce(quote_literal(p_period), 'null')
      using errcode = 'RK030', hint = 'The periods are day and month, in UTC.';
  end if;
  if p_usd not between 0 and 999999 then
    raise exception 'a budget cannot be USD %', p_usd
      using errcode = 'RK030', hint = 'Give an amount from 0 to 999999, or null for no budget.';
  end if;
  perform ingest.change_budget(coalesce('root:' || v_root_id, p_scope), v_root_id, v_endpoint, p_period, p_usd);
end;
$$;
comment on function asset.set_budget(text, text, numeric) is
  'Sets what may be spent in a UTC day or month on everything, by a root, or on a kind of call; null: no such limit. Errors RK005, RK030.';
