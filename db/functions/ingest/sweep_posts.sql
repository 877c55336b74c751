create or replace function ingest.sweep_posts(p_run ingest.runs, p_cursor_exhausted boolean)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_gone_ids bigint[];
  v_doubted_ids bigint[];
begin
  with seen as materialized (
    select distinct unnest(item_ids) as post_id from ingest.pages where run_id = p_run.run_id and page_no >= p_run.first_page
  ), oldest as (
    select min(post_id) as post_id from seen
  )
  select array_agg(p.post_id) filter (where p.post_id > o.post_id), array_agg(p.post_id) filter (where p.post_id > o.post_id is not true)
  into v_gone_ids, v_doubted_ids
  from graph.posts as p
  cross join oldest as o
  where p.author_id = p_run.subject_id and p.deleted_at is null
    and not exists (select from seen where post_id = p.post_id)
    and not exists (select from graph.post_changes as c
                    where c.author_id = p.author_id and c.change_id = p.change_id and c.change_id > p_run.start_position and c.run_id is distinct from p_run.run_id)
    and not exists (select from ingest.webhook_events where post_id = p.post_id and event_type = 'post.create' and position > p_run.start_position);

  -- Not seen and not newer than the oldest one seen: no evidence either way. Where the list really ended, a look-up by id settles it.
  if p_cursor_exhausted and v_doubted_ids is not null then
    perform ingest.start_lookups('post_lookup', v_doubted_ids, 'evidence');
  end if;
  return case when v_gone_ids is null then 0 else graph.remove_posts(v_gone_ids, p_run.run_id) end;
end;
$$;
comment on function ingest.sweep_posts(ingest.runs, boolean) is
  'Marks the posts that a full run to the end or the cap did not see and that are newer than the oldest it saw (G4); returns how many.';
