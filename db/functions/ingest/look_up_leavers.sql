create or replace function ingest.look_up_leavers(p_ends graph.follow_changes[])
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
begin
  -- Answers write what became of these too: of many at once, in an order of their own.
  perform graph.lock_writer();
  with unknown as (
    select r.hidden_id, e.target_id, e.change_id
    from unnest(p_ends) as e
    cross join lateral ingest.reason_of_end(e) as r
    where r.reason = 'unknown' and ingest.taken_up_again_at(e) = 'infinity'
      and not exists (select from ingest.missing where resource = 'user' and item_key = r.hidden_id::text and ask_again_at > base.now())
  ), asked as (
    insert into ingest.departures as d (user_id, target_id, change_id, asked_at)
    select hidden_id, target_id, change_id, base.now() from unknown
    on conflict (user_id, target_id, change_id) do update set asked_at = excluded.asked_at, reason = null, known_at = null
    returning d.user_id
  )
  select array_agg(distinct user_id) into v_user_ids from asked;
  return coalesce(ingest.start_lookups('users', v_user_ids, 'leaver'), '{}');
end;
$$;
comment on function ingest.look_up_leavers(graph.follow_changes[]) is
  'Has everybody looked up of whom nothing says why these follows ended, but for those who were looked up in vain lately (I6); returns the runs. Those whom a look-up under way shows are waited for.';
