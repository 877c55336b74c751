-- Constraints of ingest that carry a rule.
begin;
select plan(20);

select test.x_sync('followers', 7) as run \gset
select throws_like($$ update ingest.runs set status = 'success', cursor_exhausted = true $$, '%only_a_run_in_progress_is_incomplete%', 'I1: who has ended has an end');
select throws_like($$ update ingest.runs set completed_at = base.now() $$, '%only_a_run_in_progress_is_incomplete%', 'I1: who has an end has ended');
select throws_like($$ update ingest.runs set status = 'error', completed_at = base.now() $$, '%an_error_has_a_class%', 'I1: an error has a class');
select throws_like($$ update ingest.runs set status = 'success', completed_at = base.now() $$, '%cursor_is_judged_by_success%', 'I1: a success says whether the cursor was exhausted');
select throws_like($$ update ingest.runs set status = 'done', completed_at = base.now() $$, '%status_is_known%', 'I1: a status is a known one');
select throws_like($$ update ingest.runs set mode = 'some' $$, '%mode_is_full_or_incremental%', 'I2: a mode is a known one');
select throws_like($$ update ingest.runs set reason = 'whim' $$, '%reason_is_known%', 'I1: so is a reason');
select throws_like($$ update ingest.runs set subject_id = null $$, '%a_run_has_a_subject_or_a_batch%', 'I1: a run has a subject or a batch');
select throws_like($$ insert into ingest.runs (sync_kind, subject_id, mode, reason, is_waiting, started_at) values ('followers', 7, 'full', 'due', true, base.now()) $$,
  '%one_run_in_progress_per_subject%', 'A5: a subject is synced once at a time');
select throws_like($$ update ingest.runs set page_size = null $$, '%follows_are_read_in_pages_of_one_size%', 'I9: a list of follows is read in pages of a size');
select throws_like($$ update ingest.runs set page_size = 1001 $$, '%page_size_is_what_x_takes%', 'I9: which X takes');
select throws_like($$ insert into ingest.subjects (sync_kind, subject_id, list_count) values ('followers', 7, 5) $$, '%a_full_read_has_a_position_and_a_count%', 'I9: a full read is remembered whole');
select throws_like($$ insert into ingest.subjects (sync_kind, subject_id, count_at_full) values ('followers', 7, 5) $$, '%an_offset_is_of_a_full_read%', 'I9: nothing is compared with a count alone');
select throws_like($$ insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at) select run_id, 'followers', 2, base.now(), base.now() from ingest.runs $$,
  '%one_open_call_per_run%', 'I4: a run has one open call');
select throws_like($$ update ingest.calls set state = 'claimed' $$, '%a_claimed_call_has_a_lease%', 'E6: a claimed call has a lease');
select throws_like($$ update ingest.calls set state = 'answered' $$, '%an_ended_call_has_an_end%', 'I7: an answered call has an end');
select throws_like($$ insert into ingest.subjects (sync_kind, subject_id, refused_class) values ('posts', 7, 'subject_suspended') $$, '%a_refusal_has_a_class_and_a_time%', 'a refusal has a time');
select throws_like($$ insert into ingest.subjects (sync_kind, subject_id, failure_count) values ('posts', 7, 1) $$, '%only_a_failed_subject_waits_for_a_retry%', 'a failed subject has a time for the next try');
select throws_like($$ insert into ingest.missing values ('user', '7', 'bored', now(), now(), now()) $$, '%missing_reason_is_known%', 'I6: a reason is a known one');
select throws_like($$ insert into ingest.pages (run_id, page_no, call_id, item_ids, changed_count, received_at)
  select run_id, 1, 0, '{}', 0, base.now() from ingest.runs, generate_series(1, 2) $$, '%pages_pkey%', 'I4: no page twice');

select * from finish();
rollback;
