create or replace function base.noted(p_what text)
  returns bigint[]
  language plpgsql
  stable
as $$
begin
  return string_to_array(nullif(rtrim(pg_catalog.current_setting('rookery.' || p_what, true)), ''), ' ')::bigint[];
end;
$$;
comment on function base.noted(text) is 'The ids that were noted (base.note), the first hundred or so, with repetitions; null for none. Trust it only after base.forget_notes(): any session may set a setting.';
