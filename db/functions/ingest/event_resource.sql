create or replace function ingest.event_resource(p_event_type text)
  returns text
  language plpgsql
  immutable
as $$
begin
  return case
    when p_event_type in ('follow.follow', 'follow.unfollow') then 'follow_event'
    when p_event_type in ('post.create', 'post.delete') then 'post_event'
    when p_event_type like 'profile.update.%' then 'profile_event'
  end;
end;
$$;
comment on function ingest.event_resource(text) is 'As which resource of ingest.prices X bills an event of a type; null for one that is not known here.';
