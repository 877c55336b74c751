-- The floor under the rooms: the clock, the settings, the registry of errors, and the record of every time the engine held back.
-- Every room may use it; it uses none.

set local role rookery_owner;

-- Nobody may call what was not granted to them (db/schema/99_grants.sql).
alter default privileges revoke execute on functions from public;

create schema base;
comment on schema base is 'Clock, settings, error registry, decisions: what every room may use.';

create table base.settings (
  name text not null,
  value text not null,
  unit text not null,
  pattern text not null,
  description text not null,
  default_value text,
  changed_by text,
  changed_at timestamptz,
  constraint settings_pkey primary key (name),
  constraint value_has_the_form_of_its_setting check (value ~ ('^(' || pattern || ')$')),
  constraint a_change_has_an_author_and_a_time check ((changed_by is null) = (changed_at is null)),
  constraint what_was_chosen_was_changed check (default_value is null or changed_at is not null)
);
comment on table base.settings is 'What an operator may turn, one row each; read through base.setting_*().';
comment on column base.settings.default_value is 'What it was before somebody chose value; null while value is the default.';
comment on column base.settings.changed_by is 'The login that changed it last; null while nobody has.';
comment on column base.settings.pattern is
  'Regular expression that a value must match as a whole. An interval has as many digits as added to any time leave a time, and none is zero that the engine would spin on.';

