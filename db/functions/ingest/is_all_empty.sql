create or replace function ingest.is_all_empty(p_run ingest.runs, p_page_no integer)
  returns boolean
  language plpgsql
  stable
as $$
declare
  v_limit constant integer := base.setting_integer('run.empty_pages');
begin
  return v_limit = (
    select count(*) from ingest.pages
    where run_id = p_run.run_id and page_no >= p_run.first_page and page_no > p_page_no - v_limit and item_ids = '{}');
end;
$$;
comment on function ingest.is_all_empty(ingest.runs, integer) is 'Whether a page ends a row of empty ones that is as long as one may be.';
