begin;
select plan(21);

insert into test.world_users values (1, 'Jack'), (2, 'Jill'), (3, '12345');
insert into test.world_follows values (1, 2), (1, 3);
select test.enable('segment_followers', '1') \g /dev/null
select test.play() \g /dev/null
set local role rookery_reader;
select results_eq($$ select * from api.users_find('{1, @jACK, Jill, https://x.com/JACK, x.com/i/user/2, " 3 ", @12345, 12345}') $$,
  $$ values ('1', 1::bigint, 'Jack', null::numeric), ('@jACK', 1, 'Jack', null), ('Jill', 2, 'Jill', null), ('https://x.com/JACK', 1, 'Jack', null),
            ('x.com/i/user/2', 2, 'Jill', null), (' 3 ', 3, '12345', null), ('@12345', 3, '12345', null), ('12345', 12345, null, null) $$,
  'G3: a user is found by id, handle in any case, @handle or link, in the order asked; all digits are an id, @ makes a handle of them');
select results_eq($$ select * from api.users_find('{@Ghost}') $$, $$ values ('@Ghost', null::bigint, 'ghost', 0.01) $$,
  'I9: of a handle that nobody is known to have, what asking X costs');
select is_empty($$ select * from api.users_find('{}') $$, 'nobody is found where nobody is asked for');
select throws_ok(format('select * from api.users_find(array[%L])', name), 'RK011', 'this names no user: ' || quote_literal(name), 'what names no user is an error: ' || name)
from unnest(array['', '0', '-1', '+5', 'two words', '@', 'abcdefghijklmnop', '9223372036854775808', 'https://example.com/jack', 'a;b']) as name;
select throws_ok('select * from api.users_find(array[null])', 'RK011', 'this names no user: null', 'so is nothing');
select results_eq($$ select user_id from api.users_find('{00123, 9223372036854775807}') $$, $$ values (123::bigint), (9223372036854775807) $$, 'G1: ids are read as numbers');
reset role;

-- Renamed, and the old handle is nobody's.
select simulation.advance('1 day') \g /dev/null
update test.world_users set handle = 'Giant' where user_id = 1;
select api.sync_request('users', 1) \g /dev/null
select test.play() \g /dev/null
set local role rookery_web;
select throws_ok($$ select * from api.users_find('{giant, @Jack}') $$, 'RK018',
  'nobody is known as @jack now: user 1 was until 2026-03-03 00:00:00Z, and is @Giant today', 'G3: a handle that was given up names its last holder');
select is(test.hint_of($$ select * from api.users_find('{@Jack}') $$), 'Give @Giant or 1; a sync of handles asks X who is @jack now.', 'G3: and the way out');
reset role;
insert into test.world_users values (4, 'jack');
select api.sync_handles('{jack}') \g /dev/null
select test.play() \g /dev/null
set local role rookery_web;
select is((select user_id from api.users_find('{@Jack}')), 4::bigint, 'G3: the handle is who holds it now');
reset role;
insert into test.world_users values (5, 'GIANT');
update test.world_users set handle = 'x' where user_id = 1;
select api.sync_handles('{giant}') \g /dev/null
select test.play() \g /dev/null
update test.world_users set handle = 'Giant5' where user_id = 5;
select api.sync_request('users', 5) \g /dev/null
select test.play() \g /dev/null
select throws_ok($$ select * from api.users_find('{@giant}') $$, 'RK018',
  'nobody is known as @giant now: user 5 was until 2026-03-03 00:00:00Z, and is @Giant5 today', 'G3: of several the last');

-- X does not show it.
select api.sync_handles('{ghost}') \g /dev/null
select test.play() \g /dev/null
set local role rookery_reader;
select throws_ok($$ select * from api.users_find('{@Ghost}') $$, 'RK018',
  'nobody here is known as @ghost, and X did not show it when it was asked: not_found', 'I6: what X did not show is not offered again');
reset role;
select simulation.advance('25 hours') \g /dev/null
select is((select look_up_usd from api.users_find('{@Ghost}')), 0.01, 'I6: but for a while only');

select * from finish();
rollback;
