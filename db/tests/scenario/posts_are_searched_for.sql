-- I5: a corpus without retweets, whose authors are polled together.
begin;
select plan(32);

select simulation.set_now('2026-06-10T06:00:00Z') \g /dev/null
select base.change_setting('reconcile.posts_after', '7 days'), base.change_setting('posts.retweets', 'exclude') \g /dev/null
create function pg_temp.post(p_author_id bigint, p_is_retweet boolean default false) returns bigint language sql as $$
  insert into test.world_posts
  select ingest.x_v2_id_at(base.now()) + p_author_id + 100 * p_is_retweet::integer, p_author_id, 'a post', p_is_retweet returning post_id
$$;
create function pg_temp.paths() returns text[] language sql as $$
  select array(select path from ingest.calls where claimed_at = base.now() and path like '/2/%tweets%' order by call_id)
$$;
insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
select pg_temp.post(i) from generate_series(2, 5) as i \g /dev/null
select simulation.advance('1 hour'), pg_temp.post(3, true) as retweet \gset
select api.specified_users_set('authors', array[2, 3, 4, 5]) \g /dev/null
select test.enable('post_corpus_for_segment', 'segment_specified_users authors') as corpus \gset
select test.play() \g /dev/null
select is(pg_temp.paths(), array['/2/users/2/tweets', '/2/users/3/tweets', '/2/users/4/tweets', '/2/users/5/tweets'], 'I3: what was never read is read by timeline');
select is_empty('select test.untrue_segments()', 'I5: retweets are no posts of this corpus');
select is_empty(format('select from graph.posts where post_id = %s', :retweet), 'and not stored');
select ok(bool_and(:retweet = any (g.item_ids)), 'though the receipt says that it was seen, and billed') from ingest.pages as g join ingest.runs as r using (run_id) where r.sync_kind = 'posts' and r.subject_id = 3;