insert into base.settings (name, value, unit, pattern, description) values
  ('tick.budget', '200 ms', 'interval', '[1-9]\d{1,5} ms|[1-9]\d{0,5} s', 'A tick starts no further item after this long.'),
  ('tick.items', '500', 'count', '[1-9]\d{0,6}', 'A tick plans at most this many syncs, and looks at this many instances.'),
  ('tick.changes', '10000', 'count', '[1-9]\d{0,6}', 'A tick reads at most this many rows of each change log.'),
  ('work.overdue', '1 hour', 'interval', '\d{1,6} (s|minutes?|hours?|days?)', 'Work that is due for longer than this is told to whoever asks for the checks.'),
  ('worker.heartbeat', '10 s', 'interval', '[1-9]\d{0,5} s', 'A worker''s row is touched at most this often; also the longest wait that a tick names.'),
  ('call.lease', '25 s', 'interval', '[1-9]\d{0,5} s', 'A call that was handed out and not answered for this long goes to another worker.'),
  ('call.attempts', '6', 'count', '[1-9]\d?', 'A call is sent at most this often before its run fails.'),
  ('call.backoff', '2 s', 'interval', '[1-9]\d{0,5} s', 'Wait before the second attempt; doubles with each further one, plus jitter.'),
  ('call.backoff_cap', '300 s', 'interval', '[1-9]\d{0,5} s', 'Longest wait between two attempts of one call, jitter of up to a quarter aside.'),
  ('subject.backoff', '60 s', 'interval', '[1-9]\d{0,5} s', 'Wait after the first failed run of a subject; doubles with each further one, plus jitter.'),
  ('subject.backoff_cap', '6 hours', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'Longest wait between two failed runs of a subject, jitter aside.'),
  ('subject.recheck', '24 hours', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'A subject that X refuses to show (suspended, protected, not found) is asked for again after this long; so is a whole list that could not be read to its end.'),
  ('window.burst', '50', 'percent', '[1-9]\d?|100', 'So much of a rate window may go out at once; the rest is spread over the time until it ends (I8).'),
  ('provider.probe', '1 hour', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'While the provider refuses to sell (no credits, refused token), one call is tried this often.'),
  ('provider.token_probe', '60 s', 'interval', '[1-9]\d{0,5} s', 'While the worker that was handed a call has no token, one call is handed out this often, in case another has: that asks X nothing.'),
  ('freshness.followers', '6 hours', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'A followers sync serves for this long (A5).'),
  ('freshness.following', '6 hours', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'A following sync serves for this long (A5).'),
  ('freshness.posts', '6 hours', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'A posts sync serves for this long (A5).'),
  ('freshness.users', '24 hours', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'A look at a profile serves for this long (A5).'),
  ('reconcile.after', '7 days', 'interval', '\d{1,6} (s|minutes?|hours?|days?)', 'Followers and following are read in full at least this often (I3), as far as they are read so often.'),
  ('reconcile.posts_after', '30 days', 'interval', '\d{1,6} (s|minutes?|hours?|days?)', 'A timeline is read in full at least this often (I3), as far as it is read so often.'),
  ('reconcile.doubt', '2', 'percent', '\d{1,2}(\.\d{1,3})?|100', 'A list is read in full when this part of it must have left unseen, by the counts of its subject''s profile; one at least (I9).'),
  ('counts.serve_for', '15 minutes', 'interval', '\d{1,6} (s|minutes?|hours?|days?)', 'Before a list is read, its subject''s profile is looked at for its counts, unless the last look is younger than this (I9).'),
  ('page.follows', '1000', 'rows', '[1-9]\d{0,2}|1000', 'Rows asked for in one page of followers or following, where the whole list is read; no page is larger.'),
  ('page.small', '10', 'rows', '[1-9]\d{0,2}|1000', 'Rows asked for in one page of followers or following, where little or nothing is expected to be new (I9).'),
  ('page.unsized', '100', 'rows', '[1-9]\d{0,2}|1000', 'Rows asked for in one page of followers or following, where only what is new is read and no counts say how much that is.'),
  ('run.pages', '10000', 'pages', '[1-9]\d{0,6}', 'A run reads at most this many pages; then it ends, and proves nothing of what it did not see.'),
  ('run.empty_pages', '20', 'pages', '[1-9]\d{0,2}', 'After this many empty pages in a row that lead on a run ends in the same way.'),
  ('absent_sweeps', '1', 'count', '[1-9]|10', 'So many full runs in a row, each to the end of the list, must have missed a follow before it is taken for gone (I2).'),
  ('leavers.look_up', 'never', 'word', 'never|always', 'Whether everybody whom a sweep finds missing from a list is looked up at once, to tell who was suspended or deleted from who unfollowed: one profile each is bought, where nothing at hand says it. Never: only when asked for (leavers_look_up).'),
  ('page.posts', '100', 'rows', '[5-9]|[1-9]\d|100', 'Rows asked for in one page of a timeline.'),
  ('posts.retweets', 'include', 'word', 'include|exclude', 'Whether retweets are taken for posts of those who make them. A search cannot bring them, so only without them posts are polled by search.'),
  ('posts.search', 'auto', 'word', 'auto|never', 'Whether posts are polled by searches for many authors at once (I5): auto, where posts.retweets is exclude and X says who wrote a post.'),
  ('search.query_length', '512', 'characters', '[1-9]\d{2,3}', 'No query of a search is longer than this.'),
  ('search.window', '160 hours', 'interval', '\d{1,6} (s|minutes?|hours?|days?)', 'Who was polled longer ago than this is read by timeline: a search shows seven days, and refuses to begin before them.'),
  ('search.overlap', '60 s', 'interval', '\d{1,6} s', 'A search begins this long before the last poll, since posts come to X''s index late and not in order.'),
  ('search.spread', '15 minutes', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?)', 'Authors share a search when they are due, and (unless that was on the same UTC day, when nothing is billed twice) were polled last, within this long of each other.'),
  ('timeline.cap', '3200', 'rows', '[1-9]\d{0,5}', 'X shows at most this many posts of a timeline; a run that got them has not reached its end (I5).'),
  ('materialization.backoff', '60 s', 'interval', '[1-9]\d{0,5} s', 'Wait after an instance''s first failed materialization; doubles with each further one.'),
  ('materialization.backoff_cap', '6 hours', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'Longest wait between two failed materializations of an instance, jitter aside.'),
  ('verify.after', '7 days', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'A snapshot is held against its events and its inputs this often (A13).'),
  ('tick.events', '500', 'count', '[1-9]\d{0,4}', 'A tick takes in at most this many webhook events.'),
  ('webhook.own_account', '', 'user', '|[0-9]{1,19}|@?[A-Za-z0-9_]{1,15}', 'Whom a new follower follows where the event does not say (W1): an id, or a handle (with an @ where it is all digits).'),
  ('webhook.digest_window', '24 hours', 'interval', '\d{1,6} (s|minutes?|hours?|days?)', 'Two webhook events without an id of their sender''s and with the same text are one within this long (W1).'),
  ('webhook.retry', '1 hour', 'interval', '[1-9]\d{0,5} (s|minutes?|hours?|days?)', 'An event whose look-up failed is looked at again after this long.'),
  ('webhook.heartbeat', '24 hours', 'interval', '\d{1,6} (s|minutes?|hours?|days?)', 'A list of which X tells every follow and unfollow is not read, as long as a look at the counts has agreed within this long.'),
  ('retention.decisions', '30 days', 'interval', '[1-9]\d{0,4} days?', 'A decision is kept for this long after it was taken last, and for as long as it is in force (W7).'),
  ('retention.events', '180 days', 'interval', '[1-9]\d{0,4} days?', 'Webhook events are kept for this long (W7); what they changed stays.'),
  -- Budgets count up to a month back.
  ('retention.runs', '90 days', 'interval', '(3[2-9]|[4-9]\d|[1-9]\d{2,4}) days', 'Calls and receipts are kept for this long, and runs that nothing names which is kept for longer (W7).'),
  ('x_v2.vocabulary', 'auto', 'word', 'auto|post|tweet', 'Which field names X is asked in: post.fields, tweet.fields, or whichever it accepts.'),
  ('x_v2.own_account', 'none', 'id', 'none|[1-9]\d{0,18}', 'The account that owns the app and whose token is used: its lists and timeline are cheaper (owned reads); none: there is no such.');

