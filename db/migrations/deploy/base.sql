-- Deploy rookery:base to pg

begin;
set local check_function_bodies = off;

-- source: db/schema/20_base.sql
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

-- source: db/functions/base/announce.sql
create or replace function base.announce()
  returns void
  language plpgsql
  volatile
as $$
declare
  -- Elapsed time, hence the wall clock.
  v_second constant bigint := floor(extract(epoch from pg_catalog.clock_timestamp()));
begin
  -- As in base.wake(): the sequence remembers outside of any transaction, and what gets lost is made up for by who listens, who looks now and then.
  if v_second > (select last_value from base.announcements) then
    perform pg_catalog.setval('base.announcements', v_second), pg_catalog.pg_notify('rookery_changed', '');
  end if;
end;
$$;
comment on function base.announce() is
  'Tells those who watch (channel rookery_changed) that there is something new to see, at most once a second (NOTIFY takes one lock of the whole server at commit).';

-- source: db/functions/base/backoff.sql
create or replace function base.backoff(p_first interval, p_cap interval, p_failures integer, p_key text)
  returns interval
  language sql
  immutable
as $$
  select least(p_cap, p_first * power(2, least(greatest(p_failures, 1) - 1, 30)))
         * (0.75 + (pg_catalog.hashtextextended(p_key, p_failures) & 1023) / 2048.0);
$$;
comment on function base.backoff(interval, interval, integer, text) is
  'How long to wait after the p_failures-th failure: p_first doubled each time up to p_cap, times a jitter of 0.75 to 1.25 that is a hash of the key and the count (E4).';

-- source: db/functions/base/build_reason.sql
create or replace function base.build_reason(p_about text, p_says text, p_facts jsonb default '{}', p_because jsonb default null)
  returns jsonb
  language sql
  immutable
as $$
  select jsonb_build_object('about', p_about, 'says', p_says) || p_facts
         || case when jsonb_array_length(p_because) > 0 then jsonb_build_object('because', p_because) else '{}' end;
$$;
comment on function base.build_reason(text, text, jsonb, jsonb) is
  'A reason, one shape for all: {about: what kind of thing, says: a sentence, …: the facts in it, because: [reasons]}.';

-- source: db/functions/base/change_setting.sql
create or replace function base.change_setting(p_name text, p_value text)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_setting base.settings;
begin
  select * into v_setting from base.settings where name = p_name for no key update;
  if not found then
    raise exception 'there is no setting %', coalesce(quote_literal(p_name), 'null')
      using errcode = 'RK009', hint = 'select name, value, description from api.settings; lists them.';
  end if;
  if p_value is null or p_value !~ ('^(' || v_setting.pattern || ')$') then
    raise exception 'setting % cannot be %', p_name, coalesce(quote_literal(p_value), 'null')
      using errcode = 'RK009', hint = format('It now is %s (%s), and has to match %s.', v_setting.value, v_setting.unit, v_setting.pattern);
  end if;
  update base.settings set value = p_value, default_value = coalesce(default_value, value), changed_by = session_user, changed_at = base.now() where name = p_name;
  return p_value;
end;
$$;
comment on function base.change_setting(text, text) is
  'Changes a setting, notes who did and what it was by default, and returns its new value; RK009 for an unknown name or a value of the wrong form.';

-- source: db/functions/base/check_id.sql
create or replace function base.check_id(p_id bigint, p_what text)
  returns bigint
  language plpgsql
  immutable
as $$
begin
  if p_id is null or p_id < 1 then
    raise exception '% is not an X id: %', p_what, coalesce(p_id::text, 'null')
      using errcode = 'RK003', hint = 'An X id is a whole number from 1 to 9223372036854775807.';
  end if;
  return p_id;
end;
$$;
comment on function base.check_id(bigint, text) is 'The id itself; RK003 when it is null or below 1.';

-- source: db/functions/base/decide.sql
create or replace function base.decide(p_kind text, p_about text, p_reason text, p_until timestamptz default null, p_detail jsonb default '{}')
  returns void
  language plpgsql
  volatile
as $$
declare
  v_decision_id bigint;
