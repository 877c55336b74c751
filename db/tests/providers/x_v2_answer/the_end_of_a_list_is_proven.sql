-- Only what says so itself is the end of a list, and only an answer that left nothing out proves what it does not hold (I2).
begin;
select plan(18);

create function pg_temp.proof(p_body text) returns text language sql as $$
  select case when end_is_proven then 'end' else 'open' end || case when is_partial then ', partial' else '' end
  from ingest.x_v2_answer('followers', 200, '{}', p_body)
$$;
select is(pg_temp.proof(test.users_page('{1,2}')), 'end', 'a page without a token is the last');
select is(pg_temp.proof(test.users_page('{1,2}', 'more')), 'open', 'with one it is not');
select is(pg_temp.proof(test.users_page('{}', 'more')), 'open', 'nor is an empty page with one');
select is(pg_temp.proof(test.users_page('{}')), 'end', 'an empty page is the end when it counts none');
select is(pg_temp.proof('{"data": [{"id": "1", "username": "a"}]}'), 'open', 'a page with rows and without meta is not: no token cannot be told from no word of one');
select is(pg_temp.proof('{"data": [{"id": "1", "username": "a"}], "meta": {}}'), 'open', 'nor is one whose meta counts nothing');
select is(pg_temp.proof('{"data": [{"id": "1", "username": "a"}], "meta": {"result_count": 2}}'), 'open', 'nor one that counts more rows than it shows');
select is(pg_temp.proof('{"data": [{"id": "1", "username": "a"}], "meta": {"result_count": "1"}}'), 'end', 'a number may be a string');
select is(pg_temp.proof('{}'), 'open', 'without meta it proves nothing');
select is(pg_temp.proof('{"meta": {}}'), 'open', 'nor without a count');
select is(pg_temp.proof('{"meta": null}'), 'open', 'nor with a meta that is none');
select is(pg_temp.proof('{"meta": {"result_count": 5}}'), 'open', 'nor when it counts rows that it does not show');
select is(pg_temp.proof(test.page(jsonb_build_array(test.user_object(1)), null, '[{"message": "Over capacity"}]')), 'end, partial', 'an error beside the rows: some may be missing');
select is(pg_temp.proof(test.page(jsonb_build_array(test.user_object(1)), null, jsonb_build_array(test.error_object('2', 'suspended')))), 'end, partial', 'a refused row is missing');
select is(pg_temp.proof(test.page(jsonb_build_array(test.user_object(1)), null, '[{"type": "https://api.x.com/2/problems/field-hydration-failure"}]')), 'end', 'a field is no row');
select is(pg_temp.proof(test.page(jsonb_build_array(test.user_object(1)), null, '[{"section": "includes", "type": "https://api.x.com/2/problems/resource-not-found"}]')), 'end', 'an included object is none');
select is(pg_temp.proof('{"data": [{"id": "1", "username": "a"}, {"id": "2", "username": "?"}], "meta": {"result_count": 2}}'), 'end', 'a row that was set aside was seen');
select is(pg_temp.proof('{"data": [{"id": "1", "username": "a"}, {"id": "?", "username": "b"}], "meta": {"result_count": 2}}'), 'end, partial', 'unless nobody can say whose it is');

select * from finish();
rollback;
