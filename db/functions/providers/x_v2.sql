-- X's own API, version 2. Two doors: ingest.x_v2_request() says how to ask, ingest.x_v2_answer() what was answered. Nothing else in the database
-- knows X's paths, parameters, JSON or errors. Facts from X's OpenAPI document 2.167 and its documentation of August 2026.

create or replace function ingest.x_v2_vocabulary()
  returns text
  language sql
  stable
as $$
  select coalesce(nullif(base.setting_text('x_v2.vocabulary'), 'auto'), vocabulary, 'post')
  from ingest.providers where provider = 'x_v2';
$$;
comment on function ingest.x_v2_vocabulary() is 'post or tweet: the names that X is asked in, from the setting or as X was found to accept.';

create or replace function ingest.x_v2_request(p_call ingest.calls, p_run ingest.runs)
  returns table (path text, query jsonb)
  language sql
  stable
as $$
  select
    case p_call.endpoint
      when 'users' then '/2/users'
      when 'users_by_handle' then '/2/users/by'
      when 'followers' then format('/2/users/%s/followers', p_run.subject_id)
      when 'following' then format('/2/users/%s/following', p_run.subject_id)
      when 'timeline' then format('/2/users/%s/tweets', p_run.subject_id)
      when 'posts' then '/2/tweets'
    end,
    jsonb_strip_nulls(jsonb_build_object(
      'ids', array_to_string(p_run.item_ids, ','),
      'usernames', array_to_string(p_run.handles, ','),
      'max_results', case when p_call.endpoint in ('followers', 'following') then base.setting_text('page.follows')
                          when p_call.endpoint = 'timeline' then base.setting_text('page.posts') end,
      'pagination_token', p_call.page_token,
      'since_id', p_run.since_id::text,
      'user.fields', case when p_call.endpoint in ('users', 'users_by_handle', 'followers', 'following')
        then 'created_at,description,location,profile_image_url,protected,public_metrics,url,verified,verified_type' end,
      v.vocabulary || '.fields', case when p_call.endpoint in ('timeline', 'posts') then case v.vocabulary
        when 'post' then 'conversation_id,created_at,lang,note_post,public_metrics'
        else 'author_id,conversation_id,created_at,in_reply_to_user_id,lang,note_tweet,public_metrics' end end))
  from (select ingest.x_v2_vocabulary() as vocabulary) as v;
$$;
comment on function ingest.x_v2_request(ingest.calls, ingest.runs) is
  'Path and query of a call. No expansions: X bills what they return. Under post.fields the author is no field any more; it is known from the path or from the post.';

create or replace function ingest.x_v2_header(p_headers jsonb, p_name text)
  returns bigint
  language sql
  immutable
as $$
  select max(value::bigint)
  from jsonb_each_text(case when jsonb_typeof(p_headers) = 'object' then p_headers end)
  where lower(key) = p_name and value ~ '^\d{1,10}$';
$$;
comment on function ingest.x_v2_header(jsonb, text) is 'A header that holds a whole number; null when absent or anything else.';

create or replace function ingest.x_v2_refusal(p_error jsonb)
  returns text
  language sql
  immutable
as $$
  -- Suspended and not found have the same type: only title and detail tell them apart.
  select case regexp_replace(p_error ->> 'type', '^.*/', '')
    when 'resource-not-found' then
      case when p_error ->> 'title' = 'Forbidden' or p_error ->> 'detail' ilike '%suspended%' then 'suspended' else 'not_found' end
    when 'not-authorized-for-resource' then 'protected'
  end;
$$;
comment on function ingest.x_v2_refusal(jsonb) is 'Why X does not show what an entry of errors[] is about: suspended, not_found, protected; null for any other error.';

create or replace function ingest.x_v2_errors(p_body jsonb)
  returns setof jsonb
  language sql
  immutable
as $$
  select e
  from jsonb_array_elements(case when jsonb_typeof(p_body -> 'errors') = 'array' then p_body -> 'errors' end) as e
  where coalesce(e ->> 'section', 'data') = 'data';
$$;
comment on function ingest.x_v2_errors(jsonb) is 'The errors about the rows that were asked for; those about included objects say nothing of them.';

create or replace function ingest.x_v2_class_of_ok(p_endpoint text, p_body jsonb)
  returns text
  language sql
  immutable
as $$
  select case
    when jsonb_typeof(p_body) is distinct from 'object' then 'not_json'
    when jsonb_typeof(p_body -> 'data') in ('array', 'object') and p_body -> 'data' <> '[]' then 'page'
    -- Without rows it must look like a page of none: no problem document, nothing of the wrong type.
    when p_body ?| '{title,detail,status,message,error}' or coalesce(p_body -> 'data', 'null') not in ('null', '[]')
      or coalesce(jsonb_typeof(p_body -> 'errors'), 'array') <> 'array' then 'api_error'
    when not exists (select from ingest.x_v2_errors(p_body)) then 'page'
    when p_endpoint in ('users', 'users_by_handle', 'posts')
      then case when exists (select from ingest.x_v2_errors(p_body) as e where ingest.x_v2_refusal(e) is not null) then 'page' else 'api_error' end
    else (select coalesce('subject_' || min(ingest.x_v2_refusal(e)), 'api_error') from ingest.x_v2_errors(p_body) as e)
  end;