begin
  -- The reason may be a message of whatever length, and an index has no room for more.
  insert into base.decisions as d (decision_kind, about, reason, detail, first_at, last_at, until_at)
  values (p_kind, p_about, left(p_reason, 300), p_detail, base.now(), base.now(), p_until)
  on conflict on constraint a_repeated_decision_is_one_row
  do update set
    detail = excluded.detail,
    repeat_count = d.repeat_count + 1,
    last_at = greatest(d.last_at, excluded.last_at),
    until_at = excluded.until_at
  returning d.decision_id into v_decision_id;
  perform base.note('decisions', v_decision_id);
end;
$$;
comment on function base.decide(text, text, text, timestamptz, jsonb) is 'Records that the engine held back or stepped in; the same decision again raises the count of its one row (E3). Of the reason 300 characters are kept.';

-- source: db/functions/base/deployed_changes.sql
create or replace function base.deployed_changes()
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_registry constant regclass := to_regclass('sqitch.changes');
  v_changes jsonb;
begin
  if v_registry is not null then
    -- dynamic: the registry is sqitch's, and is not there where the schema was loaded by other means
    execute format('select jsonb_agg(jsonb_build_object(''change_id'', change_id, ''change'', change, ''script_hash'', script_hash)) from %s where project = ''rookery''',
                   v_registry) into v_changes;
  end if;
  return coalesce(v_changes, '[]');
end;
$$;
comment on function base.deployed_changes() is
  'The changes of the plan that are deployed, [{change_id, change, script_hash}], by sqitch''s registry; none where nobody keeps it.';

-- source: db/functions/base/forget_notes.sql
create or replace function base.forget_notes()
  returns void
  language plpgsql
  volatile
as $$
begin
  perform pg_catalog.set_config('rookery.decisions', '', true), pg_catalog.set_config('rookery.materializations', '', true);
end;
$$;
comment on function base.forget_notes() is 'Begins to take notes (base.note) anew: a step tells what happened in it, whatever the transaction did before.';

-- source: db/functions/base/format_time.sql
create or replace function base.format_time(p_at timestamptz)
  returns text
  language sql
  stable
as $$
  select coalesce(to_char(p_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), 'never');
$$;
comment on function base.format_time(timestamptz) is 'A time for a sentence, in UTC to the second; null is never.';

-- source: db/functions/base/has_change.sql
create or replace function base.has_change(p_change text)
  returns boolean
  language plpgsql
  stable
as $$
declare
  v_registry constant regclass := to_regclass('sqitch.changes');
  v_found boolean;
begin
  if v_registry is null then
    return null;
  end if;
  -- dynamic: the registry is sqitch's, and is not there where the schema was loaded by other means
  execute format('select exists (select from %s where project = ''rookery'' and change = $1)', v_registry) into v_found using p_change;
  return v_found;
end;
$$;
comment on function base.has_change(text) is 'Whether a change of the plan is deployed; null where nobody keeps sqitch''s registry.';

-- source: db/functions/base/last_drawn.sql
create or replace function base.last_drawn(p_sequence regclass)
  returns bigint
  language sql
  stable
as $$
  select coalesce(pg_catalog.pg_sequence_last_value(p_sequence), 0);
$$;
comment on function base.last_drawn(regclass) is 'The last number that a sequence gave out, 0 before the first: how often something was counted.';

