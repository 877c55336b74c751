-- A need and its due time are one: whoever writes ingest.needs has moved ingest.due.
begin;
select plan(9);

create function pg_temp.due() returns text language sql as $$
  select string_agg(sync_kind || ' ' || subject_id || ' ' || (due_at - base.now()), ', ' order by sync_kind, subject_id) from ingest.due;
$$;
select test.x_users('{7,8}') \g /dev/null

insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('followers', 7, 1, false), ('followers', 7, 2, false), ('users', 8, 1, false);
select is(pg_temp.due(), 'followers 7 00:00:00, users 8 00:00:00', 'A5: what is needed, and was never fresh, is due at once');
insert into ingest.subjects (sync_kind, subject_id, fresh_at) values ('followers', 7, base.now());
update ingest.needs set fresh_within = '2 hours' where consumer_id = 2;
select is(pg_temp.due(), 'followers 7 02:00:00, users 8 00:00:00', 'A5: a smaller window moves it');
delete from ingest.needs where consumer_id = 2;
select is(pg_temp.due(), 'followers 7 06:00:00, users 8 00:00:00', 'A5: and letting that go moves it back');
delete from ingest.needs where sync_kind = 'users';
select is(pg_temp.due(), 'followers 7 06:00:00', 'A5: what nobody needs is not due');
select is_empty('select test.broken_runs()', 'A5: every need has a due time, and no other');

-- Large memberships
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal)
select k, i, 3, true from unnest(array['posts', 'following']) as k cross join generate_series(100001, 110500) as i;
select is((select count(*) from ingest.due where subject_id > 100000), 21000::bigint, 'A5: of any number of subjects each is due');
update base.settings set value = '1 hour' where name = 'freshness.posts';
insert into ingest.subjects (sync_kind, subject_id, fresh_at) select 'posts', i, base.now() from generate_series(100001, 110500) as i;
select ingest.reschedule_all() \g /dev/null
select is((select count(*) from ingest.due where sync_kind = 'posts' and due_at = base.now() + interval '1 hour'), 10500::bigint, 'A5: a setting moves the due time of each');
delete from ingest.needs where consumer_id = 3;
select is(pg_temp.due(), 'followers 7 06:00:00', 'A5: and of each that is let go nothing is left');

insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('followers', 7, 1, false) on conflict do nothing;
select is(pg_temp.due(), 'followers 7 06:00:00', 'what was needed already moves nothing');

select * from finish();
rollback;
