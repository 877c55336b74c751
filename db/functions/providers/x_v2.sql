-- X's own API, version 2. Two doors: ingest.x_v2_request() says how to ask, ingest.x_v2_answer() what was answered. Nothing else in the database
-- knows X's paths, parameters, JSON or errors. Facts from X's OpenAPI document 2.167 and its documentation of August 2026.

create or replace function ingest.x_v2_vocabulary(p_endpoint text)
  returns text
  language sql
  stable
as $$
  -- Under post.fields neither the author of a post nor what it refers to is a field any more; as expansions both may cost.
  select coalesce(nullif(base.setting_text('x_v2.vocabulary'), 'auto'), vocabulary,
                  case when p_endpoint = 'search' or (p_endpoint = 'timeline' and base.setting_text('posts.retweets') = 'exclude') then 'tweet' else 'post' end)
  from ingest.providers where provider = 'x_v2';
$$;
comment on function ingest.x_v2_vocabulary(text) is
  'post or tweet: the names that X is asked in, from the setting or as X was found to accept; else the new ones, where they can say what is needed.';

create or replace function ingest.x_v2_can_search()
  returns boolean
  language plpgsql
  stable
as $$
begin
  return ingest.x_v2_vocabulary('search') = 'tweet';
end;
$$;
comment on function ingest.x_v2_can_search() is 'Whether a search for several authors would say who wrote which post.';

create or replace function ingest.x_v2_search_query(p_author_ids bigint[])
  returns text
  language sql
  immutable
as $$
  -- The brackets matter: to X a blank binds closer than OR. By id, since handles move.
  select '(' || string_agg('from:' || i, ' OR ' order by n) || ') -is:retweet' from unnest(p_author_ids) with ordinality as a (i, n);
$$;
comment on function ingest.x_v2_search_query(bigint[]) is 'The query of a search for the posts of these authors, in the order given.';

create or replace function ingest.x_v2_id_at(p_at timestamptz)
  returns bigint
  language sql
  immutable
as $$
  select (floor(extract(epoch from p_at) * 1000)::bigint - 1288834974657) << 22;
$$;
comment on function ingest.x_v2_id_at(timestamptz) is 'The smallest id that X would give a post at this moment (a snowflake).';

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
      when 'search' then '/2/tweets/search/recent'
    end,
    jsonb_strip_nulls(jsonb_build_object(
      'ids', case when p_call.endpoint <> 'search' then array_to_string(p_run.item_ids, ',') end,
      'query', case when p_call.endpoint = 'search' then ingest.x_v2_search_query(p_run.item_ids) end,
      'sort_order', case when p_call.endpoint = 'search' then 'recency' end,
      'usernames', array_to_string(p_run.handles, ','),
      'max_results', case when p_call.endpoint in ('followers', 'following') then p_run.page_size::text
                          when p_call.endpoint = 'timeline' then base.setting_text('page.posts')
                          when p_call.endpoint = 'search' then greatest(base.setting_integer('page.posts'), 10)::text end,
      'pagination_token', p_call.page_token,
      'since_id', p_run.since_id::text,
      'user.fields', case when p_call.endpoint in ('users', 'users_by_handle', 'followers', 'following')
        then 'created_at,description,location,profile_image_url,protected,public_metrics,url,verified,verified_type' end,
      v.vocabulary || '.fields', case when p_call.endpoint in ('timeline', 'posts', 'search') then case v.vocabulary
        when 'post' then 'conversation_id,created_at,lang,note_post,public_metrics'
        else 'author_id,conversation_id,created_at,in_reply_to_user_id,lang,note_tweet,public_metrics' end
        || case when p_call.endpoint = 'timeline' and v.vocabulary = 'tweet' and base.setting_text('posts.retweets') = 'exclude'
             then ',referenced_tweets' else '' end end))
  from (select ingest.x_v2_vocabulary(p_call.endpoint) as vocabulary) as v;
$$;
comment on function ingest.x_v2_request(ingest.calls, ingest.runs) is
  'Path and query of a call. No expansions: X bills what they return. Under post.fields the author is no field any more; it is known from the path or from the post.';

