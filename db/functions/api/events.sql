create or replace function api.events(
    p_instance_id bigint, p_limit integer default 100, p_before_materialization_id bigint default null, p_before_item_id bigint default null)
  returns table (materialization_id bigint, item_id bigint, event text, is_first_appearance boolean, at timestamptz)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  if p_limit is null or p_limit not between 1 and 10000 then
    raise exception 'a page cannot have % events', coalesce(p_limit::text, 'null')
      using errcode = 'RK012', hint = 'Give a p_limit from 1 to 10000.';
  end if;
  -- The page first: joined before the limit, everything that is older would be sorted for it.
  return query
    select e.materialization_id, e.item_id, case when e.is_enter then 'enter' else 'exit' end, e.is_first_appearance, m.completed_at
    from (
      select v.materialization_id, v.item_id, v.is_enter, v.is_first_appearance
      from asset.events as v
      where v.item_kind = v_item_kind and v.instance_id = p_instance_id
        and (v.materialization_id, v.item_id) < (coalesce(p_before_materialization_id, 9223372036854775807), coalesce(p_before_item_id, 0))
      order by v.materialization_id desc, v.item_id desc
      limit p_limit
    ) as e
    join asset.materializations as m on m.instance_id = p_instance_id and m.materialization_id = e.materialization_id
    order by e.materialization_id desc, e.item_id desc;
end;
$$;
comment on function api.events(bigint, integer, bigint, bigint) is
  'Enters and exits of an instance, newest first. The next page: the same call with the last row''s materialization_id and item_id as p_before_…. Errors RK004, RK012.';
