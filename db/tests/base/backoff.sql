begin;
select plan(5);

select ok(bool_and(base.backoff('2 s', '300 s', 1, 'call ' || i) between '1.5 s' and '2.5 s'), 'E4: the first wait is the one that is set, give or take a quarter')
from generate_series(1, 200) as i;
select ok(bool_and(base.backoff('2 s', '300 s', n, 'a') between interval '1.5 s' * 2 ^ (n - 1) and interval '2.5 s' * 2 ^ (n - 1)), 'E4: it doubles')
from generate_series(1, 7) as n;
select ok(bool_and(base.backoff('2 s', '300 s', n, 'a') between '225 s' and '375 s'), 'E4: up to the cap, however many failures')
from unnest('{9,100,2147483647}'::integer[]) as n;
select is(base.backoff('2 s', '300 s', 3, 'call 7'), base.backoff('2 s', '300 s', 3, 'call 7'), 'E4: the jitter is the same each time');
select cmp_ok(count(distinct base.backoff('2 s', '300 s', 1, 'call ' || i)), '>', 100::bigint, 'E4: and spreads those who failed together')
from generate_series(1, 200) as i;

select * from finish();
rollback;
