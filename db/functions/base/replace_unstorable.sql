create or replace function base.replace_unstorable(p_text text)
  returns text
  language sql
  immutable
as $$
  -- First an escaped backslash becomes \u005c, so that every backslash left begins an escape.
  select regexp_replace(regexp_replace(regexp_replace(regexp_replace(replace(p_text,
    '\\', '\u005c'),
    '\\u0000', '\\ufffd', 'g'),
    '\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})', '\\ufffd', 'g'),
    '(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}', '\\ufffd', 'g'),
    '("(?:[^"\\]|\\.)*"\s*:\s*)-?\d+(?:\.\d+)?[eE]\+?\d{4,}', '\1null', 'g');
$$;
comment on function base.replace_unstorable(text) is
  'JSON text without what PostgreSQL cannot store: \ufffd for the escapes \u0000 and lone surrogates, null for a member that is a number beyond numeric. For a text that was refused, since it looks at no string from within.';
