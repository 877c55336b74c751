create or replace function base.render_reason(p_reason jsonb, p_depth integer default 0)
  returns setof text
  language plpgsql
  immutable
as $$
declare
  v_because jsonb;
begin
  -- A line is broken before the word that would pass the 100th column, a word only when it is longer than a line.
  return query
    select repeat('  ', p_depth + case when l.position > 1 then 2 else 0 end) || l.words[1]
    from regexp_matches(p_reason ->> 'says', format('(\S.{0,%1$s}(?=\s|$)|\S{1,%1$s})\s*', greatest(95 - 2 * p_depth, 40)), 'g')
         with ordinality as l (words, position);
  for v_because in select b.value from jsonb_array_elements(p_reason -> 'because') as b loop
    return query select line from base.render_reason(v_because, p_depth + 1) as line;
  end loop;
end;
$$;
comment on function base.render_reason(jsonb, integer) is 'A reason and all that is behind it as lines of text, indented by how far behind.';
