create or replace function ingest.profile_count(p_sync_kind text, p_user_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return (
    select case p_sync_kind when 'followers' then c.followers_count when 'following' then c.following_count when 'posts' then c.post_count end
    from ingest.subjects as s join graph.user_counts as c on c.user_id = s.subject_id
    where s.sync_kind = 'users' and s.subject_id = p_user_id
      and s.refused_class is null and s.fresh_at >= base.now() - base.setting_interval('counts.serve_for'));
end;
$$;
comment on function ingest.profile_count(text, bigint) is 'How many followers, followed or posts a user''s profile counts; null when it was not looked at lately, or does not say.';
