create or replace function asset.freshness_of(p_instance_id bigint)
  returns table (fresh_within interval, or_default boolean)
  language sql
  stable
as $$
  select min(r.fresh_within), coalesce(bool_or(r.fresh_within is null), true)
  from asset.wants as w join asset.roots as r using (root_id)
  where w.instance_id = p_instance_id;
$$;
comment on function asset.freshness_of(bigint) is 'The smallest window that a root of this instance asks for expressly, and whether another one leaves it to the setting.';
