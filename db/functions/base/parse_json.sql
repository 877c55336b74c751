create or replace function base.parse_json(p_text text)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  return p_text::jsonb;
exception
  -- Some texts are JSON to everyone but PostgreSQL: \u0000, lone surrogates, 1e999999. Only then is the text rewritten, and read once more.
  when data_exception or program_limit_exceeded then
    begin
      return base.replace_unstorable(p_text)::jsonb;
    exception
      when data_exception or program_limit_exceeded then
        return null;
    end;
end;
$$;
comment on function base.parse_json(text) is
  'The JSON in a hostile text, without what PostgreSQL cannot store (base.replace_unstorable); null when it is no JSON. Raises nothing.';
