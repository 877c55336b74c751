create or replace function asset.describe_member(p_moved_id bigint, p_first_entered_at timestamptz, p_entered_at timestamptz, p_left_at timestamptz)
  returns text
  language sql
  stable
as $$
  select case when p_moved_id is null then 'never in'
    else format('%s by materialization %s, in since %s, first %s', case when p_left_at is null then 'in' else 'left ' || base.format_time(p_left_at) end,
                p_moved_id, base.format_time(p_entered_at), base.format_time(p_first_entered_at)) end;
$$;
comment on function asset.describe_member(bigint, timestamptz, timestamptz, timestamptz) is 'A row of asset.members in words.';
