create or replace function ingest.is_look_wanted(p_sync_kind text, p_user_id bigint)
  returns boolean
  language plpgsql
  stable
as $$
begin
  if not exists (select from graph.users where user_id = p_user_id) then
    return true;
  elsif p_sync_kind = 'posts' then
    -- X bills no row when nothing is newer than since_id.
    return false;
  end if;
  return not exists (
    select from ingest.subjects
    where subject_id = p_user_id
      and (sync_kind = 'users' and refused_class is null and fresh_at >= base.now() - base.setting_interval('counts.serve_for')
        -- A protected user's profile costs something each day, and to be refused the list costs nothing.
        or sync_kind = p_sync_kind and refused_class = 'subject_protected'));
end;
$$;
comment on function ingest.is_look_wanted(text, bigint) is 'Whether a user''s profile must be looked at before a list is read: to have it at all (G2), or for its counts (I9).';
