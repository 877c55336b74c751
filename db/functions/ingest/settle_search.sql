create or replace function ingest.settle_search(p_run ingest.runs, p_cursor_exhausted boolean)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_asked_at constant timestamptz := ingest.asked_at(p_run);
  v_was_cut boolean;
begin
  select next_token is not null into v_was_cut from ingest.pages where run_id = p_run.run_id and page_no = p_run.page_count;
  -- A post that came to the index late may have a smaller id than one that was there: no timeline begins behind it.
  with newest as (
    select p.author_id, max(p.post_id) as post_id
    from ingest.pages as g
    cross join unnest(g.item_ids) as i (post_id)
    join graph.posts as p using (post_id)
    where g.run_id = p_run.run_id and g.page_no >= p_run.first_page
      and p.post_id < ingest.x_v2_id_at(v_asked_at - base.setting_interval('search.overlap'))
    group by p.author_id
  )
  update ingest.subjects as s set
    fresh_at = base.now(),
    since_id = case when p_cursor_exhausted then greatest(s.since_id, n.post_id) else s.since_id end,
    polled_at = case when p_cursor_exhausted then greatest(s.polled_at, v_asked_at) when not v_was_cut then s.polled_at end,
    refused_class = null, refused_at = null, retry_at = null, failure_count = 0
  from unnest(p_run.item_ids) as a (author_id)
  left join newest as n using (author_id)
  where s.sync_kind = 'posts' and s.subject_id = a.author_id;
end;
$$;
comment on function ingest.settle_search(ingest.runs, boolean) is
  'After a search: each author''s posts are as if polled. One that was cut short is followed by timelines, one whose end is not proven by a search from the same place.';
