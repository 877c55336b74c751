create or replace function ingest.taken_up_again_at(p_end graph.follow_changes)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  if (select change_id from graph.follows where target_id = p_end.target_id and follower_id = p_end.follower_id) = p_end.change_id then
    return 'infinity'::timestamptz;
  end if;
  return (
    select changed_at from graph.follow_changes
    where follower_id = p_end.follower_id and target_id = p_end.target_id and change_id > p_end.change_id
    order by change_id limit 1);
end;
$$;
comment on function ingest.taken_up_again_at(graph.follow_changes) is 'When a follow that was found ended was there again; infinity: not yet.';
