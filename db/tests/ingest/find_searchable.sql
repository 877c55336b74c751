-- I5: a search is for polls that it can answer; first, full and doubtful reads are of timelines.
begin;
select plan(17);

select simulation.set_now('2026-06-10T12:00:00Z') \g /dev/null
select base.change_setting('posts.retweets', 'exclude') \g /dev/null
select test.x_users('{7,8}') \g /dev/null
insert into ingest.subjects (sync_kind, subject_id, fresh_at, full_at, polled_at, since_id)
values ('posts', 7, base.now() - interval '6 hours', base.now() - interval '2 days', base.now() - interval '6 hours', 5);
create function pg_temp.found() returns bigint[] language sql as $$ select array(select author_id from ingest.find_searchable('{7,8,9}')) $$;

select is(pg_temp.found(), '{7}', 'who was read in full and polled lately can be searched for; who was never read, or is no user here, cannot');

update ingest.subjects set polled_at = base.now() - interval '160 hours' + interval '1 s', full_at = polled_at;
select is(pg_temp.found(), '{7}', 'I5: up to the edge of the window');
update ingest.subjects set polled_at = base.now() - interval '160 hours';
select is(pg_temp.found(), '{}', 'I5: who was polled longer ago is read by timeline, which has no window');
update ingest.subjects set polled_at = null;
select is(pg_temp.found(), '{}', 'so is who was not polled at all');
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('posts', 7, 1, true);
update ingest.subjects set polled_at = base.now() - interval '6 hours', full_at = base.now() - interval '30 days';
select is(pg_temp.found(), '{}', 'I3: and who is due for a full read');
update ingest.subjects set full_at = base.now();
select is(pg_temp.found(), '{7}', 'a stale since_id is no hindrance: a search begins at a time');

update ingest.subjects set failure_count = 1, retry_at = base.now();
select is(pg_temp.found(), '{}', 'whose last run failed is asked for singly: one bad author spoils no batch');
update ingest.subjects set failure_count = 0, retry_at = null, refused_class = 'subject_protected', refused_at = base.now();
select is(pg_temp.found(), '{}', 'so is whom X did not show');
update ingest.subjects set refused_class = null, refused_at = null;
update graph.users set is_protected = true where user_id = 7;
select is(pg_temp.found(), '{}', 'or who is protected: a search passes over them without a word');
update graph.users set is_protected = false where user_id = 7;
select is(pg_temp.found(), '{7}', 'who is not, is not');
select graph.mark_users_gone('{7}', '{suspended}', 1) \g /dev/null
select is(pg_temp.found(), '{}', 'G4: or who is gone');
update graph.users set deleted_at = null, gone_reason = null;

select base.change_setting('posts.search', 'never') \g /dev/null
select is(pg_temp.found(), '{}', 'posts.search turns searches off');
select base.change_setting('posts.search', 'auto'), base.change_setting('posts.retweets', 'include') \g /dev/null
select is(pg_temp.found(), '{}', 'I5: a search brings no retweets: where they are wanted it is no alternative');
select base.change_setting('posts.retweets', 'exclude'), base.change_setting('x_v2.vocabulary', 'post') \g /dev/null
select is(pg_temp.found(), '{}', 'nor where it would not say who wrote what');
select base.change_setting('x_v2.vocabulary', 'auto') \g /dev/null
update ingest.providers set vocabulary = 'post';
select is(pg_temp.found(), '{}', 'whether an operator said so or X did');
update ingest.providers set vocabulary = 'tweet';
select is(pg_temp.found(), '{7}', 'in the old words it says so');
select is((select polled_at from ingest.find_searchable('{7}')), base.now() - interval '6 hours', 'when the last poll was comes with it');

select * from finish();
rollback;