create or replace function ingest.x_v2_row_limit(p_query jsonb)
  returns integer
  language plpgsql
  immutable
as $$
begin
  return coalesce((p_query ->> 'max_results')::integer, cardinality(string_to_array(coalesce(p_query ->> 'ids', p_query ->> 'usernames'), ',')));
end;
$$;
comment on function ingest.x_v2_row_limit(jsonb) is 'How many rows X returns at most for a query.';

create or replace function ingest.x_v2_header(p_headers jsonb, p_name text)
  returns bigint
  language plpgsql
  immutable
as $$
begin
  return (
    select max(value::bigint)
    from jsonb_each_text(case when jsonb_typeof(p_headers) = 'object' then p_headers end)
    where lower(key collate "C") = p_name and value ~ '^[0-9]{1,10}$');
end;
$$;
comment on function ingest.x_v2_header(jsonb, text) is 'A header that holds a whole number; null when absent or anything else.';

create or replace function ingest.x_v2_refusal(p_error jsonb)
  returns text
  language sql
  immutable
as $$
  -- Suspended and not found have the same type: only title and detail tell them apart. In brackets is what was asked for, which may be a handle.
  select case regexp_replace(p_error ->> 'type', '^.*/', '')
    when 'resource-not-found' then
      case when p_error ->> 'title' = 'Forbidden' or regexp_replace(p_error ->> 'detail', '\[.*\]', '') ilike '%suspended%' then 'suspended' else 'not_found' end
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
  language plpgsql
  immutable
as $$
declare
  v_data constant jsonb := coalesce(p_body -> 'data', 'null');
begin
  if jsonb_typeof(v_data) in ('array', 'object') and v_data <> '[]' then
    return 'page';
  end if;
  return case
    when jsonb_typeof(p_body) is distinct from 'object' then 'not_json'
    -- Without rows it must look like a page of none: no problem document, nothing of the wrong type.
    when p_body ?| '{title,detail,status,message,error}' or v_data not in ('null', '[]')
      or coalesce(jsonb_typeof(p_body -> 'errors'), 'array') <> 'array' then 'api_error'
    when not exists (select from ingest.x_v2_errors(p_body)) then 'page'
    -- A search has many subjects: nothing that X says about one of them answers it.
    when p_endpoint = 'search' then 'api_error'
    when p_endpoint in ('users', 'users_by_handle', 'posts')
      then case when exists (select from ingest.x_v2_errors(p_body) as e where ingest.x_v2_refusal(e) is not null) then 'page' else 'api_error' end
    -- What is said of a post, or where the list goes on, is said of rows that were left out.
    else (select coalesce('subject_' || min(r.refusal) filter (where coalesce(r.about, 'user') = 'user' and nullif(p_body #>> '{meta,next_token}', '') is null),
                          case when count(r.refusal) > 0 then 'page' end, 'api_error')
          from (select ingest.x_v2_refusal(e) as refusal, e ->> 'resource_type' as about from ingest.x_v2_errors(p_body) as e) as r)
  end;
end;
$$;
comment on function ingest.x_v2_class_of_ok(text, jsonb) is 'The class of a 200: X says much of what goes wrong with one.';

create or replace function ingest.x_v2_class(p_endpoint text, p_status integer, p_headers jsonb, p_body jsonb)
  returns text
  language plpgsql
  immutable
as $$
declare
  -- What X does not take, without the names of all that it would.
  v_refused constant text := case when p_status = 400 then regexp_replace(p_body::text, 'is not one of \[[^]]*\]', '', 'g') end;
begin
  return case
    when p_status = 200 then ingest.x_v2_class_of_ok(p_endpoint, p_body)
    when p_status = 400 then case
      when v_refused ~ 'pagination_token|next_token' then 'cursor_refused'
      when v_refused ~ '(post|tweet)\.fields' then 'vocabulary_refused'
      else 'bad_request' end
    when p_status = 401 then 'unauthorized'
    when p_status = 402 then 'credits_depleted'
    when p_status = 403 then case
      when p_body::text ~* 'spend-?cap|spending' then 'spend_capped'
      when p_endpoint in ('followers', 'following', 'timeline') and ingest.x_v2_refusal(p_body) = 'protected' then 'subject_protected'
      else 'forbidden' end
    when p_status = 404 then 'not_found'
    when p_status = 429 then case
      when p_body::text ~* 'usage-?cap' then 'usage_capped'
      when 0 in (ingest.x_v2_header(p_headers, 'x-app-limit-24hour-remaining'), ingest.x_v2_header(p_headers, 'x-user-limit-24hour-remaining')) then 'rate_limited'
      when ingest.x_v2_header(p_headers, 'x-rate-limit-remaining') > 0 then 'too_fast'
      else 'rate_limited' end
    when p_status between 500 and 599 then 'server_error'
    else 'unexpected'
  end;
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
                       coalesce((r.public_metrics).post_count, (r.public_metrics).tweet_count), (r.public_metrics).listed_count,
                       jsonb_hash_extended(r.payload, 0))::graph.profile),
         -- One match over all of them: a thousand small ones take as long as all the rest of the reading.
         bool_and((r.id > 0 and length(r.username) between 1 and 50) is true)
           and coalesce(string_agg(r.username, '') ~ '^[A-Za-z0-9_]*$', true)
           and coalesce(string_agg(r.created_at, '') ~ '^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)*$', true)
  into v_profiles, v_are_whole
  from rows from (
    jsonb_to_recordset(p_rows) as (
      id bigint, username text, name text, description text, location text, url text, profile_image_url text, verified boolean, verified_type text,
      protected boolean, created_at text, public_metrics ingest.x_v2_user_metrics),
    jsonb_array_elements(p_rows)
  ) as r (id, username, name, description, location, url, profile_image_url, verified, verified_type, protected, created_at, public_metrics, payload);
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
         bool_and((r.id > 0 and r.text is not null) is true)
           and coalesce(string_agg(r.created_at, '') ~ '^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)*$', true)
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

