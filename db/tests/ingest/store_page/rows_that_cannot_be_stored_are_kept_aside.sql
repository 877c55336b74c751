begin;
select plan(8);

select test.x_sync('followers', 7) as run \gset
select ok(test.respond(test.x_call(:run), '{"data": [{"id": "1", "username": "a\u0000"}, {"id": "2", "username": "user_2", "name": "x\u0000"}, {"username": "b"}, {"id": "99999999999999999999", "username": "c"}],
  "meta": {"result_count": 4, "next_token": "more"}}') @> '{"recorded": true, "class": "page", "rejected": 3}', 'a page with bad rows is a page');
select is(test.x_followers(7), '{2}', 'its good rows are stored');
select results_eq(format('select raw ->> ''username'', reason from ingest.rejects where run_id = %s and page_no = 1 order by reject_id', :run),
  $$ values (E'a\ufffd', 'id, username or created_at is missing or malformed'), ('b', 'id, username or created_at is missing or malformed'),
            ('c', 'value "99999999999999999999" is out of range for type bigint') $$, 'the others are kept as they came, with the reason');
select results_eq(format('select resource_count, rejected_count, is_partial from ingest.runs where run_id = %s', :run), 'values (4::bigint, 3::bigint, true)', 'they were paid for, and some have no name');
select results_eq($$ select about, detail ->> 'rows' from base.decisions where decision_kind = 'rows_set_aside' $$, $$ values ('followers of 7', '3') $$, 'E3: which is a decision');

-- I5: posts by somebody else
select test.x_list('posts', 7, array['{"data": [{"id": "30", "text": "mine"}, {"id": "31", "text": "a stranger''s", "author_id": "99"}, {"id": "32", "text": "an acquaintance''s", "author_id": "2"}], "meta": {"result_count": 3}}']) as posts \gset
select results_eq('select post_id, author_id from graph.posts order by 1', 'values (30::bigint, 7::bigint), (32, 2)', 'G2: a post is stored when its author is a user here; in a timeline it is its owner''s unless it says otherwise');
select results_eq(format('select raw ->> ''post_id'', reason from ingest.rejects where run_id = %s', :posts), $$ values ('31', 'its author is not hydrated') $$, 'I5: a post by a stranger is noted');
select is((select item_ids from ingest.pages where run_id = :posts), '{30,31,32}', 'G7: and was seen');

select * from finish();
rollback;
