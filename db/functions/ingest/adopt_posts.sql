create or replace function ingest.adopt_posts(p_user_ids bigint[], p_run_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_posts graph.post[];
begin
  -- Mostly nobody waits at all, which the index tells at once.
  if not exists (select from ingest.rejects where author_id is not null) then
    return;
  end if;
  with adopted as (
    -- What X hides by now is not kept.
    delete from ingest.rejects as r using graph.users as u
    where r.author_id = any (p_user_ids) and u.user_id = r.author_id
    returning r.reject_id, jsonb_populate_record(null::graph.post, case when u.is_protected then r.raw - 'text' else r.raw end) as post
  )
  select array_agg(a.post) into v_posts
  from (select distinct on ((post).post_id) post from adopted order by (post).post_id, reject_id desc) as a
  where not exists (select from ingest.webhook_events where post_id = (a.post).post_id and event_type = 'post.delete' and state = 'applied');
  if v_posts is not null then
    perform graph.write_posts(v_posts, p_run_id);
  end if;
end;
$$;
comment on function ingest.adopt_posts(bigint[], bigint) is
  'These users are here now: posts of theirs that were set aside before are stored, as they were seen last and unless X told that they were deleted, by the run that brought the users (I5). The caller holds graph.lock_writer().';
