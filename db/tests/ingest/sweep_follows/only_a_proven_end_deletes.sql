begin;
select plan(13);

create function pg_temp.after(p_bodies text[], p_mode text default 'full') returns bigint[] language plpgsql as $$
declare
  v_followers bigint[];
begin
  perform test.x_list('followers', 7, array[test.users_page('{3,2,1}')]);
  perform test.x_list('followers', 7, p_bodies, p_mode);
  v_followers := test.x_followers(7);
  perform ingest.close_run(run_id, 'timeout', null, null, null) from ingest.runs where status = 'in_progress';
  return v_followers;
end $$;

select is(pg_temp.after(array[test.users_page('{3}', 'a'), test.users_page('{2}')]), '{2,3}', 'I2: a full run that came to the end deletes what it did not see');
select is(pg_temp.after(array[test.users_page('{}')]), '{}', 'I2: an empty list that says so is one');
select is(pg_temp.after(array[test.users_page('{3}', 'a')]), '{1,2,3}', 'I2: as long as it reads, it deletes nothing');
select is(pg_temp.after(array['{}']), '{1,2,3}', 'I2: nothing without a meta deletes nothing');
select is(pg_temp.after(array['{"meta": {}}']), '{1,2,3}', 'I2: nor one without a count');
select is(pg_temp.after(array['{"errors": [{"message": "Over capacity"}]}']), '{1,2,3}', 'I2: nor an error under a 200');
select is(pg_temp.after(array['{"title": "Service Unavailable", "status": 503}']), '{1,2,3}', 'I2: nor a problem document');
select is(pg_temp.after(array['{"data": [], "errors": [{"message": "Over capacity"}]}']), '{1,2,3}', 'I2: nor an error beside an empty list');
select is(pg_temp.after(array[test.page(jsonb_build_array(test.user_object(3)), null, '[{"message": "Over capacity"}]')]), '{1,2,3}', 'I2: nor a list cut short');
select is(pg_temp.after(array[test.page(jsonb_build_array(test.user_object(3)), 'a', '[{"message": "Over capacity"}]'), test.users_page('{2}')]), '{1,2,3}',
  'I2: on any page');
select is(pg_temp.after(array['{"data": [{"id": "3", "username": "user_3"}, {"id": "?", "username": "x"}], "meta": {"result_count": 2}}']), '{1,2,3}',
  'I2: nor a row of which nobody can say whose it is');
select is(pg_temp.after(array['{"data": [{"id": "3", "username": "user_3"}, {"id": "2", "username": "?"}], "meta": {"result_count": 2}}']), '{2,3}',
  'I2: a row that could not be stored was seen');
select is(pg_temp.after(array[test.users_page('{3}')], 'incremental'), '{1,2,3}', 'I2: an incremental run deletes nothing');

select * from finish();
rollback;
