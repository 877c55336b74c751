create or replace function ingest.price_of(p_endpoint text, p_run ingest.runs)
  returns numeric
  language plpgsql
  stable
as $$
begin
  return (
    select case when num_nonnulls(p_run.item_ids, p_run.handles) = 0 and p_run.subject_id::text = base.setting_text('x_v2.own_account')
                then p.owned_usd else p.usd end
    from ingest.endpoints as e join ingest.prices as p using (resource)
    where e.endpoint = p_endpoint);
end;
$$;
comment on function ingest.price_of(text, ingest.runs) is 'The price of one resource that a call of a run returns, in US dollars: less in the own account''s lists and timeline (owned reads).';
