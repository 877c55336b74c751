create or replace function ingest.store_rows(p_run ingest.runs, p_answer ingest.answer, p_asked_at timestamptz)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_ended_ids constant bigint[] := ingest.ended_since(p_run, p_answer.item_ids, p_asked_at);
  v_ids bigint[];
  v_subject_ids bigint[];
begin
  if p_answer.profiles is not null then
    perform graph.write_users(p_answer.profiles, p_run.run_id);
    perform ingest.adopt_posts(array(select user_id from unnest(p_answer.profiles)), p_run.run_id);
  end if;
  if p_run.sync_kind in ('followers', 'following') then
    -- The ids of rows that were set aside come last; they are no users here.
    v_ids := p_answer.item_ids[:p_answer.resource_count - coalesce(cardinality(p_answer.rejects), 0)];
    if v_ended_ids <> '{}' then
      v_ids := array(select i from unnest(v_ids) as i where i <> all (v_ended_ids));
    end if;
    v_subject_ids := array_fill(p_run.subject_id, array[cardinality(v_ids)]);
  end if;
  if v_ended_ids <> '{}' and p_answer.posts is not null then
    p_answer.posts := array(select p from unnest(p_answer.posts) as p where p.post_id <> all (v_ended_ids));
  end if;
  if p_run.sync_kind <> 'search' and num_nonnulls(p_run.item_ids, p_run.handles) > 0 then
    perform ingest.record_missing(p_run, p_answer);
  end if;
  return case p_run.sync_kind
    when 'followers' then graph.write_follows(v_subject_ids, v_ids, p_run.run_id)
    when 'following' then graph.write_follows(v_ids, v_subject_ids, p_run.run_id)
    when 'posts' then graph.write_posts(p_answer.posts, p_run.run_id)
    when 'search' then graph.write_posts(p_answer.posts, p_run.run_id)
    when 'post_lookup' then graph.write_posts(p_answer.posts, p_run.run_id)
    else 0
  end;
end;
$$;
comment on function ingest.store_rows(ingest.runs, ingest.answer, timestamptz) is
  'Writes a page, asked for at a time, into the graph, but what events have ended since; returns how many edges or posts changed.';