$$;
comment on function ingest.x_v2_class_of_ok(text, jsonb) is 'The class of a 200: X says much of what goes wrong with one.';

create or replace function ingest.x_v2_class(p_endpoint text, p_status integer, p_headers jsonb, p_body jsonb)
  returns text
  language sql
  immutable
as $$
  select case
    when p_status = 200 then ingest.x_v2_class_of_ok(p_endpoint, p_body)
    when p_status = 400 then case
      when p_body::text ~ 'pagination_token|next_token' then 'cursor_refused'
      when p_body::text ~ '(post|tweet)\.fields' then 'vocabulary_refused'
      else 'bad_request' end
    when p_status = 401 then 'unauthorized'
    when p_status = 402 then 'credits_depleted'
    when p_status = 403 then case when p_body::text ~* 'spend-?cap|spending' then 'spend_capped' else 'forbidden' end
    when p_status = 404 then 'not_found'
    when p_status = 429 then case
      when p_body::text ~* 'usage-?cap' then 'usage_capped'
      when ingest.x_v2_header(p_headers, 'x-rate-limit-remaining') > 0 then 'too_fast'
      else 'rate_limited' end
    when p_status between 500 and 599 then 'server_error'
    else 'unexpected'
  end;
$$;
comment on function ingest.x_v2_class(text, integer, jsonb, jsonb) is 'Which of ingest.answer_classes an answer of X is.';

create or replace function ingest.x_v2_profiles(p_rows jsonb)
  returns graph.profile[]
  language plpgsql
  stable
as $$
declare
  v_profiles graph.profile[];
  v_are_whole boolean;
