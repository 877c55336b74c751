create or replace function ingest.trace_follow(p_target_id bigint, p_follower_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('follow',
    format('%s %s %s, seen first at %s', f.follower_id, case when f.deleted_at is null then 'follows' else 'followed' end, f.target_id,
           base.format_time(f.first_seen_at))
    || case when f.deleted_at is null then '' else format(', gone since %s', base.format_time(f.deleted_at)) end,
    jsonb_strip_nulls(jsonb_build_object('target_id', f.target_id::text, 'follower_id', f.follower_id::text, 'deleted_at', f.deleted_at)),
    ingest.trace_changes('follow', p_target_id, p_follower_id)
    || ingest.trace_sight('followers', p_target_id, p_follower_id)
    || ingest.trace_sight('following', p_follower_id, p_target_id)
    || case when f.deleted_at is null then
         ingest.trace_absence('followers', p_target_id, p_follower_id) || ingest.trace_absence('following', p_target_id, p_follower_id)
       else '[]' end)
  from graph.follows as f
  where f.target_id = p_target_id and f.follower_id = p_follower_id;
$$;
comment on function ingest.trace_follow(bigint, bigint) is 'Where the row of a follow comes from, as a reason; null for one that is not known.';