create table base.error_codes (
  code text not null,
  name text not null,
  meaning text not null,
  http_status integer not null,
  mended_by text not null,
  constraint error_codes_pkey primary key (code),
  constraint error_codes_name_key unique (name),
  constraint code_is_in_our_class check (code ~ '^RK\d{3}$'),
  constraint http_status_is_an_error check (http_status between 400 and 599),
  constraint mended_by_is_known check (mended_by in ('operator', 'driver', 'developer'))
);
comment on table base.error_codes is 'Every SQLSTATE that the functions of this database raise themselves. A test holds it against their bodies.';
comment on column base.error_codes.mended_by is 'Who can do something about it: operator, driver (the client''s code) or developer (a defect).';

insert into base.error_codes (code, name, meaning, http_status, mended_by) values
  ('RK001', 'unknown_kind', 'No asset kind of that name.', 422, 'operator'),
  ('RK002', 'invalid_params', 'A param is missing, unknown, or of the wrong type.', 422, 'operator'),
  ('RK003', 'id_out_of_range', 'Not an X id: a whole number from 1 to 9223372036854775807.', 422, 'operator'),
  ('RK004', 'unknown_instance', 'No instance of that id or params.', 404, 'operator'),
  ('RK005', 'unknown_root', 'That instance was never enabled as a root.', 404, 'operator'),
  ('RK006', 'dependency_cycle', 'An asset would depend on itself.', 422, 'operator'),
  ('RK007', 'invalid_target', 'The params name an asset that this kind cannot be made of.', 422, 'operator'),
  ('RK008', 'unknown_sync', 'No such sync kind or mode.', 422, 'operator'),
  ('RK009', 'invalid_setting', 'No such setting, or a value of the wrong form.', 422, 'operator'),
  ('RK010', 'unknown_call', 'An answer to a call that was never handed out.', 404, 'driver'),
  ('RK011', 'invalid_handle', 'Not a handle (1 to 15 letters, digits and underscores), nor, where one may be given, an id or the link of a profile.', 422, 'operator'),
  ('RK012', 'invalid_page', 'A page size or a position that cannot be.', 422, 'operator'),
  ('RK013', 'invalid_worker', 'A worker''s name or number of slots that cannot be.', 422, 'driver'),
  ('RK014', 'invalid_freshness', 'A window that is not above zero, or a doubt that is no percentage.', 422, 'operator'),
  ('RK015', 'unknown_fanout_mode', 'No such fanout mode.', 422, 'operator'),
  ('RK016', 'unknown_materialization', 'No materialization of that id.', 404, 'operator'),
  ('RK017', 'unknown_run', 'No run of that id.', 404, 'operator'),
  ('RK018', 'unknown_item', 'No such user, post, follow or handle is known.', 404, 'operator'),
  ('RK019', 'invalid_item', 'Not a kind of item with a key that names one.', 422, 'operator'),
  ('RK020', 'invalid_moment', 'A moment of which no membership is known: a failed materialization, one after the checkpoint, a time to come; or two in the wrong order.', 422, 'operator'),
  ('RK021', 'completed_is_final', 'A completed materialization cannot be changed.', 409, 'developer'),
  ('RK022', 'user_is_wanted', 'A user cannot be forgotten while an operator asks for them.', 409, 'operator'),
  ('RK028', 'run_has_ended', 'A run that has ended cannot be cancelled.', 409, 'operator'),
  ('RK029', 'unknown_provider', 'No provider of that name.', 404, 'operator'),
  ('RK030', 'invalid_budget', 'A budget''s scope, period or amount that cannot be.', 422, 'operator'),
  ('RK031', 'invalid_price', 'No such resource, or a price below zero.', 422, 'operator'),
  ('RK032', 'dry_run', 'Undoes, within an estimate, what was done to make it; nobody outside sees it.', 500, 'developer'),
  ('RK033', 'unknown_grouping', 'Spending is not known by that.', 422, 'operator'),
  ('RK040', 'invalid_event', 'A webhook event that cannot be read, or lacks what it must say; nothing of it was stored.', 422, 'driver'),
  ('RK041', 'unknown_event_type', 'No type of event that a subscription can be of.', 422, 'operator'),
  ('RK051', 'nobody_answers', 'A look-up that nobody would make now: no worker ticks, or the provider does not sell.', 503, 'operator');

