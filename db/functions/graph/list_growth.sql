create or replace function graph.list_growth(p_list text, p_user_id bigint, p_after bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return case p_list
    when 'followers' then (
      select coalesce(sum(case change when 'removed' then -1 else 1 end), 0) from graph.follow_changes
      where target_id = p_user_id and change_id > p_after)
    when 'following' then (
      select coalesce(sum(case change when 'removed' then -1 else 1 end), 0) from graph.follow_changes
      where follower_id = p_user_id and change_id > p_after) end;
end;
$$;
comment on function graph.list_growth(text, bigint, bigint) is 'By how many edges a user''s followers or following have grown since a position, by the log; reads what changed since.';
