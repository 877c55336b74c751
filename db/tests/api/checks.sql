-- What a person should know is said by the database, in one wording for all doors.
begin;
select plan(31);

create function pg_temp.said(p_check text, p_change text default null) returns text language sql set role = rookery_web as $$
  select string_agg(state || ': ' || says, '; ' order by says) from api.checks(p_change) where check_name = p_check;
$$;
create function pg_temp.mend(p_check text) returns text language sql set role = rookery_web as $$
  select string_agg(mend, '; ' order by says) from api.checks() where check_name = p_check;
$$;
select is(pg_temp.said('schema'), null, 'who does not ask for a change hears nothing of it');
select matches(pg_temp.said('worker'), '^warning: no worker ticks: none ever has', 'E6: nobody has ever ticked');
select is(pg_temp.said('provider'), 'ok: x_v2 sells', 'I8: the provider sells');

select is(pg_temp.said('work'), 'ok: nothing is due', 'E5: nothing is due where nothing is wanted');
select is_empty($$ select check_name from api.checks('api') where (state = 'ok') <> (mend is null) $$, 'whatever is not well comes with the way to mend it, and nothing else does');

insert into test.world_users values (1, 'user_1'), (2, 'user_2');
insert into test.world_follows values (1, 2);
select test.enable('segment_followers', '1') \g /dev/null
select test.play() \g /dev/null
select is(pg_temp.said('worker'), 'ok: a worker ticks', 'E6: somebody ticks');
select simulation.advance('1 hour') \g /dev/null
select matches(pg_temp.said('worker'), 'warning: no worker ticks: one was last seen at 2026-03-', 'E6: a worker that is silent is missed');

select is(pg_temp.mend('worker'), 'start one: rookery worker', 'and how to mend that is said');
select simulation.advance('5 hours 30 minutes') \g /dev/null
select is(pg_temp.said('work'), 'ok: the oldest due work, a sync of the followers of 1, was due at 2026-03-02 06:00:00Z', 'E1: work that is due is told');
select simulation.advance('2 hours 30 minutes') \g /dev/null
select is(pg_temp.said('work'), 'warning: work is overdue: a sync of the followers of 1 was due at 2026-03-02 06:00:00Z', 'E1: so is work that nobody does');
select test.play() \g /dev/null
select is(pg_temp.said('work'), 'ok: nothing is due', 'until it is done');

select api.sync_request('followers', 1) \g /dev/null
select test.tick() \g /dev/null
select test.respond((select call_id from ingest.calls where state = 'claimed'), '{"title": "CreditsDepleted"}', 402) \g /dev/null
select matches(pg_temp.said('provider'), '^warning: nothing is bought from x_v2 since .*: A 402: the credits are used up', 'I8: credits that are gone are said');

select is(pg_temp.mend('provider'), 'buy credits in X''s developer console; then: rookery provider resume', 'and how to get it going again');

select api.provider_resume('x_v2'), test.tick() \g /dev/null
select test.respond((select call_id from ingest.calls where state = 'claimed'), '{"title": "Unauthorized"}', 401) \g /dev/null
select matches(pg_temp.said('provider'), '^warning: nothing is bought from x_v2 since .*: A 401: the token is refused', 'I8: so is a token that is refused');

-- A decision that needs a person, while it is in force
select api.provider_resume('x_v2'), test.tick() \g /dev/null
select test.respond((select call_id from ingest.calls where state = 'claimed'), jsonb_build_object('errors', jsonb_build_array(test.error_object('1', 'protected')))::text, 200) \g /dev/null
select base.decide('rate_limit', 'endpoint followers', 'spent', base.now() + '1 day') \g /dev/null
select is(pg_temp.said('subject_refused'), 'warning: followers of 1: The subject''s lists are not public.', 'I6: a protected subject is said');
select is(pg_temp.said('rate_limit'), null, 'what does not, is not');
select base.decide('rows_set_aside', 'followers of 1', 'rows that could not be stored') \g /dev/null
select is(pg_temp.said('rows_set_aside'), 'warning: followers of 1: rows that could not be stored', 'E3: rows that could not be stored are said');
select simulation.advance('2 days') \g /dev/null
select is(pg_temp.said('subject_refused'), null, 'nor what is over');
select is(pg_temp.said('rows_set_aside'), null, 'nor, a day later, what has no end');

-- A call that nobody may send, a window that is shut, a budget that is spent
select test.tick() \g /dev/null
create function pg_temp.out_call() returns bigint language sql as $$ select max(call_id) from ingest.calls where state = 'claimed' $$;
select api.engine_failure(pg_temp.out_call(), 'no_token', 'X_BEARER_TOKEN is not set') \g /dev/null
select matches(pg_temp.said('provider'), '^warning: nothing is bought from x_v2 since .*: The worker has no token to ask with', 'I8: a worker without a token is said');
select is((select probe_at from ingest.providers), base.now() + '60 s', 'and another may come with one at any time, so that it is tried each minute');
select api.provider_resume('x_v2') \g /dev/null
select is(pg_temp.said('window'), 'ok: every rate window has calls left', 'I8: windows are open');
update ingest.windows set remaining_count = 0, reset_at = base.now() + '10 minutes' where endpoint = 'posts';
select is(pg_temp.said('window'), 'ok: no calls are left of posts until 2026-03-04 09:10:00Z', 'I8: one that is spent is said, and is nothing to worry about');
update ingest.windows set reset_at = base.now() + '10 hours' where endpoint = 'posts';
select is(pg_temp.said('window'), 'warning: no calls are left of posts until 2026-03-04 19:00:00Z', 'I8: one that is shut for longer than it is long is');
select is(pg_temp.said('budget'), 'ok: no budget is set', 'I8: no budget is set');
select api.budget_set('everything', 'day', 0), test.tick() \g /dev/null
select matches(pg_temp.said('budget'), '^warning: \d+ calls? waits? until 2026-03-05 00:00:00Z: \$0.00 of the \$0.00 for everything in this day are spent', 'I8: what a budget keeps back is said');

-- Events that nobody takes in
select api.webhook_receive('[{"source": "new_follower", "body": "{\"follower\": \"@user_2\", \"target\": \"@user_1\"}"}]') \g /dev/null
select is(pg_temp.said('inbox'), 'ok: webhook events are being taken in', 'W1: what has just come is nothing to worry about');
select simulation.advance('30 s') \g /dev/null
select is(pg_temp.said('inbox'), 'ok: webhook events are being taken in', 'W1: nor is what came within a few heartbeats');
select simulation.advance('1 hour') \g /dev/null
select matches(pg_temp.said('inbox'), '^warning: webhook events are not taken in: the oldest came at 2026-03-04 09:00:00Z', 'W1: events that nobody takes in are');

-- Deployed changes
drop schema if exists sqitch cascade;
select is(pg_temp.said('schema', 'api'), 'warning: nobody keeps a registry of deployed changes here', 'without a registry it cannot be told');
create schema sqitch;
create table sqitch.changes (project text, change text);
insert into sqitch.changes values ('rookery', 'api'), ('another', 'later');
grant usage on schema sqitch to rookery_owner;
grant select on sqitch.changes to rookery_owner;
select is(array[pg_temp.said('schema', 'api'), pg_temp.said('schema', 'later')],
  array['ok: change api is deployed', 'failing: a migration is behind: change later is not deployed'],
  'W6: a migration that is behind is said');

select * from finish();
rollback;
