-- I6: who is asked for by id or handle is a user here, or was not shown lately, or nobody knows.
begin;
select plan(5);

select test.x_users('{7}') \g /dev/null
select is(array[(ingest.resolve_user('user 7')).user_id, (ingest.resolve_user('handle user_7')).user_id], '{7,7}', 'G3: by id, and by handle in lower case');
select is((ingest.resolve_user('user 8')).refusal, null, 'nobody knows yet');
insert into ingest.missing (resource, item_key, reason, first_at, last_at, ask_again_at)
values ('user', '8', 'suspended', base.now(), base.now(), base.now() + interval '1 hour');
select is((ingest.resolve_user('user 8')).refusal, 'suspended', 'I6: X did not show them');
select is((ingest.resolve_user('handle 8')).refusal, null, 'an id is no handle');
select simulation.advance('1 hour') \g /dev/null
select is((ingest.resolve_user('user 8')).refusal, null, 'I6: until they may be asked for again');

select * from finish();
rollback;
