begin;
select plan(6);

insert into test.world_users values (1, 'Jack'), (2, 'Jill');
select test.enable('segment_followers', '1') \g /dev/null
insert into test.world_follows values (1, 2);
select test.play() \g /dev/null
set local role rookery_web;
select is(api.user_id('Jack'), 1::bigint, 'a user is found by handle');
select is(api.user_id('@jACK'), 1::bigint, 'G3: whatever the case, with its @ too');
select is(api.user_id('ack'), null, 'a part of a handle is not a handle');
select is(api.user_id(''), null, 'no handle is nobody''s');
select is(api.user_id(null), null, 'nor is null');
reset role;

update test.world_users set handle = 'Giant' where user_id = 1;
select api.sync_request('users', 1) \g /dev/null
select test.play() \g /dev/null
set local role rookery_web;
select is((api.user_id('jack'), api.user_id('giant')), (null::bigint, 1::bigint), 'G3: by the handle that is held now');
reset role;

select * from finish();
rollback;
