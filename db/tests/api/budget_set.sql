begin;
select plan(17);

select test.enable('segment_followers', '1') \g /dev/null
select root_id as root from api.roots \gset
set local role rookery_operator;
select lives_ok($$ select api.budget_set('everything', 'month', 100), api.budget_set('call:followers', 'day', 5.5) $$, 'I8: a budget is set');
select lives_ok(format($$ select api.budget_set('root:00%s', 'month', 20) $$, :root), 'I8: for a root too');
select results_eq($$ select scope, period, cap_usd, spent_usd, left_usd, held_calls, began_at, ends_at from api.budgets() $$,
  format($$ values ('call:followers', 'day', 5.5, 0.0, 5.5, 0::bigint, '2026-03-02T00:00:00Z'::timestamptz, '2026-03-03T00:00:00Z'::timestamptz),
     ('everything', 'month', 100, 0, 100, 0, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z'), ('root:%s', 'month', 20, 0, 20, 0, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z') $$, :root),
  'and can be looked at');
select api.budget_set('everything', 'month', 50), api.budget_set('call:followers', 'day', null) \g /dev/null
select results_eq('select cap_usd from api.budgets() order by 1', '{20,50}'::numeric[], 'setting it again changes it, null takes it away');
select lives_ok($$ select api.budget_set('call:posts', 'day', null) $$, 'also one that is not there');
select lives_ok($$ select api.budget_set('call:posts', 'day', 0) $$, 'nothing at all is a budget');

select throws_ok($$ select api.budget_set('root:999999999999', 'day', 1) $$, 'RK005', 'there is no root 999999999999', 'a root that is not there has no budget');
select throws_ok($$ select api.budget_set('call:likes', 'day', 1) $$, 'RK030', 'a budget cannot be on ''call:likes''', 'nor has a call that is none');
select matches(test.hint_of($$ select api.budget_set('call:likes', 'day', 1) $$), 'KIND is one of followers, following, posts, search, timeline, users, users_by_handle', 'the hint names them');
select throws_ok($$ select api.budget_set('all', 'day', 1) $$, 'RK030', 'a budget cannot be on ''all''', 'nor anything else');
select throws_ok($$ select api.budget_set(null, 'day', 1) $$, 'RK030', 'a budget cannot be on null', 'nor nothing');
select throws_ok($$ select api.budget_set('everything', 'week', 1) $$, 'RK030', 'a budget cannot be for a ''week''', 'a period is a day or a month');
select throws_ok($$ select api.budget_set('everything', null, 1) $$, 'RK030', 'a budget cannot be for a null', 'and is said');
select throws_ok($$ select api.budget_set('everything', 'day', -0.01) $$, 'RK030', 'a budget cannot be USD -0.01', 'an amount is not negative');
select throws_ok($$ select api.budget_set('everything', 'day', 'NaN') $$, 'RK030', 'a budget cannot be USD NaN', 'and a number');
reset role;
select api.budget_set('everything', 'month', 50), simulation.set_now('2026-04-02T00:00:00Z') \g /dev/null
select is((select began_at from api.budgets() where scope = 'everything'), '2026-04-01T00:00:00Z', 'a period that is over is not shown, although no call has begun the next');
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