create table base.decision_kinds (
  decision_kind text not null,
  meaning text not null,
  needs_a_person boolean not null default false,
  mend text,
  constraint decision_kinds_pkey primary key (decision_kind),
  constraint whoever_is_needed_is_told_what_to_do check (mend is not null or not needs_a_person)
);
comment on table base.decision_kinds is 'Every way in which the engine holds back or steps in, and what it means (E3).';
comment on column base.decision_kinds.needs_a_person is 'Whether somebody should hear of it while it lasts: see api.checks().';
comment on column base.decision_kinds.mend is 'What that person can do.';

insert into base.decision_kinds (decision_kind, meaning) values
  ('rate_limit', 'Calls wait for the endpoint''s window to open again.'),
  ('provider_stopped', 'Nothing is bought: the provider refuses to sell until a person acts (provider_resume), or a slow probe succeeds.'),
  ('run_failed', 'A run ended in error; its subject waits before the next.'),
  ('run_cancelled', 'Somebody cancelled a run; its subject waits for a window of freshness.'),
  ('run_cut_short', 'A run ended before the end of its list: what it brought stays, nothing that it did not see is taken for gone.'),
  ('budget', 'Calls wait: a budget has no room for their worst price in this period.'),
  ('run_restarted', 'X refused the cursor of a run, which started over.'),
  ('subject_refused', 'X does not show this subject (suspended, protected, not found); it is asked for again later. A specified id that X does not know is no member (A14).'),
  ('rows_set_aside', 'Rows of a page could not be stored; they are kept in ingest.rejects.'),
  ('missing_prerequisite', 'An instance waits for a sync or for a dependency.'),
  ('failed_dependency', 'An instance waits for a dependency whose materialization failed.'),
  ('materialization_failed', 'A materialization raised an error; the instance waits before the next try.'),
  ('repair', 'A snapshot was not what its events say, or these not what its inputs say. It was rebuilt from the events, or reads everything next (A13).'),
  ('verification_failed', 'A verification raised an error; it is tried again later.'),
  ('empty_set', 'A specified set has no member.'),
  ('event_set_aside', 'A webhook event could not be read, or is of a type that is not known here. It is kept in api.webhook_events.'),
  ('events_disagree', 'The counts of a profile are not what the events of a subscription told: its list is read as if there were none.'),
  ('event_refused', 'A webhook event names a user that X does not show.');