-- A search
select simulation.advance('6 hours') \g /dev/null
select pg_temp.post(2), pg_temp.post(4), pg_temp.post(4, true), pg_temp.post(6) \g /dev/null
select simulation.advance('2 minutes') \g /dev/null
select test.tick() as calls \gset
select is(jsonb_path_query_array(:'calls', '$[*] ? (@.path like_regex "tweets").path'), '["/2/tweets/search/recent"]', 'I5: then one call asks for all that is new');
select is(:'calls'::jsonb #>> '{0,query,query}', '(from:2 OR from:3 OR from:4 OR from:5) -is:retweet', 'I5: of every author');
select is(jsonb_path_query_array(:'calls', '$[0].query.keyvalue().key ? (@ != "query")'), '["since_id", "sort_order", "max_results", "tweet.fields"]', 'x-api: with a beginning and no other, and the newest first');
select run_id as search from ingest.runs where sync_kind = 'search' \gset
select set_eq('select sync_kind, subject_id, run_id from ingest.unmet_needs(' || :corpus || ', 10)',
  format('values (''posts''::text, 2::bigint, %1$s::bigint), (''posts'', 3, %1$s), (''posts'', 4, %1$s), (''posts'', 5, %1$s)', :search), 'E3: the corpus waits for the search, author by author');
select ok(exists (select from test.says(api.why_not(:corpus)) as s where s ~ format('run %s, search of 4 at once', :search)), 'E3: and why_not says so');
select is(ingest.request_sync('posts', 3, 'incremental'), :search::bigint, 'who asks for the posts of one of them gets the search');
select is_empty('select test.invariants()', 'the standing invariants hold meanwhile');
select test.respond((:'calls'::jsonb #>> '{0,call_id}')::bigint, test.world_answer(:'calls'::jsonb -> 0)) \g /dev/null
select test.play() \g /dev/null
select is_empty('select test.untrue_segments()', 'I5: the corpus is what timelines would have made it');
select results_eq('select distinct status, cursor_exhausted, resource_count, changed_count from ingest.runs where sync_kind = ''search''', $$ values ('success', true, 2::bigint, 2::bigint) $$,
  'I9: two posts were bought, and no retweet');
select is((select count(*) from ingest.subjects where sync_kind = 'posts' and fresh_at = base.now() and polled_at = base.now() and full_at < base.now()), 4::bigint,
  'I10: everybody was polled, and nobody was read in full');
select is((select count(*) from ingest.due where sync_kind = 'posts' and due_at = base.now() + interval '6 hours'), 4::bigint, 'A5: and is due again together');
select ok(exists (select from test.says(api.provenance('post', to_jsonb((select max(post_id)::text from graph.posts where author_id = 2)))) as s where s ~ 'run \d+, search of 4 at once$'),
  'G7: a post says which search brought it');
select ok(exists (select from test.says(api.provenance('post', to_jsonb((select max(post_id)::text from graph.posts where author_id = 2)))) as s where s ~ format('^last seen at .* on page 1 of run %s, search', :search)),
  'G7: and which saw it last');
select ok(exists (select from test.says(api.why_run(:search)) as s where s = 'changed posts: 2 added'), 'and the search what it changed');

select ok('read its list to the end' in (select test.says(api.why_run(:search))), 'and that it was read to its end');

-- Nothing new; several pages
select simulation.advance('6 hours') \g /dev/null
select test.play() \g /dev/null
select results_eq('select resource_count, page_count from ingest.runs where sync_kind = ''search'' order by run_id desc limit 1', $$ values (0::bigint, 1) $$, 'I9: a poll that finds nothing costs nothing');
select base.change_setting('page.posts', '10') \g /dev/null
select simulation.advance('3 hours') \g /dev/null
select (simulation.advance('1 second'), pg_temp.post(2)) from generate_series(1, 25) \g /dev/null
select simulation.advance('3 hours') \g /dev/null
select test.play() \g /dev/null
select results_eq('select resource_count, page_count, cursor_exhausted from ingest.runs where sync_kind = ''search'' order by run_id desc limit 1', $$ values (25::bigint, 3, true) $$, 'I4: a search has as many pages as it takes');
select is_empty('select test.untrue_segments()', 'and loses nothing on the way');

-- An author who comes, one who is gone, and the reconcile
insert into test.world_users values (7, 'user_7');
select pg_temp.post(7) \g /dev/null
select api.specified_users_add('authors', array[7]) \g /dev/null
update test.world_users set gone = 'suspended' where user_id = 5;
select simulation.advance('6 hours') \g /dev/null
select pg_temp.post(7), pg_temp.post(3) \g /dev/null
select test.play() \g /dev/null
select ok(pg_temp.paths() @> '{/2/users/7/tweets,/2/tweets/search/recent}', 'I3: who comes is read by timeline, while the others are searched for');
select simulation.advance('6 hours') \g /dev/null
select pg_temp.post(7) \g /dev/null
select test.play() \g /dev/null
select ok('7' = any (string_to_array(substr(query ->> 'query', 2), ' ')) or query ->> 'query' ~ 'from:7\M', 'and then with them') from ingest.calls where path = '/2/tweets/search/recent' order by call_id desc limit 1;
select simulation.advance('18 hours') \g /dev/null
select test.play() \g /dev/null
select ok((select deleted_at is not null from graph.users where user_id = 5), 'the profile of one says that X shows him no more');
select simulation.advance('6 hours') \g /dev/null
select test.play() \g /dev/null
select ok('/2/users/5/tweets' = any (pg_temp.paths()), 'G4: which is asked of the timeline, since a search passes over him without a word');
select is_empty('select test.invariants()', 'the standing invariants hold');
update test.world_users set gone = null where user_id = 5;
delete from test.world_posts where post_id = (select max(post_id) from test.world_posts where author_id = 4 and not is_retweet);
select (simulation.advance('6 hours'), test.play()) from generate_series(1, 32) \g /dev/null
select is_empty('select test.untrue_segments()', 'I3: a full read finds what was deleted, and who is back');
select ok(bool_and(r.mode = 'full'), 'I5: timelines were read in full only, but for who was not shown') from ingest.runs as r where r.sync_kind = 'posts' and r.subject_id <> 5;

-- Sleep
select simulation.advance('8 days') \g /dev/null
select pg_temp.post(3) \g /dev/null
select test.play() \g /dev/null
select ok(not '/2/tweets/search/recent' = any (pg_temp.paths()), 'I5: after a long sleep no search is sent that X would refuse');
select is_empty('select test.untrue_segments()', 'and nothing is lost by it');
select is_empty('select test.invariants()', 'the standing invariants hold at the end');

select * from finish();
rollback;
