-- What a person should know is said by the database, in one wording for all doors.
begin;
select plan(11);

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

-- A decision that needs a person, while it is in force
select base.decide('subject_refused', 'followers of 9', 'subject_protected', base.now() + '1 day') \g /dev/null
select base.decide('rate_limit', 'endpoint followers', 'spent', base.now() + '1 day') \g /dev/null
select is(pg_temp.said('subject_refused'), 'warning: followers of 9: subject_protected', 'E3: what needs a person is said');
select is(pg_temp.said('rate_limit'), null, 'what does not, is not');
select simulation.advance('2 days') \g /dev/null
select is(pg_temp.said('subject_refused'), null, 'nor what is over');

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
