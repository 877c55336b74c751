begin;
select plan(27);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (1, 2), (1, 3);
insert into test.world_posts values (201, 2), (202, 2);
select test.enable('segment_followers', '1') as followers, test.enable('post_corpus_for_segment', 'segment_followers 1') as corpus \gset
select test.play() \g /dev/null
select run_id as first_run from api.runs where sync_kind = 'followers' \gset
select run_id as posts_run from api.runs where sync_kind = 'posts' and subject_id = 2 \gset

set local role rookery_reader;
select api.provenance('follow', '{"target_id": "1", "follower_id": "3"}') as follow \gset
select api.provenance('user', '"3"') as "user" \gset
select api.provenance('post', '"201"') as post \gset
reset role;
select is(:'follow'::jsonb - 'because' - 'says', '{"about": "follow", "target_id": "1", "follower_id": "3"}', 'G1: ids of X are strings');
select is(jsonb_path_query_array(:'follow', '$.because[*] ? (@.about == "change").run_id'), jsonb_build_array(:first_run), 'G7: the run that wrote a follow first');
select is(jsonb_path_query_array(:'follow', '$.because[*] ? (@.about == "sight").run_id'), jsonb_build_array(:first_run), 'G7: and the one that saw it last');
select is(jsonb_path_query_array(:'user', '$.because[*] ? (@.about == "change").change'), '["added"]', 'G7: the run that wrote a user first');
select is(jsonb_path_query_array(:'post', '$.because[*] ? (@.about == "change" || @.about == "sight").run_id'), jsonb_build_array(:posts_run, :posts_run), 'G7: and a post');
select is(api.provenance('post', '201') ->> 'author_id', '2', 'G1: a number is as good a key');
select is(api.provenance('follow', '{"target_id": 1, "follower_id": 3}'), :'follow'::jsonb, 'G1: here too');

-- Seen again, gone, seen again, and under another name
select simulation.advance('6 hours') \g /dev/null
update test.world_users set handle = 'renamed' where user_id = 3;
select test.play() \g /dev/null
select max(run_id) as second_run from api.runs where sync_kind = 'followers' \gset
select is(jsonb_path_query_array(api.provenance('follow', '{"target_id": 1, "follower_id": 3}'), '$.because[*] ? (@.about == "sight").run_id'), jsonb_build_array(:second_run), 'G7: a later run saw it');
select is(jsonb_array_length(jsonb_path_query_array(api.provenance('follow', '{"target_id": 1, "follower_id": 3}'), '$.because[*] ? (@.about == "change")')), 1, 'G7: and changed nothing');
select is(jsonb_path_query_array(api.provenance('user', '3'), '$.because[*] ? (@.about == "change").run_id'), jsonb_build_array(:first_run, :second_run), 'G7: but a user has another profile');
delete from test.world_follows where follower_id = 3;
select api.sync_request('followers', 1, 'full') as third_run \gset
select test.play() \g /dev/null
select api.provenance('follow', '{"target_id": 1, "follower_id": 3}') as follow \gset
select is(jsonb_path_query_array(:'follow', '$.because[*] ? (@.about == "change").change'), '["added", "removed"]', 'G4: the run that found it gone is the last that changed it');
select is(jsonb_path_query_array(:'follow', '$.because[*] ? (@.about == "sight").run_id'), jsonb_build_array(:second_run), 'G7: which is not one that saw it');
select ok(:'follow'::jsonb ->> 'says' ~ '^3 followed 1, .*gone since', 'G4: it is told as gone');
select is((:'follow'::jsonb ->> 'deleted_at')::timestamptz, base.now(), 'G4: since when');

-- More changes than are shown
insert into graph.user_changes (user_id, change, run_id, changed_at) select 3, 'changed', :third_run, base.now() from generate_series(1, 20);
select is(jsonb_path_query_array(api.provenance('user', '3'), '$.because[*] ? (@.about == "change").change'),
  '["added", "changed", "changed", "changed", "changed", "changed"]', 'G7: the first change and the last five');
insert into graph.user_changes (user_id, change, event_id, changed_at) values (3, 'changed', 5, base.now());
insert into graph.user_changes (user_id, change, run_id, changed_at) values (3, 'changed', 4711, base.now());
select ok(exists (select from test.says(api.provenance('user', '3')) as line where line ~ 'by event 5 \(not kept\)$'), 'G7: an event may have done it');
select ok(exists (select from test.says(api.provenance('user', '3')) as line where line ~ 'by run 4711 \(not kept\)$'), 'W7: or a run that is not kept any more');

-- Handles
set local role rookery_reader;
select is(
  jsonb_path_query_array(api.provenance('handle', '"@USER_3"'), '$.because[*] ? (@.about == "handle_change").new_handle'), '["renamed"]', 'G3: who had a handle and lost it');
select is(api.provenance('handle', '"user_3"') -> 'user_id', 'null', 'G3: and who has it now: nobody');
select is(api.provenance('handle', '"Renamed"') ->> 'user_id', '3', 'G3: whatever the case');
select is(jsonb_path_query_array(api.provenance('user', '3'), '$.because[*] ? (@.about == "handle_change").old_handle'), '["user_3"]', 'G3: a user''s handles');

select throws_ok($$ select api.provenance('user', '"99"') $$, 'RK018', 'no user "99" was ever seen', 'G2: what no payload showed is not known');
select throws_ok($$ select api.provenance('handle', '"nobody"') $$, 'RK018', 'no handle "nobody" was ever seen', 'nor is a handle');
select throws_ok($$ select api.provenance('follow', '{"target_id": "1", "follower_id": "4"}') $$, 'RK018', null, 'nor a follow');
select throws_ok($$ select api.provenance('follow', '{"target_id": "1"}') $$, 'RK019', 'that names no item: follow {"target_id": "1"}', 'half a key names nothing');
select throws_ok($$ select api.provenance('list', '"1"') $$, 'RK019', 'that names no item: list "1"', 'there are four kinds of items');
select throws_ok($$ select api.provenance('user', null) $$, 'RK019', 'that names no item: user null', 'no key names nothing');

select * from finish();
rollback;
