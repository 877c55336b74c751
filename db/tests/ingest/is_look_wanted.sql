-- I9: a list is not read before a look at its subject's counts, and these serve for a while.
begin;
select plan(6);

select is(ingest.is_look_wanted('followers', 7), true, 'I9: who is no user here is looked at');
select test.x_users('{7}') \g /dev/null
select is(array[ingest.is_look_wanted('followers', 7), ingest.is_look_wanted('posts', 7)], '{true,false}', 'I9: so is the subject of a list, but not that of a timeline, where nothing new costs nothing');
select test.x_look(7, 10) \g /dev/null
select is(ingest.is_look_wanted('followers', 7), false, 'I9: not again at once');
select simulation.advance(base.setting_interval('counts.serve_for')) \g /dev/null
select is(ingest.is_look_wanted('followers', 7), false, 'I9: nor for as long as the counts serve');
select simulation.advance('1 s') \g /dev/null
select is(ingest.is_look_wanted('followers', 7), true, 'I9: then again');
insert into ingest.subjects (sync_kind, subject_id, refused_class, refused_at) values ('followers', 7, 'subject_protected', base.now());
select is(array[ingest.is_look_wanted('followers', 7), ingest.is_look_wanted('following', 7)], '{false,true}', 'I9: X refuses a protected user''s list for nothing');

select * from finish();
rollback;
