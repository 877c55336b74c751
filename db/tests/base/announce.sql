begin;
select plan(5);

select setval('base.announcements', 0) \g /dev/null
select base.announce() \g /dev/null
select last_value as announced_at from base.announcements \gset
select ok(:announced_at > 1700000000, 'an announcement is remembered');
select setval('base.announcements', 9999999999) \g /dev/null
select base.announce() \g /dev/null
select is((select last_value from base.announcements), 9999999999, 'E2: in the same second nothing is announced again');

-- Who ticks announces what came of it, and nothing else
select setval('base.announcements', 0) \g /dev/null
select test.tick() \g /dev/null
select is((select last_value from base.announcements), 0::bigint, 'E5: a tick that does nothing announces nothing');
insert into test.world_users values (1, 'user_1'), (2, 'user_2');
insert into test.world_follows values (1, 2);
select test.enable('segment_followers', '1'), api.engine_tick('w', 8) \g /dev/null
select cmp_ok((select last_value from base.announcements), '>', 0::bigint, 'one that hands out calls does');
select test.play(), simulation.advance('7 hours'), test.play(), setval('base.announcements', 0) \g /dev/null
select test.tick() \g /dev/null
select is((select last_value from base.announcements), 0::bigint, 'E5: nor one that finds everything fresh');
select setval('base.announcements', :announced_at) \g /dev/null

select * from finish();
rollback;
