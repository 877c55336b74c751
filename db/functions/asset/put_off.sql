create or replace function asset.put_off(p_mark_ids bigint[], p_look_at timestamptz)
  returns void
  language plpgsql
  volatile
as $$
begin
  update asset.marks set look_at = p_look_at where mark_id = any (p_mark_ids) and look_at <= base.now();
end;
$$;
comment on function asset.put_off(bigint[], timestamptz) is 'These marks were looked at: not again before a time. Infinity keeps them as causes of what another mark will bring about.';
