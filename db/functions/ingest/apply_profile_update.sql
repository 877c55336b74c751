create or replace function ingest.apply_profile_update(p_event ingest.webhook_events, p_tidings ingest.tidings)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_user_id constant bigint := split_part(p_tidings.subject, ' ', 2)::bigint;
  v_field constant text := case p_tidings.field when 'bio' then 'description' when 'profile_picture' then 'image_url' when 'screenname' then 'name'
                                                when 'handle' then 'handle' when 'geo' then 'location' when 'url' then 'url' end;
  v_value constant text := case v_field when 'handle' then ltrim(p_tidings.value, '@') else p_tidings.value end;
  v_profile graph.profile;
begin
  select * into v_profile from jsonb_populate_record(null::graph.profile, (select to_jsonb(u) from graph.users as u where u.user_id = v_user_id));
  if v_profile.user_id is null then
    return row('ignored', 'nobody here knows ' || p_tidings.subject, null, null, null, null)::ingest.verdict;
  elsif v_field is null then
    return row('ignored', p_tidings.field || ' is not kept', null, null, null, null)::ingest.verdict;
  elsif v_field = 'handle' and coalesce(v_value !~ '^[A-Za-z0-9_]{1,50}$', true) then
    return row('malformed', 'payload.after is no handle', null, null, null, null)::ingest.verdict;
  end if;
  v_profile := jsonb_populate_record(v_profile, jsonb_build_object(v_field, v_value));
  perform graph.write_users(array[v_profile], null, p_event.event_id);
  return row('applied', format('%s of %s', p_tidings.field, p_tidings.subject), null, null, null, null)::ingest.verdict;
end;
$$;
comment on function ingest.apply_profile_update(ingest.webhook_events, ingest.tidings) is
  'Changes one field of a profile that is known here. The caller holds graph.lock_writer().';
