-- A5: a post corpus needs a posts sync of each member of its pinned source, and of nobody else.
begin;
select plan(15);

insert into test.world_users select i, 'user_' || i from generate_series(1, 6) as i;
insert into test.world_posts select i * 100 + n, i from generate_series(2, 6) as i, generate_series(1, 2) as n;
select api.specified_users_set('authors', array[2, 3]) \g /dev/null
select test.enable('post_corpus_for_segment', 'segment_specified_users authors') as corpus \gset
select api.instance_id('segment_specified_users', '{"stable_key": "authors"}') as authors \gset
select test.play() \g /dev/null
select is(test.item_ids(:corpus), '{201,202,301,302}', 'A1: the posts by the members');

-- One comes, one goes
select api.specified_users_remove('authors', array[2]), api.specified_users_add('authors', array[4]) \g /dev/null
select test.tick() as calls \gset
select is(:'calls'::jsonb -> 0 ->> 'path', '/2/users', 'A5: the profile of a new member is needed first');
select test.respond((:'calls'::jsonb #>> '{0,call_id}')::bigint, test.world_answer(:'calls'::jsonb -> 0)) \g /dev/null
select test.tick() as calls \gset
select is(jsonb_path_query_array(:'calls', '$[*].path'), '["/2/users/4/tweets"]', 'A5: then the posts of the new member alone');
select is(test.item_ids(:authors), '{3,4}', 'the source is materialized before');
select is(test.item_ids(:corpus), '{201,202,301,302}', 'A5: the corpus waits with all of its change');
select is(
  (select detail #>> '{syncs,0,subject_id}' from api.decisions where about = 'instance ' || :corpus and reason = 'waits for syncs: posts'),
  '4', 'E3: and the decision names for whom');
select test.respond((:'calls'::jsonb #>> '{0,call_id}')::bigint, test.world_answer(:'calls'::jsonb -> 0)) \g /dev/null
select is(test.tick(), '[]', 'nothing else is bought');
select is(test.item_ids(:corpus), '{301,302,401,402}', 'A5: posts of who came are in, posts of who went are out');
select results_eq(
  format('select item_id, event from api.events(%s, 4)', :corpus),
  $$ values (402::bigint, 'enter'), (401, 'enter'), (202, 'exit'), (201, 'exit') $$, 'A9: each post has its event');
select is_empty($$ select from ingest.needs where sync_kind = 'posts' and subject_id = 2 $$, 'A5: who went is needed no more');

-- A member whose posts X does not show holds nobody up
select simulation.advance('6 hours') \g /dev/null
update test.world_users set is_protected = true where user_id = 3;
insert into test.world_posts values (403, 4);
select test.play() \g /dev/null
select is(test.item_ids(:corpus), '{301,302,401,402,403}', 'A5: a protected member keeps what is known, and the others go on');
select ok(exists (select from api.decisions where kind = 'subject_refused' and about = 'posts of 3'), 'E3: that X refused is a decision');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- Somebody who was in before comes again
select api.specified_users_add('authors', array[2]) \g /dev/null
insert into test.world_posts values (203, 2);
select test.play() \g /dev/null
select results_eq(
  format('select item_id, is_first_appearance from api.events(%s, 3)', :corpus),
  $$ values (203::bigint, true), (202, false), (201, false) $$, 'A9: only a new post appears for the first time');
select is_empty('select test.invariants()', 'the standing invariants hold at the end');

select * from finish();
rollback;
