create or replace function ingest.leads_back(p_run ingest.runs, p_page_no integer, p_token text)
  returns boolean
  language plpgsql
  stable
as $$
begin
  -- By the hash, which is what is indexed: a token may be of any length.
  return exists (
    select from ingest.pages
    where run_id = p_run.run_id and hashtextextended(next_token, 0) = hashtextextended(p_token, 0) and next_token = p_token
      and page_no >= p_run.first_page and page_no < p_page_no);
end;
$$;
comment on function ingest.leads_back(ingest.runs, integer, text) is 'Whether the token of a page led on from an earlier page of the same sweep already.';
