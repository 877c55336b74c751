create or replace function graph.drop_forgotten_profiles(p_profiles graph.profile[])
  returns graph.profile[]
  language plpgsql
  stable
as $$
begin
  -- Mostly nobody was ever forgotten, which is told at once.
  if not exists (select from graph.forgotten_users) then
    return p_profiles;
  end if;
  return array(
    select case when f.user_id is null then p_profiles[i]
                else jsonb_populate_record(null::graph.profile, jsonb_build_object('user_id', f.user_id, 'is_protected', (p_profiles[i]).is_protected)) end
    from generate_subscripts(p_profiles, 1) as i
    left join lateral (select user_id from graph.forgotten_users where user_id = (p_profiles[i]).user_id limit 1) as f on true
    order by i);
end;
$$;
comment on function graph.drop_forgotten_profiles(graph.profile[]) is
  'The same profiles; of users who were forgotten, the number, and whether they are protected, which says what can be bought.';
