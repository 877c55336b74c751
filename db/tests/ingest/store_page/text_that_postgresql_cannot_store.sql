-- Text that PostgreSQL cannot store is stored with U+FFFD in its place; a row that cannot be read is set aside with its reason; the rest of the page is stored.
begin;
select plan(21);

-- A page of a thousand followers, eight of which are hostile.
create temp table hostile (row_no integer, raw text) on commit drop;
insert into hostile values
  (10, '{"id": "5010", "username": "user_5010", "name": "N\u0000ul", "description": "lone \ud83d here, \udc00 there, whole \ud83e\udd85", "location": "\\u0000 is only said"}'),
  (20, '{"id": "99999999999999999999", "username": "a"}'),
  (30, '{"id": "5030", "username": "user_5030", "created_at": "2026-02-30T00:00:00.000Z"}'),
  (40, '{"id": "5040", "username": "user_5040", "created_at": "yesterday"}'),
  (50, '{"id": "5050", "username": "user_5050", "verified": "maybe"}'),
  (60, '{"id": "5060", "username": "user_5060", "public_metrics": {"followers_count": "many"}}'),
  (70, '{"id": "5070", "username": "us\u0000r"}'),
  (80, '{"id": {"id": 5080}, "username": "user_5080"}');
select '{"data": [' || string_agg(coalesce(h.raw, test.user_object(5000 + n)::text), ', ' order by n) || '], "meta": {"result_count": 1000, "next_token": "more"}}' as body
from generate_series(1, 1000) as n left join hostile as h on h.row_no = n \gset
select test.x_sync('followers', 7) as run \gset
select test.respond(test.x_call(:run), :'body') as said \gset
select ok(:'said'::jsonb @> '{"recorded": true, "class": "page", "resources": 1000, "rejected": 7}', 'the driver is told how many rows were set aside');
select is(cardinality(test.x_followers(7)), 993, 'the others are stored');
select results_eq('select name, description, location from graph.users where user_id = 5010',
  $$ values (E'N\ufffdul', E'lone \ufffd here, \ufffd there, whole \U0001F985', '\u0000 is only said') $$, 'U+FFFD stands for what cannot be stored, and for nothing else');
select results_eq(format('select raw ->> ''username'', reason from ingest.rejects where run_id = %s order by reject_id', :run),
  $$ values ('a', 'value "99999999999999999999" is out of range for type bigint'),
            ('user_5030', 'date/time field value out of range: "2026-02-30T00:00:00.000Z"'),
            ('user_5040', 'id, username or created_at is missing or malformed'),
            ('user_5050', 'invalid input syntax for type boolean: "maybe"'),
            ('user_5060', 'invalid input syntax for type bigint: "many"'),
            (E'us\ufffdr', 'id, username or created_at is missing or malformed'),
            ('user_5080', 'invalid input syntax for type bigint: "{"id": 5080}"') $$, 'each of the rest is kept as it came, with the reason');
select results_eq(format('select rejected_count, resource_count, status from ingest.runs where run_id = %s', :run), $$ values (7::bigint, 1000::bigint, 'in_progress') $$, 'I1: the run says so, and goes on');
select results_eq($$ select about, detail ->> 'rows' from base.decisions where decision_kind = 'rows_set_aside' $$, $$ values ('followers of 7', '7') $$, 'E3: it is a decision');
select ok(jsonb_path_exists(api.why_run(:run), '$.because[*] ? (@.about == "rejects")'), 'and why_run tells');

-- Posts
select test.x_list('posts', 7, array['{"data": [{"id": "61", "text": "N\u0000ul and \ud800", "lang": "e\u0000"}, {"id": "9223372036854775808", "text": "x"}, {"id": "62", "text": "x", "created_at": "2026-13-01T00:00:00Z"},
  {"id": "63", "text": ["x"], "public_metrics": "x"}, {"id": "64", "text": "x", "author_id": "1e3"}, {"id": "65", "text": "good"}], "meta": {"result_count": 6, "newest_id": "9223372036854775808"}}']) as posts \gset
select results_eq('select post_id, text, lang from graph.posts order by 1', $$ values (61::bigint, E'N\ufffdul and \ufffd', E'e\ufffd'), (65, 'good', null) $$, 'posts likewise');
select results_eq(format('select status, rejected_count, cursor_exhausted from ingest.runs where run_id = %s', :posts), $$ values ('success', 4::bigint, false) $$,
  'I2: a row of which nobody can say whose it is leaves a hole in the list');
select is((select since_id from ingest.subjects where sync_kind = 'posts'), 65::bigint, 'I5: the newest post is one that can be one');

-- Elsewhere in a page
select test.x_sync('followers', 8) as run \gset
select is(test.x_answer(:run, '{"data": [{"id": "5001", "username": "user_5001"}], "meta": {"result_count": 1, "next_token": "to\u0000ken\ud83d"}}'), 'page', 'in a token');
select is((select page_token from ingest.calls where run_id = :run and state = 'ready'), E'to\ufffdken\ufffd', 'which X then refuses, if it ever meant it');
select is(test.x_answer(:run, '{"errors": [{"message": "\u0000", "parameters": {"pagination_token": ["to\u0000"]}}]}', 400), 'cursor_refused', 'in an error');
select is(test.x_answer(:run, '{"title": "Inv\u0000lid", "detail": "\udfff"}', 503), 'server_error', 'in a problem');
select is((select answer_detail from ingest.calls where run_id = :run and state = 'ready'), E'\ufffd', 'which is noted');
select simulation.advance('1 minute') \g /dev/null
select is(test.x_answer(:run, '{"d\u0000ta": 1, "data": [{"id": "5002", "username": "user_5002", "na\u0000me": 1}], "meta": {"result_count": 1}}'), 'page', 'in the name of a member');
select is((select status from ingest.runs where run_id = :run), 'success', 'and the run goes on');
select is(test.x_answer(test.x_sync('following', 9), replace(jsonb_build_object('errors', jsonb_build_array(test.error_object('9', 'protected') || '{"value": "@"}'))::text, '@', '\u0000')), 'subject_protected', 'in a refusal');
select test.x_sync('following', 8) as huge \gset
select is(test.x_answer(:huge, '{"data": [{"id": "5003", "username": "user_5003", "public_metrics": {"followers_count": 1e999999}}], "meta": {"result_count": 1}}'), 'page', 'a number beyond all bounds');
select is((select followers_count from graph.user_counts where user_id = 5003), null, 'is none');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select * from finish();
rollback;
