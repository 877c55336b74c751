begin;
select plan(8);

select is(base.change_setting('freshness.posts', '90 minutes'), '90 minutes', 'a setting is changed');
select is(base.setting_interval('freshness.posts'), interval '90 minutes', 'and read as an interval');
select is(base.setting_integer('page.posts'), 100, 'or as a number');
select is(base.setting_text('page.posts'), '100', 'or as it is written');
select is(base.setting_text('no.such'), null, 'an unknown one is null');
select throws_ok($$ select base.change_setting('no.such', '1') $$, 'RK009', 'there is no setting ''no.such''');
select throws_ok($$ select base.change_setting('page.follows', '1001') $$, 'RK009', 'setting page.follows cannot be ''1001''', 'X takes pages of at most 1000');
select throws_ok($$ select base.change_setting('page.posts', null) $$, 'RK009', 'setting page.posts cannot be null');

select * from finish();
rollback;
