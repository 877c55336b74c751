-- What a person should know is said by the database, in one wording for all doors.
begin;
select plan(14);

create function pg_temp.said(p_check text, p_change text default null) returns text language sql set role = rookery_web as $$
  select string_agg(state || ': ' || says, '; ' order by says) from api.checks(p_change) where check_name = p_check;
$$;
select is(pg_temp.said('schema'), null, 'who does not ask for a change hears nothing of it');
select matches(pg_temp.said('worker'), '^warning: no worker ticks: one was last seen never', 'E6: nobody has ever ticked');
select is(pg_temp.said('provider'), 'ok: x_v2 sells', 'I8: the provider sells');

insert into test.world_users values (1, 'user_1'), (2, 'user_2');
insert into test.world_follows values (1, 2);
select test.enable('segment_followers', '1') \g /dev/null
select test.play() \g /dev/null
select is(pg_temp.said('worker'), 'ok: a worker ticks', 'E6: somebody ticks');
select simulation.advance('1 hour') \g /dev/null
select matches(pg_temp.said('worker'), 'warning: no worker ticks: one was last seen at 2026-03-', 'E6: a worker that is silent is missed');

select api.sync_request('followers', 1) \g /dev/null
select test.tick() \g /dev/null
select test.respond((select call_id from ingest.calls where state = 'claimed'), '{"title": "CreditsDepleted"}', 402) \g /dev/null
select matches(pg_temp.said('provider'), '^warning: nothing is bought from x_v2 since .*: A 402: the credits are used up', 'I8: credits that are gone are said');

select api.provider_resume('x_v2'), test.tick() \g /dev/null
select test.respond((select call_id from ingest.calls where state = 'claimed'), '{"title": "Unauthorized"}', 401) \g /dev/null
select matches(pg_temp.said('provider'), '^warning: nothing is bought from x_v2 since .*: A 401: the token is refused', 'I8: so is a token that is refused');

-- A decision that needs a person, while it is in force
select api.provider_resume('x_v2'), test.tick() \g /dev/null
select test.respond((select call_id from ingest.calls where state = 'claimed'), jsonb_build_object('errors', jsonb_build_array(test.error_object('1', 'protected')))::text, 200) \g /dev/null
select base.decide('rate_limit', 'endpoint followers', 'spent', base.now() + '1 day') \g /dev/null
select is(pg_temp.said('subject_refused'), 'warning: users of 1: The subject''s lists are not public.', 'I6: a protected subject is said');
select is(pg_temp.said('rate_limit'), null, 'what does not, is not');
select base.decide('rows_set_aside', 'followers of 1', 'rows that could not be stored') \g /dev/null
select is(pg_temp.said('rows_set_aside'), 'warning: followers of 1: rows that could not be stored', 'E3: rows that could not be stored are said');
select simulation.advance('2 days') \g /dev/null
select is(pg_temp.said('subject_refused'), null, 'nor what is over');
select is(pg_temp.said('rows_set_aside'), null, 'nor, a day later, what has no end');

-- Deployed changes
drop schema if exists sqitch cascade;
select is(pg_temp.said('schema', 'api'), 'warning: nobody keeps a registry of deployed changes here', 'without a registry it cannot be told');
create schema sqitch;
create table sqitch.changes (project text, change text);
insert into sqitch.changes values ('rookery', 'api'), ('another', 'later');
grant usage on schema sqitch to rookery_owner;
grant select on sqitch.changes to rookery_owner;
select is(array[pg_temp.said('schema', 'api'), pg_temp.said('schema', 'later')],
  array['ok: change api is deployed', 'failing: a migration is behind: change later is not deployed; rookery db deploy does it'],
  'W6: a migration that is behind is said');

select * from finish();
rollback;
