-- I2: follow lists are eventually consistent, so an operator may ask for more than one sweep that misses a follow.
begin;
select plan(19);

create function pg_temp.sweep(p_user_ids bigint[]) returns bigint language plpgsql as $$
begin
  perform simulation.advance('7 days');
  return test.x_list('followers', 7, array[test.users_page(p_user_ids)]);
end $$;
create function pg_temp.absence() returns jsonb language sql as $$
  select jsonb_path_query_first(api.provenance('follow', '{"target_id": "7", "follower_id": "1"}'), '$.because[*] ? (@.about == "absence")')
$$;
select base.change_setting('absent_sweeps', '2') \g /dev/null
select pg_temp.sweep('{3,2,1}') \g /dev/null
select is(pg_temp.absence(), null, 'what the last sweep showed is not missing');
select pg_temp.sweep('{3,2}') as once \gset
select is(test.x_followers(7), '{1,2,3}', 'I2: one sweep that misses it is not enough');
select is((select removed_count from ingest.runs where run_id = :once), 0::bigint, 'I1: the run removed nothing');
select is(pg_temp.absence() - '{says,about}'::text[], jsonb_build_object('run_ids', jsonb_build_array(:once), 'absent_sweeps', 2), 'A12: its provenance tells which sweeps missed it');
select is(pg_temp.absence() ->> 'says', 'missing from the last 1 of the 2 sweeps in a row that must miss it before it is taken for gone (absent_sweeps)', 'A12: in words');
select pg_temp.sweep('{3,2}') \g /dev/null
select is(test.x_followers(7), '{2,3}', 'I2: the second takes it for gone');
select is(pg_temp.absence(), null, 'then its log says so');

select pg_temp.sweep('{3,1}') \g /dev/null
select is(test.x_followers(7), '{1,2,3}', 'G4: seen again, it is back, while another one is missed once');
select pg_temp.sweep('{3,2}') \g /dev/null
select is(test.x_followers(7), '{1,2,3}', 'I2: a follow that comes back between two sweeps is counted from the start');
select pg_temp.sweep('{3,2}') \g /dev/null
select is(test.x_followers(7), '{2,3}', 'I2: twice in a row');

-- Between two sweeps
select pg_temp.sweep('{3}') \g /dev/null
select test.x_list('followers', 7, array[test.users_page('{2}', 'more')], 'incremental') \g /dev/null
select pg_temp.sweep('{3}') \g /dev/null
select is(test.x_followers(7), '{2,3}', 'I2: a look in between that showed it, and changed nothing, counts');
select pg_temp.sweep('{3}') \g /dev/null
select is(test.x_followers(7), '{3}', 'I2: until two sweeps after it have missed it');
select pg_temp.sweep('{3,4,5,6}'), pg_temp.sweep('{3}') \g /dev/null
select test.x_list('following', 4, array[test.users_page('{7}')]) \g /dev/null
select graph.remove_follows('{7}', '{5}', null, 50), graph.write_follows('{7}', '{5}', null, 51) \g /dev/null
select pg_temp.sweep('{3}') \g /dev/null
select is(test.x_followers(7), '{3,4,5}', 'I2: what another list or an event confirmed since the first of the two began stays');

-- What is no sweep
select pg_temp.sweep('{3}'), pg_temp.sweep('{3,8}') \g /dev/null
select test.x_list('followers', 7, array[test.page(jsonb_build_array(test.user_object(3)), null, '[{"message": "Over capacity"}]')]) \g /dev/null
select test.x_list('followers', 7, array['{"errors": [{"message": "x", "parameters": {"x": ["t"]}}]}']) as failed \gset
select ingest.cancel_run(:failed), pg_temp.sweep('{3}') \g /dev/null
select is(test.x_followers(7), '{3,8}', 'I2: a run that was cut short or cancelled is none');
select pg_temp.sweep('{3}') \g /dev/null
select is(test.x_followers(7), '{3}', 'I2: two that were not are');

select base.change_setting('absent_sweeps', '10') \g /dev/null
select pg_temp.sweep('{3,9}'), pg_temp.sweep('{3}'), pg_temp.sweep('{3}') \g /dev/null
select is(test.x_followers(7), '{3,9}', 'I2: ten are more');
select test.x_list('followers', 70, array[test.users_page('{71}')]), test.x_list('followers', 70, array[test.users_page('{}')]) \g /dev/null
select is(test.x_followers(70), '{71}', 'I2: a list that was not read as often loses nobody');
select base.change_setting('absent_sweeps', '1') \g /dev/null
select pg_temp.sweep('{3}') \g /dev/null
select is(test.x_followers(7), '{3}', 'I2: one is the rule');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');

select * from finish();
rollback;