create or replace function ingest.x_v2_skip_retweets(p_rows jsonb, out kept jsonb, out skipped_ids bigint[])
  language plpgsql
  stable
as $$
begin
  kept := p_rows;
  if base.setting_text('posts.retweets') = 'exclude' then
    select coalesce(jsonb_agg(e.value order by e.position) filter (where not e.is_retweet), '[]'),
           array_agg(base.parse_id(e.value ->> 'id')) filter (where e.is_retweet and base.parse_id(e.value ->> 'id') is not null)
    into kept, skipped_ids
    from (
      select r.value, r.position,
             coalesce(r.value -> 'referenced_tweets', r.value -> 'referenced_posts') @? '$[*].type ? (@ == "retweeted" || @ == "reposted")' is true as is_retweet
      from jsonb_array_elements(p_rows) with ordinality as r (value, position)
    ) as e;
  end if;
end;
$$;
comment on function ingest.x_v2_skip_retweets(jsonb) is
  'The posts of a timeline that are taken, and the ids of those that are not: where posts.retweets is exclude, what X names as a retweet. X bills both: to ask for a timeline without retweets would cost posts, as a page of nothing but retweets comes empty and seems to be the last.';

create or replace function ingest.x_v2_skip_known(p_rows jsonb, out news jsonb, out user_ids bigint[])
  language plpgsql
  stable
as $$
declare
  v_are_known boolean[];
begin
  select array_agg(e.user_id), array_agg(coalesce(c.payload_hash = e.payload_hash, false))
  into user_ids, v_are_known
  from (
    select (r.value ->> 'id')::bigint as user_id, jsonb_hash_extended(r.value, 0) as payload_hash from jsonb_array_elements(p_rows) as r
  ) as e
  left join lateral (select payload_hash from graph.user_counts where user_id = e.user_id limit 1) as c on true;
  if true <> all (v_are_known) then
    news := p_rows;
  elsif false = any (v_are_known) then
    -- Where a user or a handle is seen twice, the order of the rows tells which is the truth (graph.settle_profiles): then all are read.
    select case when count(*) = count(distinct (e.value ->> 'id')::bigint)
                 and count(*) = count(distinct lower((e.value ->> 'username') collate "C"))
                then jsonb_agg(e.value order by e.position) filter (where not v_are_known[e.position])
                else p_rows end
    into news
    from jsonb_array_elements(p_rows) with ordinality as e (value, position);
  end if;
