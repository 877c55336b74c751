-- X's Activity API: what it sends to a webhook. The door is ingest.x_activity_tidings(); nothing else in the database knows how X says it.
-- Facts from X's documentation of July 2026: user objects come bare or in a `data` of their own, numbers with a copy named …_str, follows
-- without a time.

create or replace function ingest.x_activity_unwrap(p_object jsonb)
  returns jsonb
  language sql
  immutable
as $$
  select case when jsonb_typeof(p_object -> 'data') = 'object' then p_object -> 'data' else p_object end;
$$;
comment on function ingest.x_activity_unwrap(jsonb) is 'An object, out of the `data` that may be around it.';

create or replace function ingest.x_activity_envelope(p_payload jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
declare
  v_once constant jsonb := ingest.x_activity_unwrap(p_payload);
begin
  return case when v_once ? 'event_type' then v_once else ingest.x_activity_unwrap(v_once) end;
end;
$$;
comment on function ingest.x_activity_envelope(jsonb) is 'The object with event_uuid, event_type, filter and payload, out of one `data` or two.';

create or replace function ingest.x_activity_time(p_payload jsonb)
  returns text
  language plpgsql
  immutable
as $$
declare
  v_envelope constant jsonb := ingest.x_activity_envelope(p_payload);
begin
  return case when v_envelope ->> 'event_type' = 'post.create' then ingest.x_activity_unwrap(v_envelope -> 'payload') ->> 'created_at' end;
end;
$$;
comment on function ingest.x_activity_time(jsonb) is 'When it happened, as X writes it; null where X does not say.';

create or replace function ingest.x_activity_profiles(p_payload jsonb)
  returns graph.profile[]
  language plpgsql
  stable
as $$
declare
  v_envelope constant jsonb := ingest.x_activity_envelope(p_payload);
  v_included constant jsonb := coalesce(v_envelope #> '{includes,users}', p_payload #> '{includes,users}');
  v_rows jsonb;
begin
  select coalesce(jsonb_agg(ingest.x_activity_unwrap(u.object) order by u.place), '[]')
  into v_rows
  from (
    select object, place from jsonb_array_elements(case when jsonb_typeof(v_included) = 'array' then v_included end) with ordinality as i (object, place)
    union all
    select v_envelope #> '{payload,source}', 1000001 where v_envelope ->> 'event_type' like 'follow.%'
    union all
    select v_envelope #> '{payload,target}', 1000002 where v_envelope ->> 'event_type' like 'follow.%'
  ) as u
  -- A bare id is no profile.
  where ingest.x_activity_unwrap(u.object) ? 'username';
  return ingest.x_v2_profiles(v_rows);
exception
  when data_exception then
    return ingest.x_v2_profiles((ingest.x_v2_sort_rows(v_rows, false)).good);
end;
$$;
comment on function ingest.x_activity_profiles(jsonb) is 'The users that an event shows whole: they are paid for with it. Those that cannot be read are passed over.';

create or replace function ingest.x_activity_post(p_envelope jsonb)
  returns graph.post
  language plpgsql
  stable
as $$
declare
  v_object jsonb := ingest.x_activity_unwrap(p_envelope -> 'payload');
begin
  if p_envelope ->> 'event_type' = 'post.delete' then
    v_object := jsonb_build_object('id', v_object -> 'id', 'text', '');
  elsif not v_object ? 'author_id' then
    -- Only posts of the filtered user are told.
    v_object := v_object || jsonb_build_object('author_id', p_envelope #> '{filter,user_id}');
  end if;
  return (ingest.x_v2_posts(jsonb_build_array(v_object)))[1];
exception
  when data_exception then
    return null;
end;
$$;
comment on function ingest.x_activity_post(jsonb) is 'The post that was made, or of one that was deleted its id; null when it cannot be read.';

create or replace function ingest.x_activity_tidings(p_payload jsonb)
  returns ingest.tidings
  language plpgsql
  stable
as $$
declare
  v_envelope constant jsonb := ingest.x_activity_envelope(p_payload);
  v_type constant text := v_envelope ->> 'event_type';
  v_tidings ingest.tidings;
begin
  v_tidings.profiles := ingest.x_activity_profiles(p_payload);
  if v_type is null then
    v_tidings.fault := 'it names no event_type';
  elsif v_type in ('follow.follow', 'follow.unfollow') then
    v_tidings.subject := 'user ' || base.parse_id(ingest.x_activity_unwrap(v_envelope #> '{payload,source}') ->> 'id');
    v_tidings.object := 'user ' || base.parse_id(ingest.x_activity_unwrap(v_envelope #> '{payload,target}') ->> 'id');
    v_tidings.fault := case when num_nulls(v_tidings.subject, v_tidings.object) > 0 then 'source or target has no id'
                            when v_tidings.subject = v_tidings.object then 'source and target are the same' end;
  elsif v_type = 'post.create' and (ingest.x_v2_skip_retweets(jsonb_build_array(ingest.x_activity_unwrap(v_envelope -> 'payload')))).kept = '[]' then
    v_tidings.field := 'retweet';
  elsif v_type in ('post.create', 'post.delete') then
    v_tidings.post := ingest.x_activity_post(v_envelope);
    v_tidings.subject := 'user ' || (v_tidings.post).author_id;
    v_tidings.fault := case when (v_tidings.post).post_id is null then 'its post cannot be read'
                            when v_type = 'post.create' and v_tidings.subject is null then 'its post has no author' end;
  elsif v_type like 'profile.update.%' then
    v_tidings.subject := 'user ' || base.parse_id(v_envelope #>> '{filter,user_id}');
    v_tidings.field := substr(v_type, 16);
    v_tidings.value := nullif(v_envelope #>> '{payload,after}', '');
    v_tidings.fault := case when v_tidings.subject is null then 'its filter names no user'
                            when coalesce(jsonb_typeof(v_envelope #> '{payload,after}'), 'null') not in ('string', 'null') then 'payload.after is no text' end;
  end if;
  return v_tidings;
end;
$$;
comment on function ingest.x_activity_tidings(jsonb) is 'Reads what X sent. Raises nothing: what cannot be read has a fault, and of an unknown type only the users are read.';