begin
  select array_agg(row(r.id, r.username, r.name, r.description, r.location, nullif(r.url, ''), r.profile_image_url, r.verified, r.verified_type,
                       r.protected, r.created_at::timestamptz, (r.public_metrics).followers_count, (r.public_metrics).following_count,
                       coalesce((r.public_metrics).post_count, (r.public_metrics).tweet_count), (r.public_metrics).listed_count)::graph.profile),
         bool_and((r.id > 0 and r.username ~ '^[A-Za-z0-9_]{1,50}$'
                   and (r.created_at is null or r.created_at ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$')) is true)
  into v_profiles, v_are_whole
  from jsonb_to_recordset(p_rows) as r (
    id bigint, username text, name text, description text, location text, url text, profile_image_url text, verified boolean, verified_type text,
    protected boolean, created_at text, public_metrics ingest.x_v2_user_metrics);
  if not v_are_whole then
    raise exception 'id, username or created_at is missing or malformed' using errcode = 'data_exception';
  end if;
  return v_profiles;
end;
$$;
comment on function ingest.x_v2_profiles(jsonb) is 'An array of X''s user objects as profiles; raises a data_exception when any of them is not whole.';

create or replace function ingest.x_v2_posts(p_rows jsonb)
  returns graph.post[]
  language plpgsql
  stable
as $$
declare
  v_posts graph.post[];
  v_are_whole boolean;
begin
  -- Without created_at the id itself tells the time (a snowflake: milliseconds since 2010-11-04T01:42:54.657Z).
  select array_agg(row(r.id, r.author_id, coalesce(r.created_at::timestamptz, to_timestamp(((r.id >> 22) + 1288834974657) / 1000.0)),
                       coalesce((r.note_post).text, (r.note_tweet).text, r.text), r.lang, r.conversation_id, r.in_reply_to_user_id,
                       (r.public_metrics).like_count, coalesce((r.public_metrics).repost_count, (r.public_metrics).retweet_count),
                       (r.public_metrics).reply_count, (r.public_metrics).quote_count)::graph.post),
         bool_and((r.id > 0 and r.text is not null and (r.created_at is null or r.created_at ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$')) is true)
  into v_posts, v_are_whole
  from jsonb_to_recordset(p_rows) as r (
    id bigint, author_id bigint, created_at text, text text, lang text, conversation_id bigint, in_reply_to_user_id bigint,
    note_post ingest.x_v2_note, note_tweet ingest.x_v2_note, public_metrics ingest.x_v2_post_metrics);
  if not v_are_whole then
    raise exception 'id, text or created_at is missing or malformed' using errcode = 'data_exception';
  end if;
  return v_posts;
end;
$$;
comment on function ingest.x_v2_posts(jsonb) is 'An array of X''s post objects, in either vocabulary; raises a data_exception when any of them is not whole.';

create or replace function ingest.x_v2_sort_rows(p_rows jsonb, p_are_posts boolean, out good jsonb, out rejects jsonb[])
  language plpgsql
  stable
as $$
declare
  v_row jsonb;
begin
  good := '[]';
  for v_row in select r from jsonb_array_elements(p_rows) as r loop
    begin
      if p_are_posts then
        perform ingest.x_v2_posts(jsonb_build_array(v_row));
      else
        perform ingest.x_v2_profiles(jsonb_build_array(v_row));
      end if;
      good := good || jsonb_build_array(v_row);
    exception
      when data_exception then
        rejects := rejects || jsonb_build_object('reason', left(sqlerrm, 200), 'raw', v_row);
    end;
  end loop;
end;
$$;
comment on function ingest.x_v2_sort_rows(jsonb, boolean) is 'The rows that can be read, and the others with the reason. For a page that could not be read as a whole.';

create or replace function ingest.x_v2_read_page(p_endpoint text, p_rows jsonb, inout answer ingest.answer)
  language plpgsql
  stable
as $$
declare
  v_are_posts constant boolean := p_endpoint in ('timeline', 'posts');
  v_good jsonb := p_rows;
begin
  answer.resource_count := jsonb_array_length(p_rows);
  if answer.resource_count = 0 then
    return;
  end if;
  begin
    if v_are_posts then
      answer.posts := ingest.x_v2_posts(p_rows);
    else
      answer.profiles := ingest.x_v2_profiles(p_rows);
    end if;
  exception
    when data_exception then
      select s.good, s.rejects into v_good, answer.rejects from ingest.x_v2_sort_rows(p_rows, v_are_posts) as s;
      if v_good <> '[]' and v_are_posts then
        answer.posts := ingest.x_v2_posts(v_good);
      elsif v_good <> '[]' then
        answer.profiles := ingest.x_v2_profiles(v_good);
      end if;
  end;
  -- A row that was set aside was seen all the same, where it has an id at all.
  answer.item_ids := array(
    select coalesce(u.user_id, p.post_id) from unnest(answer.profiles) as u full join unnest(answer.posts) as p on false
    union all
    select base.parse_id(r -> 'raw' ->> 'id') from unnest(answer.rejects) as r where base.parse_id(r -> 'raw' ->> 'id') is not null);
end;
$$;
comment on function ingest.x_v2_read_page(text, jsonb, ingest.answer) is 'The answer with the rows of its page filled in.';

create or replace function ingest.x_v2_answer(p_endpoint text, p_status integer, p_headers jsonb, p_body text)
  returns ingest.answer
  language plpgsql
  stable
as $$
declare
  v_body constant jsonb := base.parse_json(p_body);
  v_answer ingest.answer;
begin
  v_answer.answer_class := ingest.x_v2_class(p_endpoint, p_status, p_headers, v_body);
  -- By select, since least() of a null and a number is the number.
  select least(h, 1000000) into v_answer.limit_count from ingest.x_v2_header(p_headers, 'x-rate-limit-limit') as h where h is not null;
  select least(h, 1000000) into v_answer.remaining_count from ingest.x_v2_header(p_headers, 'x-rate-limit-remaining') as h where h is not null;
  v_answer.reset_at := to_timestamp(ingest.x_v2_header(p_headers, 'x-rate-limit-reset'));
  v_answer.item_ids := '{}';
  v_answer.resource_count := 0;
  if v_answer.answer_class <> 'page' then
    v_answer.detail := left(coalesce(v_body ->> 'detail', v_body -> 'errors' -> 0 ->> 'detail', v_body -> 'errors' -> 0 ->> 'message', v_body ->> 'title', p_body), 500);
    return v_answer;
  end if;
  v_answer := ingest.x_v2_read_page(p_endpoint,
    case jsonb_typeof(v_body -> 'data') when 'array' then v_body -> 'data' when 'object' then jsonb_build_array(v_body -> 'data') else '[]' end, v_answer);
  v_answer.next_token := nullif(v_body -> 'meta' ->> 'next_token', '');
  v_answer.end_is_proven := v_answer.next_token is null
    and (v_answer.resource_count > 0 or coalesce(v_body -> 'meta' ->> 'result_count' = '0', false));
  select array_agg(coalesce(e ->> 'resource_id', e ->> 'value')) filter (where ingest.x_v2_refusal(e) is not null),
         array_agg(ingest.x_v2_refusal(e)) filter (where ingest.x_v2_refusal(e) is not null),
         coalesce(bool_or(coalesce(e ->> 'type' not like '%/field-hydration-failure', true)), false)
           or cardinality(v_answer.item_ids) < v_answer.resource_count
  into v_answer.missing_keys, v_answer.missing_reasons, v_answer.is_partial
  from ingest.x_v2_errors(v_body) as e;
  return v_answer;
end;
$$;
comment on function ingest.x_v2_answer(text, integer, jsonb, text) is 'Reads an answer of X. Raises nothing: whatever the text is, it is of some class.';
