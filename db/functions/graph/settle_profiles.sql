create or replace function graph.settle_profiles(p_profiles graph.profile[])
  returns graph.profile[]
  language plpgsql
  immutable
as $$
declare
  v_is_settled boolean;
begin
  select count(*) = count(distinct user_id) and count(handle) = count(distinct lower(handle))
  into v_is_settled
  from unnest(p_profiles);
  if v_is_settled then
    return p_profiles;
  end if;
  -- Two sights of one user, or of one handle, in one page: the later one is the truth, and the earlier holder's handle is not said.
  return array(
    select row(p.user_id, case when p.handle_rank = 1 then p.handle end, p.name, p.description, p.location, p.url, p.image_url, p.is_verified,
               p.verified_type, p.is_protected, p.joined_at, p.followers_count, p.following_count, p.post_count, p.listed_count, null)::graph.profile
    from (
      select d.*, row_number() over (partition by lower(d.handle) order by d.position desc) as handle_rank
      from (
        select distinct on (user_id) *
        from unnest(p_profiles) with ordinality as u (user_id, handle, name, description, location, url, image_url, is_verified, verified_type,
          is_protected, joined_at, followers_count, following_count, post_count, listed_count, payload_hash, position)
        order by user_id, position desc
      ) as d
    ) as p
    order by p.position
  );
end;
$$;
comment on function graph.settle_profiles(graph.profile[]) is 'The same profiles with each user once, and each handle (whatever its case) with one of them: the last.';