create table base.decisions (
  decision_id bigint generated always as identity,
  decision_kind text not null,
  about text not null,
  reason text not null,
  detail jsonb not null default '{}',
  repeat_count bigint not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  until_at timestamptz,
  constraint decisions_pkey primary key (decision_id),
  constraint decisions_decision_kind_fkey foreign key (decision_kind) references base.decision_kinds,
  constraint a_repeated_decision_is_one_row unique (decision_kind, about, reason),
  constraint about_is_not_empty check (about <> ''),
  constraint repeats_are_counted_from_one check (repeat_count >= 1),
  constraint decisions_end_after_they_begin check (last_at >= first_at)
) with (fillfactor = 80);
comment on table base.decisions is 'Every time the engine held back or stepped in: what, for whom, why, until when (E3). The same decision again is counted, not appended.';
comment on column base.decisions.about is 'For whom: `instance 12`, `run 7`, `followers of 123`, `endpoint followers`.';
comment on column base.decisions.until_at is 'When it will be looked at again; null: when something changes.';
create index decisions_last_at_idx on base.decisions (last_at);

update base.decision_kinds as k set needs_a_person = true, mend = m.mend
from (values
  ('subject_refused', 'it is asked for again by itself; disable the roots that need it if it is gone for good'),
  ('rows_set_aside', 'look at them: select * from rejects; they are kept, and the rest of their page is stored'),
  ('materialization_failed', 'it is tried again by itself; if it stays, the reason is a defect of a kind or of this version'),
  ('verification_failed', 'it is tried again by itself; if it stays, say: rookery repair')
) as m (decision_kind, mend)
where k.decision_kind = m.decision_kind;

create table base.metrics (
  metric text not null,
  sort text not null,
  meaning text not null,
  constraint metrics_pkey primary key (metric),
  constraint metric_is_an_identifier check (metric ~ '^[a-z][a-z_]*$'),
  constraint sort_is_counter_or_gauge check (sort in ('counter', 'gauge')),
  constraint a_counter_is_called_a_total check ((sort = 'counter') = (metric like '%\_total'))
);
comment on table base.metrics is 'What can be watched of this database from outside, each with its unit in its name; the values come from api.metrics().';

insert into base.metrics (metric, sort, meaning) values
  ('ticks_total', 'counter', 'Ticks taken, by any worker or person.'),
  ('workers', 'gauge', 'Workers that ticked within the last minute or so.'),
  ('worker_seen_age_seconds', 'gauge', 'Since any worker ticked.'),
  ('calls_total', 'counter', 'Calls that were answered or failed, by endpoint, HTTP status (0: no answer) and what the answer was.'),
  ('lease_takeovers_total', 'counter', 'Calls whose worker fell silent, and that were taken from it.'),
  ('pages_total', 'counter', 'Pages received, by endpoint.'),
  ('resources_total', 'counter', 'Rows received, by endpoint.'),
  ('cost_usd_total', 'counter', 'What X bills for the rows received, in US dollars, by endpoint.'),
  ('window_remaining_calls', 'gauge', 'Calls that an endpoint still takes before its window opens again.'),
  ('provider_stopped', 'gauge', '1 while a provider refuses to sell.'),
  ('runs_in_progress', 'gauge', 'Syncs under way, by kind.'),
  ('calls_ready', 'gauge', 'Calls that may go out and have not, by endpoint.'),
  ('subjects_due', 'gauge', 'Lists and profiles that are due for a sync.'),
  ('subjects_due_age_seconds', 'gauge', 'Since the oldest of them was due.'),
  ('inbox_events', 'gauge', 'Webhook events that are not taken in yet: received, or waiting for a look-up.'),
  ('inbox_age_seconds', 'gauge', 'Since the oldest of them came; 0 when there is none.'),
  ('events_billed_total', 'counter', 'Webhook events taken in that X bills, by type.'),
  ('events_cost_usd_total', 'counter', 'What X bills for them, in US dollars, by type.'),
  ('materializations_total', 'counter', 'Materializations begun.'),
  ('materialization_failures_total', 'counter', 'Materializations that raised an error.'),
  ('marks_due', 'gauge', 'Looks at assets that are due.'),
  ('marks_due_age_seconds', 'gauge', 'Since the oldest of them was due.'),
  ('instances_queued', 'gauge', 'Assets that wait for a tick of their own, by what is to be done.'),
  ('decisions_recent', 'gauge', 'Different decisions that were taken or repeated within the last hour, by kind.');

create sequence base.wakes minvalue 0 start 0;
comment on sequence base.wakes is 'The second (since 1970) of the last NOTIFY; see base.wake().';

create sequence base.announcements minvalue 0 start 0;
comment on sequence base.announcements is 'The second (since 1970) of the last NOTIFY to those who watch; see base.announce().';
