begin;
select plan(3);

select results_eq(
  $$ select k, r from ingest.x_v2_answer('users', 200, '{}', test.page(jsonb_build_array(test.user_object(1)), null,
       jsonb_build_array(test.error_object('2', 'suspended'), test.error_object('3', 'not_found'), test.error_object('4', 'protected'), '{"message": "?"}'::jsonb))) as a,
     unnest(a.missing_keys, a.missing_reasons) as m (k, r) $$,
  $$ values ('2', 'suspended'), ('3', 'not_found'), ('4', 'protected') $$, 'I6: what a look-up did not return, with X''s reason');
select is(a.missing_keys, '{5}', 'by value where there is no resource_id')
from ingest.x_v2_answer('users', 200, '{}', jsonb_build_object('errors', jsonb_build_array(test.error_object('5', 'not_found') - 'resource_id'))::text) as a;
select is(a.missing_keys, null, 'a user who is only mentioned is not missing')
from ingest.x_v2_answer('users', 200, '{}', test.page(jsonb_build_array(test.user_object(1)), null, jsonb_build_array(test.error_object('2', 'suspended') || '{"section": "includes"}'))) as a;

select * from finish();
rollback;
