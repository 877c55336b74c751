create or replace function ingest.trace_sight(p_sync_kind text, p_subject_id bigint, p_item_id bigint)
  returns jsonb
  language sql
  stable
as $$
  -- Receipts are arrays: the last three runs of this one list, and at most a hundred pages of them, are searched; an older sight is not found.
  select coalesce(jsonb_agg(s.reason), '[]')
  from (
    select base.build_reason('sight', format('last seen at %s on page %s of %s', base.format_time(p.received_at), p.page_no, p.name),
             jsonb_build_object('run_id', p.run_id, 'page', p.page_no, 'seen_at', p.received_at)) as reason
    from (
      select g.*, r.name
      from (
        select l.run_id, ingest.name_run(l) as name
        from (
          (select * from ingest.runs where sync_kind = p_sync_kind and subject_id = p_subject_id order by run_id desc limit 3)
          union all
          -- Of an author's posts, also the last searches: no further back than a thousand of all authors'.
          (select s.* from (
             select * from ingest.runs
             where p_sync_kind = 'posts' and sync_kind = 'search' and subject_id is null order by run_id desc limit 1000) as s
           where p_subject_id = any (s.item_ids) order by s.run_id desc limit 3)
        ) as l
      ) as r
      join ingest.pages as g using (run_id)
      order by g.run_id desc, g.page_no desc
      limit 100
    ) as p
    where p_item_id = any (p.item_ids)
    order by p.run_id desc, p.page_no desc
    limit 1
  ) as s;
$$;
comment on function ingest.trace_sight(text, bigint, bigint) is 'The last page of a subject''s list that showed an item, as a list of at most one reason; searched no further back than a hundred pages.';
