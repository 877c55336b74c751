create or replace function graph.list_size(p_list text, p_user_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return case p_list
    when 'followers' then (select count(*) from graph.follows where target_id = p_user_id and deleted_at is null)
    when 'following' then (select count(*) from graph.follows where follower_id = p_user_id and deleted_at is null) end;
end;
$$;
comment on function graph.list_size(text, bigint) is 'How many edges of a user''s followers or following are alive; reads them all.';
