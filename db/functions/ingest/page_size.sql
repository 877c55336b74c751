create or replace function ingest.page_size(p_mode text, p_new_count bigint)
  returns integer
  language plpgsql
  stable
as $$
begin
  -- A run that reads what is new ends with a page of which nothing is, after one that was new in part: both cost, so pages are a tenth of what is
  -- expected. That buys at most a quarter beyond it, where one page for all would buy as much again, and takes a dozen calls.
  return least(base.setting_integer('page.follows'), case
    when p_mode = 'full' then 1000
    when p_new_count is null then base.setting_integer('page.unsized')
    else greatest(base.setting_integer('page.small'), ceil(p_new_count / 10.0)) end);
end;
$$;
comment on function ingest.page_size(text, bigint) is 'In pages of how many rows follows are read, where so many are expected to be new (null: nobody can say).';