end;
$$;
comment on function ingest.x_v2_skip_known(jsonb) is
  'Of a page of users: those whose payload is not the very one that was stored last (null: none), and the ids of all. A full sweep meets mostly payloads that it knows. Raises a data_exception where an id is none.';

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
  v_are_posts constant boolean := p_endpoint in ('timeline', 'posts', 'search');
  v_good jsonb := p_rows;
  v_user_ids bigint[];
  v_skipped_ids bigint[];
begin
  answer.resource_count := jsonb_array_length(p_rows);
  if answer.resource_count = 0 then
    return;
  end if;
  if p_endpoint = 'timeline' then
    select s.kept, s.skipped_ids into p_rows, v_skipped_ids from ingest.x_v2_skip_retweets(p_rows) as s;
  end if;
  begin
    if v_are_posts then
      answer.posts := ingest.x_v2_posts(p_rows);
    elsif p_endpoint in ('followers', 'following') then
      select n.news, n.user_ids into v_good, v_user_ids from ingest.x_v2_skip_known(p_rows) as n;
      answer.profiles := case when v_good is not null then ingest.x_v2_profiles(v_good) end;
    else
      answer.profiles := ingest.x_v2_profiles(p_rows);
    end if;
  exception
    when data_exception then
      v_user_ids := null;
      select s.good, s.rejects into v_good, answer.rejects from ingest.x_v2_sort_rows(p_rows, v_are_posts) as s;
      if v_good <> '[]' and v_are_posts then
        answer.posts := ingest.x_v2_posts(v_good);
      elsif v_good <> '[]' then
        answer.profiles := ingest.x_v2_profiles(v_good);
      end if;
  end;
  -- A row that was set aside or skipped was seen all the same, where it has an id at all.
  answer.item_ids := coalesce(v_user_ids, array(select user_id from unnest(answer.profiles))) || array(select post_id from unnest(answer.posts)) || v_skipped_ids
    || array(select base.parse_id(r -> 'raw' ->> 'id') from unnest(answer.rejects) as r where base.parse_id(r -> 'raw' ->> 'id') is not null);
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
  v_rows jsonb := v_body -> 'data';
  v_answer ingest.answer;
begin
  v_answer.answer_class := ingest.x_v2_class(p_endpoint, p_status, p_headers, v_body);
  -- By select, since least() of a null and a number is the number.
  select least(h, 1000000) into v_answer.limit_count from ingest.x_v2_header(p_headers, 'x-rate-limit-limit') as h where h is not null;
  select least(h, 1000000) into v_answer.remaining_count from ingest.x_v2_header(p_headers, 'x-rate-limit-remaining') as h where h is not null;
  v_answer.reset_at := to_timestamp(ingest.x_v2_header(p_headers, 'x-rate-limit-reset'));
  select least(h, 1000000) into v_answer.retry_after from ingest.x_v2_header(p_headers, 'retry-after') as h where h is not null;
  v_answer.item_ids := '{}';
  v_answer.resource_count := 0;
  if v_answer.answer_class <> 'page' then
    v_answer.detail := left(coalesce(v_body ->> 'detail', v_body -> 'errors' -> 0 ->> 'detail', v_body -> 'errors' -> 0 ->> 'message', v_body ->> 'title', p_body), 500);
    return v_answer;
  end if;
  if jsonb_typeof(v_rows) is distinct from 'array' then
    v_rows := case jsonb_typeof(v_rows) when 'object' then jsonb_build_array(v_rows) else '[]' end;
  end if;
  v_answer := ingest.x_v2_read_page(p_endpoint, v_rows, v_answer);
  v_answer.next_token := nullif(v_body -> 'meta' ->> 'next_token', '');
  -- It says how many rows it has, and has them.
  v_answer.end_is_proven := v_answer.next_token is null
    and coalesce((substring(v_body -> 'meta' ->> 'result_count' from '^[0-9]{1,9}$'))::integer <= v_answer.resource_count, false);
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
