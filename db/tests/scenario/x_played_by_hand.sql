-- One engine_tick and engine_response after another, without a helper that knows the world: what is asked, and what each answer becomes.
begin;
select plan(32);

select api.setting_set('page.follows', '2') \g /dev/null
select test.enable('segment_mutuals', '7') as mutuals, test.enable('post_corpus_for_segment', 'segment_mutuals 7') as corpus \gset
select api.instance_id('segment_followers', '{"subject_id": "7"}') as followers,
       api.instance_id('segment_followed', '{"subject_id": "7"}') as followed \gset

-- Who is 7?
set local role rookery_worker;
select api.engine_tick('hand', 10) as tick \gset
select is(:'tick'::jsonb -> 'calls' -> 0 ->> 'path', '/2/users', 'G2: a subject that is no user here is looked up before anything else');
select is(:'tick'::jsonb -> 'calls' -> 0 -> 'query' ->> 'ids', '7', 'I6: by its id');
select is(:'tick'::jsonb -> 'calls' -> 0 ->> 'method', 'GET', 'a call is plain HTTP');
select is(jsonb_array_length(:'tick'::jsonb -> 'calls'), 1, 'both lists wait for it');
select is(api.engine_response((:'tick'::jsonb #>> '{calls,0,call_id}')::bigint, 200, '{}', test.users_page('{7}')) - 'run_id',
  '{"class": "page", "recorded": true, "resources": 1, "rejected": 0}', 'engine_response says what an answer was');
reset role;

-- Its lists, page by page
select test.tick() as calls \gset
select results_eq(
  format('select c ->> ''path'', c -> ''query'' ->> ''max_results'' from jsonb_array_elements(%L) as c order by 1', :'calls'),
  $$ values ('/2/users/7/followers', '2'), ('/2/users/7/following', '2') $$, 'A5: then both lists are asked for, in pages of the size that is set');
select test.answer('%/followers', test.users_page('{30,20}', 'more')) \g /dev/null
select test.answer('%/following', test.users_page('{20,40}')) \g /dev/null
select test.tick() as calls \gset
select is(:'calls'::jsonb -> 0 -> 'query' ->> 'pagination_token', 'more', 'I4: the next page is asked for with the token of the last');
select is(jsonb_array_length(:'calls'::jsonb), 1, 'a list without a token has ended');
select is(test.item_ids(:followed), '{20,40}', 'A6: followed is materialized when its sync has ended');
select is((select checkpoint_id from api.instances where instance_id = :followers), null, 'A5: followers wait for theirs');
select ok(exists (select from api.decisions where about = 'instance ' || :mutuals and kind = 'missing_prerequisite'), 'E3: what waits for a dependency is a decision');
select ok(exists (select from api.decisions where about = 'instance ' || :followers and reason = 'waits for syncs: followers'), 'E3: so is what waits for a sync');
select test.answer('%/followers', test.users_page('{10}')) \g /dev/null

-- The mutual is 20, whose posts are bought now
select test.tick() as calls \gset
select is(test.item_ids(:followers), '{10,20,30}', 'I2: the whole list is in');
select is(test.item_ids(:mutuals), '{20}', 'A4: what is made from it follows in the same tick');
select is(:'calls'::jsonb -> 0 ->> 'path', '/2/users/20/tweets', 'A5: the posts of each member of the pinned source are needed');
select is((select checkpoint_id from api.instances where instance_id = :corpus), null, 'A5: the corpus waits for them');
select test.answer('%/20/tweets', test.posts_page('{2002,2001}')) \g /dev/null
select is(test.tick(), '[]', 'then there is nothing left to buy');
select is(test.item_ids(:corpus), '{2001,2002}', 'A1: the corpus holds the posts');

-- What the record says
select results_eq(
  format('select instance_id, pins from api.materializations where instance_id in (%s, %s) order by 1', :mutuals, :corpus),
  format($$ select %s::bigint, jsonb_build_object('followers', f.checkpoint_id, 'followed', d.checkpoint_id)
            from api.instances as f, api.instances as d where f.instance_id = %s and d.instance_id = %s
            union all select %s, jsonb_build_object('source', m.checkpoint_id) from api.instances as m where m.instance_id = %s
            order by 1 $$, :mutuals, :followers, :followed, :corpus, :mutuals),
  'A12: a materialization names the exact materializations that it read');
select is(
  (select root_ids from api.materializations where instance_id = :followers), array(select root_id from api.roots order by root_id),
  'A12: and the roots that asked for it');
select is(
  (select array_agg(distinct c ->> 'cause' order by c ->> 'cause') from api.materializations, jsonb_array_elements(causes) as c where instance_id = :followers),
  '{change,root,run}', 'A12: and why now');
select is(
  (select array_agg(distinct r.subject_id) from api.materializations as m, jsonb_array_elements(m.causes) as c, api.runs as r
   where m.instance_id = :corpus and c ->> 'cause' = 'run' and r.run_id = (c ->> 'id')::bigint),
  '{20}', 'A12: and the runs that fed it');
select results_eq(
  format('select item_id, event, is_first_appearance from api.events(%s)', :followers),
  $$ values (30::bigint, 'enter', true), (20, 'enter', true), (10, 'enter', true) $$, 'A9: all enter, and all of them first appear');
select is((select (members, revision)::text from api.instances where instance_id = :followers), '(3,1)', 'A8: the first membership is revision 1');

-- Six hours later nothing has changed
select simulation.advance('6 hours') \g /dev/null
select test.tick() as calls \gset
select results_eq(
  format('select c ->> ''path'', c -> ''query'' ->> ''ids'' from jsonb_array_elements(%L) as c order by 1', :'calls'),
  $$ values ('/2/users', '7'), ('/2/users/20/tweets', null) $$, 'I9: one look at the subject''s counts comes before its two lists');
select test.answer('/2/users', test.users_page('{7}')) \g /dev/null
select test.tick() \g /dev/null
select test.answer('%/followers', test.users_page('{30,20}', 'more')) \g /dev/null
select test.answer('%/following', test.users_page('{20,40}')) \g /dev/null
select test.answer('%/20/tweets', test.page('[]')) \g /dev/null
select is(test.tick(), '[]', 'I2: an incremental look stops at the first page without a new edge');
select is((select query ->> 'since_id' from api.calls where path = '/2/users/20/tweets' order by call_id desc limit 1), '2002', 'I5: posts are asked for since the newest one');
select is((select cursor_exhausted from api.runs where sync_kind = 'followers' order by run_id desc limit 1), false, 'I2: and is no proof of an end');
select is((select count(*) from api.materializations), 4::bigint, 'A6: nothing moved, so nothing is materialized');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- An answer that comes twice
select call_id as answered from api.calls where path = '/2/users/7/followers' order by call_id limit 1 \gset
select is(test.respond(:answered, test.users_page('{666}')) ->> 'recorded', 'false', 'I7: an answer to a call that was answered changes nothing');
select is_empty('select from api.users where user_id = 666', 'I7: nor does what it holds');

select * from finish();
rollback;
