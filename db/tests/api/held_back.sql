-- Decisions in force: what an operator has to know, and nothing that is over.
begin;
select plan(10);

create function pg_temp.held(p_kind text) returns setof text language sql set role = rookery_web as $$
  select format('%s: %s', about, says) from api.held_back() where kind = p_kind order by 1;
$$;
select is_empty('select * from api.held_back()', 'where nothing was decided, nothing is held back');

insert into test.world_users values (1, 'user_1'), (2, 'user_2');
insert into test.world_follows values (1, 2);
select test.enable('segment_followers', '1') as followers \gset
select api.engine_tick() \g /dev/null
select results_eq($$ select pg_temp.held('missing_prerequisite') $$, format($$ values ('instance %s: waits for syncs: followers') $$, :followers), 'E3: an instance that waits is held back');
select test.play() \g /dev/null
select is_empty($$ select pg_temp.held('missing_prerequisite') $$, 'and is not once it has what it waited for');

select base.decide('rate_limit', 'endpoint followers', 'spent', base.now() + '10 minutes') \g /dev/null
select base.decide('subject_refused', 'users of 9', 'subject_suspended', base.now() + '1 hour') \g /dev/null
select base.decide('run_restarted', 'run 7', 'X refused the cursor') \g /dev/null
set local role rookery_web;
select results_eq('select kind, says, needs_a_person from api.held_back()',
  $$ values ('subject_refused', 'The subject is suspended.', true), ('run_restarted', 'X refused the cursor', false), ('rate_limit', 'spent', false) $$,
  'what needs a person first, then the latest; a class of answers in its words');
select is((select count(*) from api.held_back(1)), 1::bigint, 'no more than one asks for');
select throws_ok('select * from api.held_back(0)', 'RK012', null, 'none at all is no page');
reset role;
select simulation.advance('11 minutes') \g /dev/null
select is_empty($$ select pg_temp.held('rate_limit') $$, 'I8: a window that has opened again holds nothing back');
select isnt_empty($$ select pg_temp.held('subject_refused') $$, 'what is to come back later still does');
select simulation.advance('1 day') \g /dev/null
select is_empty($$ select pg_temp.held('run_restarted') $$, 'what has no end is news for a day');
select is_empty($$ select pg_temp.held('subject_refused') $$, 'and what is over is over');

select * from finish();
rollback;
