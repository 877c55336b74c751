create or replace function base.parse_time(p_text text)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  -- The form is checked first: timestamptz itself would take `now` and `infinity`.
  if p_text ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$' then
    return p_text::timestamptz;
  end if;
  return null;
exception
  when data_exception then
    return null;
end;
$$;
comment on function base.parse_time(text) is 'A time from ISO 8601 with a zone; null for anything else. For single values: a page is cast as a whole first.';
