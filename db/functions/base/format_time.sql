create or replace function base.format_time(p_at timestamptz)
  returns text
  language sql
  stable
as $$
  select coalesce(to_char(p_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), 'never');
$$;
comment on function base.format_time(timestamptz) is 'A time for a sentence, in UTC to the second; null is never.';
