begin;
select plan(2);

select setval('base.wakes', 0) \g /dev/null
select base.wake() \g /dev/null
select last_value as woken_at from base.wakes \gset
select ok(:woken_at > 1700000000, 'a wake is remembered');
select setval('base.wakes', 9999999999) \g /dev/null
select base.wake() \g /dev/null
select is((select last_value from base.wakes), 9999999999, 'E2: in the same second nobody is woken again');
select setval('base.wakes', :woken_at) \g /dev/null

select * from finish();
rollback;
