begin;
select plan(23);

select test.x_sync('followers', 1) as first, test.x_sync('posts', 2) as second, test.x_sync('following', 3) as third \gset
select is(test.x_answer(:first, '{"title": "CreditsDepleted"}', 402, '{"x-rate-limit-remaining": "299"}'), 'credits_depleted', 'the credits are used up');
select results_eq('select stopped_class, stopped_at, probe_at from ingest.providers', $$ values ('credits_depleted', base.now(), base.now() + interval '1 hour') $$, 'all buying stops');
select results_eq($$ select about, reason, until_at from base.decisions where decision_kind = 'provider_stopped' $$,
  $$ values ('provider x_v2', 'credits_depleted', base.now() + interval '1 hour') $$, 'E3: which is a decision');
select is((select attempt_count from ingest.calls where run_id = :first), 0, 'no attempt was wasted');

-- What was out already
select is(test.answer('%/3/following', '{"title": "CreditsDepleted"}', 402) ->> 'recorded', 'true', 'calls that were out already are answered so too');
select is((select array_agg(repeat_count) from base.decisions where decision_kind = 'provider_stopped'), '{1}', 'E3: one decision for all of them');
select test.answer('%/2/tweets', test.posts_page('{20}', 'more')) \g /dev/null
select isnt((select stopped_at from ingest.providers), null, 'one that was sold before the end does not start it again');
select is(test.tick(), '[]', 'nothing goes out');
select is(ingest.next_work_at(true), base.now() + interval '1 hour', 'E2: before the probe there is nothing to do');

select simulation.advance('1 hour') \g /dev/null
select test.tick() as calls \gset
select is(jsonb_array_length(:'calls'), 1, 'then one call is let through');
select is(test.tick(), '[]', 'and no second one');
select is(test.respond((:'calls'::jsonb #>> '{0,call_id}')::bigint, '<html>', 503) ->> 'class', 'server_error', 'an answer that says nothing about money');
select isnt((select stopped_at from ingest.providers), null, 'changes nothing');

select simulation.advance('1 hour') \g /dev/null
select test.tick() as calls \gset
select test.respond((:'calls'::jsonb #>> '{0,call_id}')::bigint, '{}', 401) \g /dev/null
select results_eq('select stopped_class, stopped_at, probe_at from ingest.providers',
  $$ values ('unauthorized', base.now() - interval '2 hours', base.now() + interval '1 hour') $$, 'a probe that fails waits as long again, and the stop keeps its beginning');
select simulation.advance('1 hour') \g /dev/null
select test.tick() as calls \gset
select test.respond((:'calls'::jsonb #>> '{0,call_id}')::bigint, '{}', 401) \g /dev/null
select is((select repeat_count from base.decisions where decision_kind = 'provider_stopped' and reason = 'unauthorized'), 2::bigint, 'E3: every probe that fails is counted');
select results_eq($$ select distinct stopped_class, stopped_at from api.windows $$, $$ values ('unauthorized', base.now() - interval '3 hours') $$, 'everybody can see it');

select simulation.advance('1 hour') \g /dev/null
select test.tick() as calls \gset
select test.respond((:'calls'::jsonb #>> '{0,call_id}')::bigint, test.page('[]')) \g /dev/null
select results_eq('select stopped_class, stopped_at, probe_at from ingest.providers', 'values (null::text, null::timestamptz, null::timestamptz)', 'a good answer starts it again');
select is(jsonb_array_length(test.tick()), 2, 'and all that waits goes out');

-- An operator says so
select test.respond(call_id, '{"title": "SpendCapReached"}', 403) from ingest.calls where state = 'claimed' \g /dev/null
select is(test.tick(), '[]', 'stopped again');
select is(api.provider_resume(), true, 'an operator can say that it is mended');
select is(jsonb_array_length(test.tick()), 2, 'and buying goes on at once');

select is((select array_agg(answer_class order by answer_class) from ingest.answer_classes where action = 'stop'),
  '{credits_depleted,forbidden,no_token,spend_capped,unauthorized,usage_capped}', 'what stops buying');
select throws_like($$ update ingest.providers set stopped_at = base.now() $$, '%stopped_is_said_whole%', 'a stop has a class, a beginning and a probe');

select * from finish();
rollback;
