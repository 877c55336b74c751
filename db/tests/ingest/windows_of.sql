-- Of all who need a subject the smallest window, age and doubt count (A5, I3); the settings where somebody leaves it to them.
begin;
select plan(6);

select is_empty($$ select from ingest.windows_of('followers', 7) as w where w is not null $$, 'nobody needs it: no window');
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal, fresh_within, reconcile_within, reconcile_doubt) values ('followers', 7, 1, false, '9 hours', '3 days', 5);
select results_eq($$ select * from ingest.windows_of('followers', 7) $$, $$ values (interval '6 hours', interval '3 days', 2.0) $$, 'what is asked for expressly and what is set: the smaller one');
update ingest.needs set or_default = false, reconcile_or_default = false, doubt_or_default = false;
select results_eq($$ select * from ingest.windows_of('followers', 7) $$, $$ values (interval '9 hours', interval '3 days', 5.0) $$, 'only what is asked for expressly, where nobody leaves it to the settings');
insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal) values ('followers', 7, 2, false), ('posts', 7, 2, false), ('users', 7, 2, false);
select results_eq($$ select * from ingest.windows_of('followers', 7) $$, $$ values (interval '6 hours', interval '3 days', 2.0) $$, 'of two who need it the smaller one, each by itself');
select results_eq($$ select reconcile_within from ingest.windows_of('posts', 7) $$, $$ values (interval '30 days') $$, 'a timeline has an age of its own');
select results_eq($$ select fresh_within, reconcile_within from ingest.windows_of('users', 7) $$, $$ values (interval '24 hours', null::interval) $$, 'a profile is no list');

select * from finish();
rollback;
