create or replace function asset.put_off(p_mark_ids bigint[], p_look_at timestamptz)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- Whoever works off the queue takes marks away at its end: they are left to it.
  update asset.marks as m set look_at = p_look_at
  from (
    select mark_id from asset.marks where mark_id = any (p_mark_ids) and look_at <= base.now() order by mark_id for no key update skip locked
  ) as free
  where m.mark_id = free.mark_id;
end;
$$;
comment on function asset.put_off(bigint[], timestamptz) is 'These marks were looked at: not again before a time. Infinity keeps them as causes of what another mark will bring about.';
