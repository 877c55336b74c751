-- A row version is told by its place (ctid): an update moves it.
begin;
select plan(8);

select test.x_users(array(select generate_series(1, 300))) \g /dev/null
create temp table before on commit drop as
  select u.user_id, u.ctid as user_version, c.ctid as count_version from graph.users as u join graph.user_counts as c using (user_id);
select last_value as position from graph.change_ids \gset
select test.x_users(array(select generate_series(1, 300))) as new_users \gset
select test.x_wal_bytes_of($$ select test.x_users(array(select generate_series(1, 300))) $$) as wal_bytes \gset

select is(:new_users, 0, 'G8: nobody is new');
select is_empty('select * from before as b join graph.users as u using (user_id) where u.ctid <> b.user_version', 'G8: no user has a new row version');
select is_empty('select * from before as b join graph.user_counts as c using (user_id) where c.ctid <> b.count_version', 'G8: nor have their counts');
select is((select count(*) from graph.user_changes), 300::bigint, 'G8: nothing is logged');
select is((select last_value from graph.change_ids), :position::bigint, 'G8: not even a number is drawn');
select is(:wal_bytes, 0, 'G8: rows that stay are not even locked');

select graph.write_users(array[jsonb_populate_record(test.x_profile(1, 'user_1', 'User 1'), '{"followers_count": 5}')], 2) \g /dev/null
select ok(b.user_version = u.ctid and c.followers_count = 5 and c.run_id = 2, 'counts that move leave the profile alone')
from before as b join graph.users as u using (user_id) join graph.user_counts as c using (user_id) where user_id = 1;
select graph.write_users(array[test.x_profile(1, 'user_1', 'User 1')], 3) \g /dev/null
select is((select followers_count from graph.user_counts where user_id = 1), 5::bigint, 'counts that are not said stay');

select * from finish();
rollback;
