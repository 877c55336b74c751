create or replace function base.replace_unstorable(p_text text)
  returns text
  language sql
  immutable
as $$
  -- An escape counts only after an even number of backslashes: (?<!\\)((?:\\\\)*) takes those in front of it along.
  select regexp_replace(regexp_replace(regexp_replace(p_text,
    '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g'),
    '(?<!\\)((?:\\\\)*)\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])', '\1\\ufffd', 'g'),
    '(?<!\\)((?:\\\\)*)(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}', '\1\\ufffd', 'g');
$$;
comment on function base.replace_unstorable(text) is 'JSON text with the escapes \u0000 and lone surrogates replaced by \ufffd.';
