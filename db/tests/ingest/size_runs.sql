-- I9: what a run reads, and in which pages, follows from the counts of its subject's profile.
begin;
select plan(33);

-- What the tests say of a look: the list's answers, in pages, after the profile counted so many.
create function pg_temp.run(p_count bigint, p_bodies text[], p_advance interval default '6 hours') returns text language plpgsql as $$
declare
  v_run ingest.runs;
  v_body text;
begin
  perform simulation.advance(p_advance);
  perform test.x_look(7, p_count, p_count);
  perform test.tick();
  select * into strict v_run from ingest.runs where status = 'in_progress';
  foreach v_body in array p_bodies loop
    perform test.x_answer(v_run.run_id, v_body);
  end loop;
  return concat_ws(', ', v_run.mode, v_run.reason, 'expects ' || v_run.expected_count, 'doubts ' || v_run.doubt_count, 'pages of ' || v_run.page_size);
end $$;
create function pg_temp.ids(p_from bigint, p_to bigint, p_token text default null) returns text language sql as $$
  select test.users_page(array(select i from generate_series(p_from, p_to, case when p_to < p_from then -1 else 1 end) as i), p_token)
$$;
select test.x_look(7, 103) \g /dev/null
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('followers', 7, 1, false);

select is(pg_temp.run(103, array[pg_temp.ids(200, 101)]), 'full, first, expects 103, pages of 1000', 'I3: the first run is full, and nothing is known but what the profile counts');
select results_eq($$ select list_count, count_at_full, count_at_look, full_position > (select max(change_id) from graph.follow_changes) from ingest.subjects where sync_kind = 'followers' $$,
  'values (100::bigint, 103::bigint, 103::bigint, true)', 'I9: the list and the count are remembered, with three suspended between them');
select is(pg_temp.run(103, array[pg_temp.ids(200, 191, 'more')]), 'incremental, due, expects 0, doubts 0, pages of 10', 'I9: equal counts shorten the look to one small page');
select is((select page_count from ingest.runs order by run_id desc limit 1), 1, 'I2: which ends it when it holds nothing new');
select is(pg_temp.run(103, array[pg_temp.ids(201, 192, 'more'), pg_temp.ids(191, 182, 'further')]), 'incremental, due, expects 0, doubts 0, pages of 10', 'I9: one added and one lost cancel');
select is((select page_count || ' ' || changed_count from ingest.runs order by run_id desc limit 1), '2 1', 'I2: but the page finds the one, and leads on');
select is(pg_temp.run(103, array[pg_temp.ids(201, 192, 'more')]), 'incremental, due, expects 0, doubts 1, pages of 10', 'I9: then the other must have gone: a doubt, and too small a one to read all');
select is(pg_temp.run(253, array[pg_temp.ids(351, 337, 'more'), pg_temp.ids(336, 202, 'on'), pg_temp.ids(201, 187, 'and on')]), 'incremental, due, expects 150, doubts 0, pages of 15', 'I9: a page is a tenth of what must be new');
select is((select count(*) from graph.follows where target_id = 7 and deleted_at is null), 251::bigint, 'all are in');
select is(pg_temp.run(251, array[pg_temp.ids(351, 342, 'more')]), 'incremental, due, expects 0, doubts 3, pages of 10', 'I9: adds beyond what the count grew by are removals, the offset aside');

-- 251 edges known, expected 248; 2 % of 248 is five.
select is(pg_temp.run(250, array[pg_temp.ids(351, 342, 'more')]), 'incremental, due, expects 0, doubts 4, pages of 10', 'I9: below the threshold nothing is read in full');
select is(pg_temp.run(249, array[pg_temp.ids(351, 106)]), 'full, doubt, expects 246, doubts 5, pages of 1000', 'I9: at 2 % of the list all of it is');
select results_eq($$ select list_count, count_at_full from ingest.subjects where sync_kind = 'followers' $$, 'values (246::bigint, 249::bigint)', 'I2: which finds those that left, and begins anew');
select is(pg_temp.run(249, array[pg_temp.ids(351, 342, 'more')], '20 hours'), 'incremental, due, expects 0, doubts 0, pages of 10', 'I9: there is no doubt then');
insert into ingest.needs (sync_kind, subject_id, consumer_id, reconcile_doubt, doubt_or_default, tolerates_refusal) values ('followers', 7, 2, 0.8, false, false);
select is(pg_temp.run(247, array[pg_temp.ids(351, 108)]), 'full, doubt, expects 244, doubts 2, pages of 1000', 'I9: whoever needs the list may bear less of it');
update ingest.needs set reconcile_doubt = 0 where consumer_id = 2;
select is(pg_temp.run(247, array[pg_temp.ids(351, 342, 'more')], '20 hours'), 'incremental, due, expects 0, doubts 0, pages of 10', 'I9: who bears none is content where there is none');
delete from ingest.needs where consumer_id = 2;

