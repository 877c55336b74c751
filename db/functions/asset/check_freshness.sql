create or replace function asset.check_freshness(p_fresh_within interval, p_reconcile_within interval, p_reconcile_doubt numeric)
  returns void
  language plpgsql
  immutable
as $$
begin
  if p_fresh_within <= '0' then
    raise exception 'nothing can be fresh within %', p_fresh_within
      using errcode = 'RK014', hint = 'Give an interval above zero, or null for the window that is set.';
  end if;
  if p_reconcile_within <= '0' then
    raise exception 'a list cannot be read in full every %', p_reconcile_within
      using errcode = 'RK014', hint = 'Give an interval above zero, or null for the one that is set.';
  end if;
  if greatest(p_fresh_within, p_reconcile_within) > '1000 years' then
    raise exception 'nothing is planned for longer than 1000 years, not for %', greatest(p_fresh_within, p_reconcile_within)
      using errcode = 'RK014', hint = 'Give a shorter interval, or null for what is set.';
  end if;
  if p_reconcile_doubt not between 0 and 100 then
    raise exception '% percent of a list cannot be in doubt', p_reconcile_doubt
      using errcode = 'RK014', hint = 'Give a number from 0 (any doubt is too much) to 100, or null for the one that is set.';
  end if;
end;
$$;
comment on function asset.check_freshness(interval, interval, numeric) is 'Whether a root can ask for these windows and this doubt; null is always good. Error RK014.';
