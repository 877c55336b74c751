begin;
select plan(20);

insert into test.world_users select i, 'user_' || i from generate_series(1, 2) as i;
insert into test.world_follows values (1, 2);
select test.enable('segment_followers', '1') \g /dev/null
select test.play() \g /dev/null

set local role rookery_operator;
select is(api.setting_set('page.follows', '50'), '50', 'a setting can be changed');
select is((select value from api.settings where name = 'page.follows'), '50', 'and is changed then');
select is(api.setting_set('freshness.followers', '2 hours'), '2 hours', 'so can a window of freshness');
reset role;
select is((select due_at from ingest.due where sync_kind = 'followers'), '2026-03-02T02:00:00Z', 'A5: which moves what is due');
select simulation.advance('2 hours') \g /dev/null
select is(test.play(), 2::bigint, 'A5: and so what is bought, which is a look and a page');
select is((select query ->> 'max_results' from api.calls order by call_id desc limit 1), '50', 'the next call is made by the new settings');
select api.setting_set('reconcile.after', '3 hours') \g /dev/null
select is((select due_at from ingest.due where sync_kind = 'followers'), '2026-03-02T02:51:00Z', 'I3: the age at which a list is read in full moves what is due too');

set local role rookery_operator;
select throws_ok($$ select api.setting_set('page.likes', '5') $$, 'RK009', 'there is no setting ''page.likes''', 'an unknown setting is an error');
select throws_ok($$ select api.setting_set(null, '5') $$, 'RK009', 'there is no setting null', 'so is none');
select throws_ok($$ select api.setting_set('page.follows', '1001') $$, 'RK009', 'setting page.follows cannot be ''1001''', 'so is a value out of its range');
select throws_ok($$ select api.setting_set('page.follows', 'many') $$, 'RK009', 'setting page.follows cannot be ''many''', 'so is one of another form');
select throws_ok($$ select api.setting_set('page.likes', null) $$, 'RK009', 'there is no setting ''page.likes''', 'also to whoever wants its default back');
select throws_ok($$ select api.setting_set('freshness.posts', '6 hours; drop table users') $$, 'RK009', null, 'so is a value with more behind it');
select is((select value from api.settings where name = 'freshness.posts'), '6 hours', 'and what was refused is as it was');

-- Defaults, and who changed them
select results_eq($$ select value, default_value, changed_by, changed_at from api.settings where name = 'page.small' $$, $$ values ('10', '10', null::text, null::timestamptz) $$,
  'what nobody changed is at its default');
select results_eq($$ select value, default_value, changed_by, changed_at from api.settings where name = 'page.follows' $$,
  $$ values ('50', '1000', session_user::text collate "default", timestamptz '2026-03-02T00:00:00Z') $$, 'what somebody changed names the login and the time, and its default');
select is(api.setting_set('page.follows', '60'), '60', 'changed again');
select is(api.setting_set('page.follows', null), '1000', 'null gives the first value back, not the one before');
select results_eq($$ select value, default_value, changed_by, changed_at from api.settings where name = 'page.follows' $$,
  $$ values ('1000', '1000', session_user::text collate "default", timestamptz '2026-03-02T02:00:00Z') $$, 'and who did so is known too');
reset role;
select is_empty($$ select from base.settings where value !~ ('^(' || pattern || ')$') $$, 'every setting that ships has the form of its setting');

select * from finish();
rollback;
