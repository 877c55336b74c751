create or replace function asset.freshness_of(p_instance_id bigint)
  returns table (
    fresh_within interval, or_default boolean, reconcile_within interval, reconcile_or_default boolean, reconcile_doubt numeric, doubt_or_default boolean)
  language sql
  stable
as $$
  select min(r.fresh_within), coalesce(bool_or(r.fresh_within is null), true),
         min(r.reconcile_within), coalesce(bool_or(r.reconcile_within is null), true),
         min(r.reconcile_doubt), coalesce(bool_or(r.reconcile_doubt is null), true)
  from asset.wants as w join asset.roots as r using (root_id)
  where w.instance_id = p_instance_id;
$$;
comment on function asset.freshness_of(bigint) is
  'Of the windows of freshness, the ages and the doubts at which lists are read in full: the smallest that a root of this instance asks for expressly, and whether another one leaves it to the setting.';
