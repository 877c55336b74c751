create or replace function ingest.trace_post(p_post_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('post',
    format('post %s by %s of %s', p.post_id, p.author_id, base.format_time(p.posted_at))
    || case when p.deleted_at is null then '' else format(', gone since %s', base.format_time(p.deleted_at)) end,
    jsonb_strip_nulls(jsonb_build_object('post_id', p.post_id::text, 'author_id', p.author_id::text, 'deleted_at', p.deleted_at)),
    ingest.trace_changes('post', p_post_id) || ingest.trace_sight('posts', p.author_id, p_post_id))
  from graph.posts as p
  where p.post_id = p_post_id;
$$;
comment on function ingest.trace_post(bigint) is 'Where a post''s row comes from, as a reason; null for one that is not known.';
