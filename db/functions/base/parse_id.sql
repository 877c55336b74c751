create or replace function base.parse_id(p_text text)
  returns bigint
  language sql
  immutable
as $$
  select case
    when p_text ~ '^[0-9]{1,18}$' or (p_text ~ '^[0-9]{19}$' and p_text collate "C" <= '9223372036854775807')
    then nullif(p_text::bigint, 0)
  end;
$$;
comment on function base.parse_id(text) is 'An X id from its decimal text; null when it is none, or out of the range of bigint (G1).';
