-- G4: a post that an event has told of since a run began is not taken for gone by it.
begin;
select plan(3);

select test.x_list('posts', 1, array[test.posts_page('{300,200,100}')]) \g /dev/null
select test.x_sync('posts', 1) as run_id \gset
select test.x_call(:run_id) as call_id \gset
select test.x_event('post.create', 1, test.post_object(200)) as told \gset
select test.tick() \g /dev/null
select is(test.fate(:told), 'applied: the post was known', 'W3: an event may tell what is known');
select test.respond(:call_id, test.posts_page('{100}')) \g /dev/null
select is(array(select post_id from graph.posts where deleted_at is null order by 1), '{100,200}', 'G4: what it told of stays, what the run did not see is gone');
select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
