create or replace function ingest.start_polls(p_author_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_searched_ids bigint[] := array(select author_id from ingest.find_searchable(p_author_ids));
  v_soon_ids bigint[];
begin
  if v_searched_ids <> '{}' then
    -- An early poll costs nothing, and who is polled together stays together.
    v_soon_ids := array(
      select subject_id from ingest.due
      where sync_kind = 'posts' and due_at > base.now() and due_at <= base.now() + base.setting_interval('search.spread')
      order by due_at, subject_id limit base.setting_integer('tick.items') for update skip locked);
    v_soon_ids := array(select author_id from ingest.find_searchable(v_soon_ids));
    delete from ingest.due where sync_kind = 'posts' and subject_id = any (v_soon_ids);
    perform ingest.start_searches(v_searched_ids || v_soon_ids);
  end if;
  perform ingest.start_list_runs('posts', array(select i from unnest(p_author_ids) as i where i <> all (v_searched_ids) order by i));
end;
$$;
comment on function ingest.start_polls(bigint[]) is
  'Starts syncs of these authors'' posts: searches for many at once where that can be (I5), and brings along who is due soon; timelines for the rest.';
