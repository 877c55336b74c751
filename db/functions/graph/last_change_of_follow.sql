create or replace function graph.last_change_of_follow(p_target_id bigint, p_follower_id bigint, p_until bigint)
  returns graph.follow_changes
  language plpgsql
  stable
as $$
declare
  v_change_id bigint;
  v_change graph.follow_changes;
begin
  select change_id into v_change_id from graph.follows where target_id = p_target_id and follower_id = p_follower_id;
  if v_change_id <= p_until then
    select * into v_change from graph.follow_changes where target_id = p_target_id and change_id = v_change_id;
  elsif found then
    -- By the follower: nobody follows as many as may follow one.
    select * into v_change from graph.follow_changes
    where follower_id = p_follower_id and target_id = p_target_id and change_id <= p_until
    order by change_id desc limit 1;
  end if;
  return v_change;
end;
$$;
comment on function graph.last_change_of_follow(bigint, bigint, bigint) is 'The last change of a follow up to a position of the graph; all null when it was not there yet.';
