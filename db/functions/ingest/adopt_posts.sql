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
    delete from ingest.rejects where author_id = any (p_user_ids)
    returning reject_id, jsonb_populate_record(null::graph.post, raw) as post
  )
  select array_agg(a.post) into v_posts
  from (select distinct on ((post).post_id) post from adopted order by (post).post_id, reject_id desc) as a;
  if v_posts is not null then
    perform graph.write_posts(v_posts, p_run_id);
  end if;
end;
$$;
comment on function ingest.adopt_posts(bigint[], bigint) is
  'These users are here now: posts of theirs that were set aside before are stored, as they were seen last, by the run that brought the users (I5). The caller holds graph.lock_writer().';
