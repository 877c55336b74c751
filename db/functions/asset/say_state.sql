create or replace function asset.say_state(p_instance asset.instances, p_state text, p_until_at timestamptz)
  returns text
  language sql
  stable
as $$
  select case p_state
    when 'resting' then ' rests: no enabled root reaches it'
    when 'queued' then ' is queued to be materialized from everything, by a tick that does nothing else'
    when 'failed' then ' failed'
    when 'waiting_for_dependency' then ' waits for what it is made from'
    when 'waiting_for_sync' then ' waits for syncs'
    when 'locked' then ' was in another worker''s hands when it was looked at'
    when 'pending' then ' has something to do: the next tick looks at it'
    when 'fresh' then format(' is up to date: what it reads has not moved since materialization %s', p_instance.checkpoint_id)
  end || case when p_state in ('queued', 'pending') then ''
              when p_until_at is null then '; nothing will move it by itself'
              else format('; next look %s', base.format_time(p_until_at)) end;
$$;
comment on function asset.say_state(asset.instances, text, timestamptz) is 'A state of asset.state_of() in words.';
