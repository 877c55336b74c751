create or replace function ingest.price_of(p_endpoint text, p_list_of bigint)
  returns numeric
  language plpgsql
  stable
as $$
begin
  return (
    select case when p_list_of::text = base.setting_text('x_v2.own_account') then p.owned_usd else p.usd end
    from ingest.endpoints as e join ingest.prices as p using (resource)
    where e.endpoint = p_endpoint);
end;
$$;
comment on function ingest.price_of(text, bigint) is
  'The price of one resource that a call returns, in US dollars. p_list_of: whose list or timeline it reads, null for a look-up; the own account''s are cheaper (owned reads).';