-- source: db/functions/base/note.sql
create or replace function base.note(p_what text, p_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_noted constant text := coalesce(pg_catalog.current_setting('rookery.' || p_what, true), '');
begin
  -- A setting of the transaction, since what a subtransaction noted goes when that is undone. A hundred or so is enough for a log.
  if length(v_noted) < 800 then
    perform pg_catalog.set_config('rookery.' || p_what, v_noted || p_id || ' ', true);
  end if;
end;
$$;
comment on function base.note(text, bigint) is
  'Remembers, until the end of the transaction or base.forget_notes(), that something happened to the decision or materialization of that id, for who answers for the step: base.noted().';

-- source: db/functions/base/noted.sql
create or replace function base.noted(p_what text)
  returns bigint[]
  language plpgsql
  stable
as $$
begin
  return string_to_array(nullif(rtrim(pg_catalog.current_setting('rookery.' || p_what, true)), ''), ' ')::bigint[];
end;
$$;
comment on function base.noted(text) is 'The ids that were noted (base.note), the first hundred or so, with repetitions; null for none. Trust it only after base.forget_notes(): any session may set a setting.';

-- source: db/functions/base/now.sql
create or replace function base.now()
  returns timestamptz
  language sql
  stable
as $$
  select pg_catalog.now();
$$;
comment on function base.now() is 'The one clock (E4): the start of the transaction. A test or the demo replaces it in a database of its own (db/simulated_clock.sql).';

-- source: db/functions/base/parse_id.sql
create or replace function base.parse_id(p_text text)
  returns bigint
  language sql
  immutable
as $$
  select case
    when p_text ~ '^[0-9]{1,18}$' or (p_text ~ '^[0-9]{19}$' and p_text collate "C" <= '9223372036854775807')
    then nullif(p_text::bigint, 0)
  end;
$$;
comment on function base.parse_id(text) is 'An X id from its decimal text; null when it is none, or out of the range of bigint (G1).';

-- source: db/functions/base/parse_json.sql
create or replace function base.parse_json(p_text text)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  return p_text::jsonb;
exception
  -- Some texts are JSON to everyone but PostgreSQL: \u0000, lone surrogates, 1e999999. Only then is the text rewritten, and read once more.
  when data_exception or program_limit_exceeded then
    begin
      return base.replace_unstorable(p_text)::jsonb;
    exception
      when data_exception or program_limit_exceeded then
        return null;
    end;
end;
$$;
comment on function base.parse_json(text) is
  'The JSON in a hostile text, without what PostgreSQL cannot store (base.replace_unstorable); null when it is no JSON. Raises nothing.';

-- source: db/functions/base/parse_time.sql
create or replace function base.parse_time(p_text text)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  -- The form is checked first: timestamptz itself would take `now` and `infinity`.
  if p_text ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$' then
    return p_text::timestamptz;
  end if;
  return null;
exception
  when data_exception then
    return null;
end;
$$;
comment on function base.parse_time(text) is 'A time from ISO 8601 with a zone; null for anything else. For single values: a page is cast as a whole first.';

-- source: db/functions/base/purge_decisions.sql
create or replace function base.purge_decisions(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_count integer;
begin
  delete from base.decisions
  where decision_id = any (array(
    select decision_id from base.decisions
    where last_at < base.now() - base.setting_interval('retention.decisions') and (until_at is null or until_at < base.now())
    order by last_at limit p_limit for update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function base.purge_decisions(integer) is 'Deletes decisions that are older than retention.decisions and not in force, at most p_limit (W7); returns how many.';

-- source: db/functions/base/recent_decisions.sql
create or replace function base.recent_decisions()
  returns table (metric text, labels jsonb, value numeric)
  language sql
  stable
as $$
  select 'decisions_recent', jsonb_build_object('kind', d.decision_kind), count(*)
  from base.decisions as d
  where d.last_at > base.now() - interval '1 hour'
  group by d.decision_kind;
$$;
comment on function base.recent_decisions() is 'How often the engine held back lately, as metrics.';

-- source: db/functions/base/render_reason.sql
create or replace function base.render_reason(p_reason jsonb, p_depth integer default 0)
  returns setof text
  language plpgsql
  immutable
as $$
declare
  v_because jsonb;
begin
  -- A line is broken before the word that would pass the 100th column, a word only when it is longer than a line.
  return query
    select repeat('  ', p_depth + case when l.position > 1 then 2 else 0 end) || l.words[1]
    from regexp_matches(p_reason ->> 'says', format('(\S.{0,%1$s}(?=\s|$)|\S{1,%1$s})\s*', greatest(95 - 2 * p_depth, 40)), 'g')
         with ordinality as l (words, position);
  for v_because in select b.value from jsonb_array_elements(p_reason -> 'because') as b loop
    return query select line from base.render_reason(v_because, p_depth + 1) as line;
  end loop;
end;
$$;
comment on function base.render_reason(jsonb, integer) is 'A reason and all that is behind it as lines of text, indented by how far behind.';

-- source: db/functions/base/replace_unstorable.sql
create or replace function base.replace_unstorable(p_text text)
  returns text
  language sql
  immutable
as $$
  -- First an escaped backslash becomes \u005c, so that every backslash left begins an escape.
  select regexp_replace(regexp_replace(regexp_replace(regexp_replace(replace(p_text,
    '\\', '\u005c'),
    '\\u0000', '\\ufffd', 'g'),
    '\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})', '\\ufffd', 'g'),
    '(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}', '\\ufffd', 'g'),
    '("(?:[^"\\]|\\.)*"\s*:\s*)-?\d+(?:\.\d+)?[eE]\+?\d{4,}', '\1null', 'g');
$$;
comment on function base.replace_unstorable(text) is
  'JSON text without what PostgreSQL cannot store: \ufffd for the escapes \u0000 and lone surrogates, null for a member that is a number beyond numeric. For a text that was refused, since it looks at no string from within.';

-- source: db/functions/base/report_decisions.sql
create or replace function base.report_decisions()
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_noted constant bigint[] := base.noted('decisions');
begin
  if v_noted is null then
    return jsonb '{}';
  end if;
  return (
    select jsonb_build_object('decisions', jsonb_agg(
      jsonb_build_object('decision_id', d.decision_id, 'kind', d.decision_kind, 'about', d.about, 'reason', d.reason, 'repeats', d.repeat_count,
                         'needs_a_person', k.needs_a_person)
      || case when d.until_at is null then '{}' else jsonb_build_object('until', d.until_at) end
      || (select coalesce(jsonb_object_agg(i.key, i.value), '{}') from jsonb_each(d.detail) as i
          where i.key in ('call_id', 'run_id', 'instance_id', 'materialization_id', 'event_id'))
      || case when d.about ~ '^(instance|run) \d+$'
              then jsonb_build_object(split_part(d.about, ' ', 1) || '_id', split_part(d.about, ' ', 2)::bigint) else '{}' end
      order by d.decision_id))
    from base.decisions as d join base.decision_kinds as k using (decision_kind)
    where d.decision_id = any (v_noted));
end;
$$;
comment on function base.report_decisions() is
  'What was decided since base.forget_notes(), for a log: {decisions: [{decision_id, kind, about, reason, repeats, needs_a_person, until, and the ids of what it is about}]}, or {} where nothing was.';

-- source: db/functions/base/reset_setting.sql
create or replace function base.reset_setting(p_name text)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_value text;
begin
  select coalesce(default_value, value) into v_value from base.settings where name = p_name;
  v_value := base.change_setting(p_name, v_value);
  update base.settings set default_value = null where name = p_name;
  return v_value;
end;
$$;
comment on function base.reset_setting(text) is 'Gives a setting its default back, and returns that; RK009 for an unknown name.';

-- source: db/functions/base/setting_integer.sql
create or replace function base.setting_integer(p_name text)
  returns integer
  language plpgsql
  stable
as $$
begin
  return (select value::integer from base.settings where name = p_name);
end;
$$;
comment on function base.setting_integer(text) is 'A setting as a whole number.';

-- source: db/functions/base/setting_interval.sql
create or replace function base.setting_interval(p_name text)
  returns interval
  language plpgsql
  stable
as $$
begin
  return (select value::interval from base.settings where name = p_name);
end;
$$;
comment on function base.setting_interval(text) is 'A setting as an interval.';

-- source: db/functions/base/setting_text.sql
create or replace function base.setting_text(p_name text)
  returns text
  language plpgsql
  stable
as $$
begin
  return (select value from base.settings where name = p_name);
end;
$$;
comment on function base.setting_text(text) is 'A setting as it is written; null for a name that is not in base.settings.';

-- source: db/functions/base/wake.sql
create or replace function base.wake()
  returns void
  language sql
  volatile
as $$
  -- The sequence remembers the second of the last wake outside of any transaction, so that nobody waits for anybody. It measures
  -- elapsed time, hence the wall clock. A wake that gets lost this way costs the sleeper at most the wait that its tick named.
  select pg_catalog.pg_notify('rookery_wake', '')
  from (select floor(extract(epoch from pg_catalog.clock_timestamp()))::bigint as this_second) as t
  where this_second > (select last_value from base.wakes)
    and pg_catalog.setval('base.wakes', this_second) is not null;
$$;
comment on function base.wake() is 'Tells sleeping drivers that there is work, at most once a second (NOTIFY takes one lock of the whole server at commit).';

commit;
