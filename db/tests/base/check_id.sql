begin;
select plan(4);

select is(base.check_id(9223372036854775807, 'subject'), 9223372036854775807, 'G1: an id is handed back');
select throws_ok('select base.check_id(0, ''subject'')', 'RK003', 'subject is not an X id: 0');
select throws_ok('select base.check_id(-7, ''subject'')', 'RK003', 'subject is not an X id: -7');
select throws_ok('select base.check_id(null, ''subject'')', 'RK003', 'subject is not an X id: null');

select * from finish();
rollback;