-- What something else brought
select test.x_users('{900}'), graph.write_follows('{7}', '{900}', null, 50), graph.remove_follows('{7}', '{351}', null, 51) \g /dev/null
select is(pg_temp.run(247, array[pg_temp.ids(350, 341, 'more')], '20 hours'), 'incremental, due, expects 0, doubts 0, pages of 10', 'I9: edges that an event brought or took are known, and no doubt');

-- Free
select is(pg_temp.run(246, array[pg_temp.ids(350, 341, 'more')]), 'incremental, due, expects 0, doubts 1, pages of 10', 'one left');
select simulation.set_now('2026-03-20 09:00:00+00'), test.x_look(7, 246, 246) \g /dev/null
select test.x_list('followers', 7, array[pg_temp.ids(350, 108)]) \g /dev/null
update ingest.subjects set count_at_full = 246 where sync_kind = 'followers';
update ingest.runs set restart_count = 1 where run_id = (select max(run_id) from ingest.runs);
select ok(not ingest.is_bought_today('followers', 7, 1), 'I4: of a run that started over nobody knows how much of the list it bought');
update ingest.runs set restart_count = 0 where run_id = (select max(run_id) from ingest.runs);
select is(pg_temp.run(246, array[pg_temp.ids(350, 341, 'more')]), 'incremental, due, expects 0, doubts 0, pages of 10', 'I9: a list that was bought today is not read again for nothing');
select is(pg_temp.run(245, array[pg_temp.ids(350, 109)]), 'full, free, expects 242, doubts 1, pages of 1000', 'I9: but for any doubt, since it costs nothing');
select is(pg_temp.run(244, array[pg_temp.ids(350, 341, 'more')]), 'incremental, due, expects 0, doubts 1, pages of 10', 'I9: and no more when the day is over');
select simulation.set_now('2026-03-22 17:20:00+00') \g /dev/null
select test.x_look(7, 244), ingest.request_sync('followers', 7, 'full') as broken \gset
select test.x_answer(:broken, pg_temp.ids(350, 115, 'more')), test.x_answer(:broken, '{}', 400) \g /dev/null
select is(pg_temp.run(244, array[pg_temp.ids(350, 341, 'more')], '5 hours 50 minutes'), 'incremental, due, expects 0, doubts 1, pages of 10', 'I9: nor shortly before midnight, after which all is charged again');
select simulation.set_now('2026-03-23 01:00:00+00') \g /dev/null
select test.x_look(7, 244), ingest.request_sync('followers', 7, 'full') as broken \gset
select test.x_answer(:broken, pg_temp.ids(350, 115, 'more')), test.x_answer(:broken, '{}', 400) \g /dev/null
select is(pg_temp.run(244, array[pg_temp.ids(350, 110)]), 'full, free, expects 241, doubts 1, pages of 1000', 'I9: what a run that was broken off has bought is free too');

-- Age
select is(pg_temp.run(244, array[pg_temp.ids(350, 341, 'more')], '6 days 17 hours 59 minutes'), 'incremental, due, expects 0, doubts 0, pages of 10', 'I3: a list is read in full before it is a week old');
select is((select due_at - full_at from ingest.due join ingest.subjects using (sync_kind, subject_id)), '6 days 18 hours', 'I3: it is due when one more look would be too late');
select is(pg_temp.run(244, array[pg_temp.ids(350, 110)], '1 minute'), 'full, reconcile, expects 241, doubts 0, pages of 1000', 'I3: and is read in full then');
insert into ingest.needs (sync_kind, subject_id, consumer_id, reconcile_within, reconcile_or_default, tolerates_refusal) values ('followers', 7, 2, '20 hours', false, false);
select is((select due_at - full_at from ingest.due join ingest.subjects using (sync_kind, subject_id)), '6 hours', 'A5: a root''s own age moves nothing nearer than a look');
select is(pg_temp.run(244, array[pg_temp.ids(350, 110)], '19 hours'), 'full, reconcile, expects 241, doubts 0, pages of 1000', 'I3: but the full read');
delete from ingest.needs where consumer_id = 2;

-- Unknown counts, and what is asked for
select is(pg_temp.run(null, array[pg_temp.ids(350, 341, 'more')]), 'incremental, due, expects 0, doubts 0, pages of 10', 'a profile that does not say how many leaves what it said before');
update graph.user_counts set followers_count = null where user_id = 7;
select is(pg_temp.run(null, array[pg_temp.ids(350, 341, 'more')]), 'incremental, due, pages of 100', 'I9: without counts pages are of a middling size');
select test.x_look(7, 300), ingest.request_sync('followers', 7, 'incremental') as asked \gset
select is((select mode || ', ' || reason || ', ' || doubt_count from ingest.runs where run_id = :asked), 'incremental, requested, 0', 'who asks for an incremental run gets one');
select is_empty('select test.broken_runs() union all select test.broken_logs() union all select test.broken_counts()', 'the books agree');

select * from finish();
rollback;
