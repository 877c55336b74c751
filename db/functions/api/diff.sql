create or replace function api.diff(p_instance_id bigint, p_from bigint, p_to bigint, p_limit integer default null, p_after_item_id bigint default 0)
  returns table (item_id bigint, change text, at timestamptz, reason text, by_whom text, known_at timestamptz,
                 handle text, name text, followers_count bigint)
  language plpgsql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  perform asset.check_span(p_instance_id, p_from, p_to);
  perform asset.check_page(p_limit, p_after_item_id);
  return query
    select d.item_id, d.change, d.at, d.reason, d.by_whom, d.known_at, u.handle::text, u.name, c.followers_count
    from asset.diff_page(v_item_kind, p_instance_id, coalesce(p_from, 0), p_to, p_limit, p_after_item_id) as d
    left join lateral (select author_id from graph.posts where v_item_kind = 'post' and post_id = d.item_id limit 1) as p on true
    left join lateral (
      select s.user_id, s.handle, s.name from graph.users as s where s.user_id = case v_item_kind when 'user' then d.item_id else p.author_id end limit 1
    ) as u on true
    left join lateral (select n.followers_count from graph.user_counts as n where n.user_id = u.user_id limit 1) as c on true
    order by d.item_id;
end;
$$;
comment on function api.diff(bigint, bigint, bigint, integer, bigint) is
  'Who entered and who left between two materializations of an instance, and why; net, in the order of their ids, all or a page. p_from null: since before the first. reason, of assets made of follows: followed, found (there when the list was first read), returned, unfollowed, suspended, deleted (or deactivated), protected, unknown (leavers_look_up finds out); of posts that left: deleted. by_whom: the item''s doing, or the subject''s; known_at: since when the reason is known; handle, name and followers_count are the user''s, or the post''s author''s. Errors RK004, RK012, RK016, RK020.';
