begin;
select plan(11);

select is(base.change_setting('freshness.posts', '90 minutes'), '90 minutes', 'a setting is changed');
select is(base.setting_interval('freshness.posts'), interval '90 minutes', 'and read as an interval');
select is(base.setting_integer('page.posts'), 100, 'or as a number');
select is(base.setting_text('page.posts'), '100', 'or as it is written');
select is(base.setting_text('no.such'), null, 'an unknown one is null');
select throws_ok($$ select base.change_setting('no.such', '1') $$, 'RK009', 'there is no setting ''no.such''');
select throws_ok($$ select base.change_setting('page.follows', '1001') $$, 'RK009', 'setting page.follows cannot be ''1001''', 'X takes pages of at most 1000');
select throws_ok($$ select base.change_setting('page.posts', null) $$, 'RK009', 'setting page.posts cannot be null');

-- What the form lets through, every tick has to live with.
select throws_ok($$ select base.change_setting('freshness.posts', '99999999999999 days') $$, 'RK009', null, 'E1: no interval is longer than PostgreSQL can add to a time');
select is_empty($$ select name, value from base.settings cross join unnest('{1000000 days,1000000 hours,1000000 s,100000000 ms}'::text[]) as v (longest)
                   where unit = 'interval' and longest ~ ('^(' || pattern || ')$') $$, 'E1: not one of them');
select is_empty($$ select name from base.settings where unit = 'interval' and name ~ '^(freshness|worker|call|search.spread|subject|provider|materialization|webhook.retry|verify)'
                     and '0 s' ~ ('^(' || pattern || ')$') $$, 'E1: nor is one nothing by which the engine waits');

select * from finish();
rollback;
