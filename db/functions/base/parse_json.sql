create or replace function base.parse_json(p_text text)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  return p_text::jsonb;
exception
  -- Two kinds of text are JSON to everyone but PostgreSQL: \u0000 and lone surrogates. Only then is the text rewritten, and read once more.
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
  'The JSON in a hostile text, with U+FFFD for escapes that PostgreSQL cannot store; null when it is no JSON. Raises nothing.';
