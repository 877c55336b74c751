-- A process asks whether the schema has what it was made for, before it does anything.
begin;
select plan(4);

drop schema if exists sqitch cascade;
set local role rookery_worker;
select is(api.has_change('api'), null, 'W6: without a registry it cannot be told');
reset role;
create schema sqitch;
create table sqitch.changes (project text, change text);
insert into sqitch.changes values ('rookery', 'api'), ('another', 'later');
grant usage on schema sqitch to rookery_owner;
grant select on sqitch.changes to rookery_owner;
set local role rookery_worker;
select is(array[api.has_change('api'), api.has_change('later')], array[true, false], 'W6: a change is deployed or not, and another project''s is none of ours');
set local role rookery_web;
select ok(api.has_change('api'), 'W6: the web process may ask too');
select throws_ok('select from sqitch.changes', '42501', null, 'W5: and sees no more of the registry');

select * from finish();
rollback;
