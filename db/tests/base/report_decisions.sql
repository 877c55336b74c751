-- Who answers for a step tells what was decided in it, so that logs and decisions agree (E3).
begin;
select plan(11);

create function pg_temp.said(p_path text) returns text language sql as $$ select base.report_decisions() #>> ('{decisions,' || p_path || '}')::text[] $$;
select is(base.report_decisions(), '{}', 'where nothing was decided, nothing is told');
select base.decide('failed_dependency', 'instance 12', 'waits for instance 3', base.now() + '1 hour', '{"instance_id": 3, "context": "long"}') \g /dev/null
select is(base.report_decisions(), jsonb_build_object('decisions', jsonb_build_array(jsonb_build_object(
    'decision_id', (select decision_id from api.decisions), 'kind', 'failed_dependency', 'about', 'instance 12', 'reason', 'waits for instance 3',
    'repeats', 1, 'needs_a_person', false, 'until', base.now() + '1 hour', 'instance_id', 12))),
  'E3: a decision is told with its id and that of what it is about');
select base.decide('failed_dependency', 'instance 12', 'waits for instance 3') \g /dev/null
select is((jsonb_array_length(base.report_decisions() -> 'decisions'), pg_temp.said('0,repeats'))::text, '(1,2)', 'E3: the same decision again is one, and counted');
select is(pg_temp.said('0,until'), null, 'and has no end where it has none');
select base.forget_notes() \g /dev/null
select is(base.report_decisions(), '{}', 'a step tells nothing of the one before it');
select base.decide('run_failed', 'followers of 7', 'timeout', null, '{"run_id": 5, "call_id": 6}') \g /dev/null
select is(pg_temp.said('0,run_id') || ' ' || pg_temp.said('0,call_id'), '5 6', 'the ids in its detail are told under the same names');

-- What was undone did not happen
select base.forget_notes() \g /dev/null
do $$
begin
  perform base.decide('run_failed', 'followers of 8', 'timeout');
  raise 'undone';
exception when others then
  null;
end;
$$;
select is(base.report_decisions(), '{}', 'E3: a decision that was undone is not told');

-- A storm
select base.decide('run_failed', 'followers of ' || i, 'timeout') from generate_series(1, 2000) as i \g /dev/null
select cmp_ok(jsonb_array_length(base.report_decisions() -> 'decisions'), '>', 90, 'of very many about a hundred are told');
select cmp_ok(jsonb_array_length(base.report_decisions() -> 'decisions'), '<', 410, 'and no more: the others are in the view');

-- What a session says itself
set local role rookery_worker;
set local rookery.decisions = 'x, y';
set local rookery.materializations = '1); drop';
select is(api.engine_tick('w', 0) -> 'decisions', '[]', 'W5: notes of the caller''s own are not read');
reset role;
set local rookery.decisions = 'x, y';
select lives_ok($$ select api.sync_request('followers', 1); select api.engine_release('w') $$, 'W5: nor do they hurt elsewhere');

select * from finish();
rollback;
