-- Deploy rookery:ingest to pg

begin;
set local check_function_bodies = off;

-- source: db/schema/40_ingest.sql
-- Buying from X: what must be fresh for whom, the runs that make it so, the calls that a run sends, and the pages that came back.
-- A consumer (an asset, to this room just a number) says what it needs; the room keeps it fresh and leaves a note when a sync has ended.
--
-- Locks are taken in one order: graph writer, run, call, window, provider, event, the books (ingest.share_books), budget. Answers wait for a lock; ticks try, or skip.

set local role rookery_owner;

create schema ingest;
comment on schema ingest is 'Needs, runs, calls, pages, rate windows, prices, the ledger, budgets: everything about buying from a provider.';

-- What can be bought -------------------------------------------------------------------------------------------------------------------------

create table ingest.providers (
  provider text not null,
  stopped_class text,
  stopped_at timestamptz,
  probe_at timestamptz,
  vocabulary text,
  constraint providers_pkey primary key (provider),
  constraint stopped_is_said_whole check (num_nonnulls(stopped_class, stopped_at, probe_at) in (0, 3)),
  constraint vocabulary_is_known check (vocabulary in ('post', 'tweet'))
);
comment on table ingest.providers is 'APIs that can be bought from, and whether they sell just now.';
comment on column ingest.providers.probe_at is 'While stopped: when one call is let through to see whether they sell again.';
comment on column ingest.providers.vocabulary is 'The field names that the provider was found to accept; null until it refused some.';
insert into ingest.providers (provider) values ('x_v2');

create table ingest.prices (
  resource text not null,
  usd numeric(10, 6) not null,
  owned_usd numeric(10, 6) not null,
  constraint prices_pkey primary key (resource),
  constraint price_is_not_negative check (usd >= 0 and owned_usd >= 0)
);
comment on table ingest.prices is 'What X bills for one resource returned, or for one event delivered (I9), in US dollars.';
comment on column ingest.prices.owned_usd is 'In a list or timeline of the account that owns the app and whose token is used (x_v2.own_account).';
insert into ingest.prices (resource, usd, owned_usd) values ('user', 0.010, 0.010), ('follow', 0.010, 0.001), ('post', 0.005, 0.001),
  ('follow_event', 0.010, 0.010), ('post_event', 0.005, 0.005), ('profile_event', 0.005, 0.005);

create table ingest.endpoints (
  endpoint text not null,
  provider text not null,
  resource text not null,
  window_limit integer not null,
  window_length interval not null default '15 minutes',
  constraint endpoints_pkey primary key (endpoint),
  constraint endpoints_provider_fkey foreign key (provider) references ingest.providers,
  constraint endpoints_resource_fkey foreign key (resource) references ingest.prices,
  constraint window_limit_is_positive check (window_limit > 0)
);
comment on table ingest.endpoints is 'The calls that a provider takes, with the documented limit of an app (headers are believed over it).';
insert into ingest.endpoints (endpoint, provider, resource, window_limit) values
  ('users', 'x_v2', 'user', 300),
  ('users_by_handle', 'x_v2', 'user', 300),
  ('followers', 'x_v2', 'follow', 300),
  ('following', 'x_v2', 'follow', 300),
  ('timeline', 'x_v2', 'post', 10000),
  ('posts', 'x_v2', 'post', 3500),
  ('search', 'x_v2', 'post', 450);

create table ingest.windows (
  endpoint text not null,
  limit_count integer not null,
  remaining_count integer not null,
  reset_at timestamptz,
  constraint windows_pkey primary key (endpoint),
  constraint windows_endpoint_fkey foreign key (endpoint) references ingest.endpoints,
  constraint window_is_never_overdrawn check (remaining_count >= 0),
  constraint no_more_is_left_than_the_limit check (remaining_count <= limit_count),
  constraint a_window_without_an_end_is_whole check (reset_at is not null or remaining_count = limit_count)
) with (fillfactor = 50);
comment on table ingest.windows is 'The rate window of each endpoint: how many calls may still go out before reset_at (I8).';
comment on column ingest.windows.reset_at is 'When remaining_count is limit_count again; null before the first call of a window.';
insert into ingest.windows (endpoint, limit_count, remaining_count)
select endpoint, window_limit, window_limit from ingest.endpoints;

create table ingest.sync_kinds (
  sync_kind text not null,
  endpoint text not null,
  is_batched boolean not null,
  freshness_setting text,
  reconcile_setting text,
  serves text,
  constraint sync_kinds_pkey primary key (sync_kind),
  constraint sync_kinds_endpoint_fkey foreign key (endpoint) references ingest.endpoints,
  constraint sync_kinds_freshness_setting_fkey foreign key (freshness_setting) references base.settings,
  constraint sync_kinds_reconcile_setting_fkey foreign key (reconcile_setting) references base.settings,
  constraint sync_kinds_serves_fkey foreign key (serves) references ingest.sync_kinds,
  constraint a_list_is_reconciled check ((reconcile_setting is null) = is_batched)
);
comment on table ingest.sync_kinds is 'What a run can do. A batched one asks about up to 100 ids at once; the others read one subject''s list.';
comment on column ingest.sync_kinds.freshness_setting is 'The setting with its window of freshness; null where nothing keeps it fresh.';
comment on column ingest.sync_kinds.reconcile_setting is 'The setting that says how often at least a list is read in full; null for what is no list.';
comment on column ingest.sync_kinds.serves is 'Which syncs a run of this kind is one of: a search is a sync of its authors'' posts. Null where nobody waits for it.';
insert into ingest.sync_kinds (sync_kind, endpoint, is_batched, freshness_setting, reconcile_setting, serves) values
  ('followers', 'followers', false, 'freshness.followers', 'reconcile.after', 'followers'),
  ('following', 'following', false, 'freshness.following', 'reconcile.after', 'following'),
  ('posts', 'timeline', false, 'freshness.posts', 'reconcile.posts_after', 'posts'),
  ('search', 'search', true, null, null, 'posts'),
  ('users', 'users', true, 'freshness.users', null, 'users'),
  ('handles', 'users_by_handle', true, null, null, null),
  ('post_lookup', 'posts', true, null, null, null);

create table ingest.answer_classes (
  answer_class text not null,
  action text not null,
  is_perhaps_billed boolean not null default false,
  meaning text not null,
  mend text,
  constraint answer_classes_pkey primary key (answer_class),
  constraint what_stops_us_can_be_mended check (mend is not null or action <> 'stop'),
  constraint action_is_known check (action in ('store', 'retry', 'wait', 'stop', 'restart', 'reword', 'refuse', 'fail'))
);
comment on table ingest.answer_classes is 'What an answer can be, and what is done with it: the one place where that is said.';
comment on column ingest.answer_classes.action is
  'store: it is a page. retry: the same call later, a bounded number of times. wait: the same call later, as often as it takes. stop: nothing is bought until the provider sells again. restart: the run begins anew. reword: the same call in the other vocabulary. refuse: X does not show this subject. fail: the run fails.';
comment on column ingest.answer_classes.is_perhaps_billed is
  'Whether X may have returned rows that did not arrive: the call stays booked at its worst price (I8). Else only a page is billed.';
comment on column ingest.answer_classes.mend is 'What an operator can do about it; null where nothing, or it mends itself.';
insert into ingest.answer_classes (answer_class, action, is_perhaps_billed, meaning) values
  ('timeout', 'retry', true, 'No answer in time.'),
  ('unreachable', 'retry', true, 'A connection that broke.'),
  ('aborted', 'wait', true, 'No answer, since the worker was stopped.'),
  ('not_json', 'retry', true, 'A 200 whose body is no JSON object: cut off, HTML, empty.');
insert into ingest.answer_classes (answer_class, action, meaning) values
  ('page', 'store', 'Rows, or a well-formed nothing.'),
  ('unconnected', 'retry', 'No connection was made: X has not seen the call.'),
  ('server_error', 'retry', 'A 5xx.'),
  ('api_error', 'retry', 'A 200 that holds nothing but an error of X''s own.'),
  ('not_found', 'retry', 'A 404: no proof of anything.'),
  ('unexpected', 'retry', 'A status that X does not document.'),
  ('rate_limited', 'wait', 'A 429 of the rate window.'),
  ('too_fast', 'wait', 'A 429 although the window has calls left: a limit per second.'),
  ('cursor_refused', 'restart', 'A 400 about the pagination token.'),
  ('vocabulary_refused', 'reword', 'A 400 about post.fields or tweet.fields.'),
  ('bad_request', 'fail', 'A 400: the call is a defect.'),
  ('search_outdated', 'fail', 'A search that waited until X would refuse it, or no longer says who wrote a post; timelines are read instead.'),
  ('repeated_cursor', 'fail', 'X led back to a page that the run has read.'),
  ('subject_suspended', 'refuse', 'The subject is suspended.'),
  ('subject_not_found', 'refuse', 'The subject is not found: deleted, deactivated, or never there.'),
  ('subject_protected', 'refuse', 'The subject''s lists are not public.');
insert into ingest.answer_classes (answer_class, action, meaning, mend) values
  ('no_token', 'stop', 'The worker has no token to ask with.', 'set X_BEARER_TOKEN to the bearer token of your X app, and start the worker again'),
  ('usage_capped', 'stop', 'A 429 of the usage cap.', 'wait for the next billing cycle, or raise the cap in X''s developer console; then: rookery provider resume'),
  ('credits_depleted', 'stop', 'A 402: the credits are used up.', 'buy credits in X''s developer console; then: rookery provider resume'),
  ('spend_capped', 'stop', 'A 403 of the spending limit.', 'raise the spending limit in X''s developer console, or wait for the next billing cycle; then: rookery provider resume'),
  ('unauthorized', 'stop', 'A 401: the token is refused.', 'set X_BEARER_TOKEN to a token that X takes, and start the worker again; then: rookery provider resume'),
  ('forbidden', 'stop', 'A 403: the app may not do this.', 'put the app into a project, with access to the API, in X''s developer console; then: rookery provider resume');

-- What must be fresh ---------------------------------------------------------------------------------------------------------------------------

create table ingest.subjects (
  sync_kind text not null,
  subject_id bigint not null,
  fresh_at timestamptz,
  full_at timestamptz,
  full_position bigint,
  list_count bigint,
  count_at_full bigint,
  count_at_look bigint,
  since_id bigint,
  refused_class text,
  refused_at timestamptz,
  retry_at timestamptz,
  failure_count integer not null default 0,
  cancelled_at timestamptz,
  full_retry_at timestamptz,
  polled_at timestamptz,
  constraint subjects_pkey primary key (sync_kind, subject_id),
  constraint subjects_sync_kind_fkey foreign key (sync_kind) references ingest.sync_kinds,
  constraint subjects_refused_class_fkey foreign key (refused_class) references ingest.answer_classes,
  constraint a_full_read_has_a_position_and_a_count check (num_nonnulls(full_position, list_count) in (0, 2)),
  constraint an_offset_is_of_a_full_read check (count_at_full is null or list_count is not null),
  constraint a_refusal_has_a_class_and_a_time check ((refused_class is null) = (refused_at is null)),
  constraint only_a_failed_subject_waits_for_a_retry check ((retry_at is null) = (failure_count = 0))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
comment on table ingest.subjects is 'What is known of each list and profile that was ever synced.';
comment on column ingest.subjects.fresh_at is 'When the last successful run ended (I10).';
comment on column ingest.subjects.full_at is 'When the last run ended that read the list to its end; for posts, to its end or to the cap.';
comment on column ingest.subjects.full_position is 'Follows: where the logs stood when the list had been read to its end.';
comment on column ingest.subjects.list_count is 'Follows: how many edges of the list were alive then.';
comment on column ingest.subjects.count_at_full is
  'Follows: what the profile counted then. It counts suspended users too, whom the list leaves out: only how both move since can be compared. Null when it was not known.';
comment on column ingest.subjects.count_at_look is 'What the profile counted before the last successful run, full or not.';
comment on column ingest.subjects.since_id is 'Posts: the newest post of the last poll, committed after its last page.';
comment on column ingest.subjects.polled_at is
  'Posts: when the last poll asked for its first page, which is where a search goes on. Null: the next poll is of the timeline.';
comment on column ingest.subjects.retry_at is 'After a failed run: when the next may start.';
comment on column ingest.subjects.cancelled_at is 'When a run of it was last cancelled: nothing is bought unasked for a window of freshness from then.';
comment on column ingest.subjects.full_retry_at is 'After a full run that did not show that it had read the whole list: no other starts unasked before this.';
comment on column ingest.subjects.refused_class is 'Why X did not show it at the last look; null when it did.';

create table ingest.needs (
  sync_kind text not null,
  subject_id bigint not null,
  consumer_id bigint not null,
  fresh_within interval,
  or_default boolean not null default true,
  reconcile_within interval,
  reconcile_or_default boolean not null default true,
  reconcile_doubt numeric,
  doubt_or_default boolean not null default true,
  tolerates_refusal boolean not null,
  constraint needs_pkey primary key (sync_kind, subject_id, consumer_id),
  constraint needs_sync_kind_fkey foreign key (sync_kind) references ingest.sync_kinds,
  constraint a_need_has_a_window check (or_default or fresh_within is not null),
  constraint a_need_is_reconciled_some_time check (reconcile_or_default or reconcile_within is not null),
  constraint a_need_bears_some_doubt check (doubt_or_default or reconcile_doubt is not null),
  constraint fresh_within_is_positive check (fresh_within > '0'),
  constraint reconcile_within_is_positive check (reconcile_within > '0'),
  constraint reconcile_doubt_is_a_percentage check (reconcile_doubt between 0 and 100)
);
comment on table ingest.needs is
  'Who needs which subject how fresh, and its list how surely. Of a subject the smallest window counts (A5), and so do the smallest age and doubt (I3).';
comment on column ingest.needs.fresh_within is 'The smallest window that was asked for expressly; null when none was.';
comment on column ingest.needs.or_default is 'Whether the window that is set for this kind of sync is asked for too.';
comment on column ingest.needs.reconcile_within is
  'The smallest age of the last full read, asked for expressly, at which the list is read in full again (I3); null when none was.';
comment on column ingest.needs.reconcile_or_default is
  'Whether the age that is set is asked for too: what counts is least(reconcile_within, case when reconcile_or_default then the setting end).';
comment on column ingest.needs.reconcile_doubt is
  'The smallest part of the list, in percent, asked for expressly, that may be in doubt before it is read in full (I9); null when none was.';
comment on column ingest.needs.doubt_or_default is 'Whether the doubt that is set is asked for too, likewise.';
comment on column ingest.needs.tolerates_refusal is 'Whether the consumer goes on when X does not show the subject.';
create index needs_consumer_id_idx on ingest.needs (consumer_id, sync_kind, subject_id);

create table ingest.due (
  sync_kind text not null,
  subject_id bigint not null,
  due_at timestamptz not null,
  constraint due_pkey primary key (sync_kind, subject_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table ingest.due is 'When each needed subject must be synced again. Narrow, because it moves; no row while a run is under way, or while nobody needs it.';
create index due_due_at_idx on ingest.due (due_at);

create table ingest.missing (
  resource text not null,
  item_key text collate "C" not null,
  reason text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  ask_again_at timestamptz not null,
  constraint missing_pkey primary key (resource, item_key),
  constraint missing_resource_is_looked_up check (resource in ('user', 'handle', 'post')),
  constraint missing_reason_is_known check (reason in ('suspended', 'not_found', 'protected', 'not_returned'))
);
comment on table ingest.missing is 'Ids and handles that X did not return when asked, and why (I6).';

create table ingest.departures (
  user_id bigint not null,
  target_id bigint not null,
  change_id bigint not null,
  asked_at timestamptz not null,
  reason text,
  known_at timestamptz,
  constraint departures_pkey primary key (user_id, target_id, change_id),
  constraint departure_reason_is_known check (reason in ('unfollowed', 'suspended', 'deleted', 'protected', 'unknown')),
  constraint what_is_known_has_a_time check ((reason is null) = (known_at is null))
);
comment on table ingest.departures is
  'Users whom a sweep did not find in a list any more, and who were looked up for that: a list leaves suspended users out without a word, so it alone cannot tell them from those who unfollowed.';
comment on column ingest.departures.user_id is 'Who was not shown: the follower in a list of followers, the target in a list of those followed.';
comment on column ingest.departures.target_id is 'With change_id, the end of the follow in graph.follow_changes.';
comment on column ingest.departures.reason is 'What the look-up showed; null while it is under way, or when it failed.';
create index departures_asked_idx on ingest.departures (user_id) where reason is null;

-- Runs -----------------------------------------------------------------------------------------------------------------------------------------

create table ingest.runs (
  run_id bigint generated always as identity,
  sync_kind text not null,
  subject_id bigint,
  item_ids bigint[],
  handles text[],
  mode text not null,
  reason text not null,
  status text not null default 'in_progress',
  since_id bigint,
  newest_id bigint,
  page_count integer not null default 0,
  resource_count bigint not null default 0,
  cost_usd numeric(12, 6) not null default 0,
  billed_count bigint not null default 0,
  payer_ids bigint[],
  changed_count bigint not null default 0,
  removed_count bigint not null default 0,
  rejected_count bigint not null default 0,
  first_page integer not null default 1,
  restart_count integer not null default 0,
  is_partial boolean not null default false,
  is_waiting boolean not null default false,
  is_named boolean not null default false,
  profile_run_id bigint,
  subject_count bigint,
  expected_count bigint,
  doubt_count bigint,
  page_size integer,
  cursor_exhausted boolean,
  http_status integer,
  error_class text,
  error_detail text,
  retry_at timestamptz,
  start_position bigint not null default nextval('graph.change_ids'),
  started_at timestamptz not null,
  completed_at timestamptz,
  constraint runs_pkey primary key (run_id),
  constraint runs_sync_kind_fkey foreign key (sync_kind) references ingest.sync_kinds,
  constraint runs_error_class_fkey foreign key (error_class) references ingest.answer_classes,
  constraint mode_is_full_or_incremental check (mode in ('full', 'incremental')),
  constraint reason_is_known check (reason in ('first', 'due', 'reconcile', 'requested', 'profile', 'evidence', 'doubt', 'free', 'event', 'told', 'leaver')),
  constraint status_is_known check (status in ('in_progress', 'success', 'error', 'cancelled')),
  constraint only_a_run_in_progress_is_incomplete check ((status = 'in_progress') = (completed_at is null)),
  constraint follows_are_read_in_pages_of_one_size check (
    page_size is not null or is_waiting or status <> 'in_progress' or sync_kind not in ('followers', 'following')),
  constraint page_size_is_what_x_takes check (page_size between 1 and 1000),
  constraint only_a_run_in_progress_waits check (not is_waiting or status = 'in_progress'),
  constraint an_error_has_a_class check ((status = 'error') = (error_class is not null)),
  constraint cursor_is_judged_by_success check ((status = 'success') = (cursor_exhausted is not null)),
  constraint a_run_has_a_subject_or_a_batch check (num_nonnulls(item_ids, handles) = 1 or (num_nonnulls(item_ids, handles) = 0 and subject_id is not null)),
  constraint a_search_begins_where_something_ended check (sync_kind <> 'search' or num_nulls(item_ids, since_id) = 0 and mode = 'incremental'),
  constraint a_batch_is_at_most_100 check (coalesce(cardinality(item_ids), cardinality(handles), 1) between 1 and 100)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
comment on table ingest.runs is 'Every sync (I1): what, of whom, why, how it went, what it cost.';
comment on column ingest.runs.item_ids is 'The ids that a batched run asks about: of users or posts to look up, of authors to search for.';
comment on column ingest.runs.since_id is 'Posts: only newer ones are asked for.';
comment on column ingest.runs.newest_id is 'Posts: the newest of the first page, which becomes the subject''s since_id.';
comment on column ingest.runs.cost_usd is 'What X bills for the pages that came: each resource once a UTC day (I9). Calls that got no answer are in the ledger alone.';
comment on column ingest.runs.billed_count is 'How many of the resources received X bills: not those bought before on the same UTC day.';
comment on column ingest.runs.payer_ids is
  'Who shares the cost evenly (I8): numbers that a room above gives, of those who waited when the run started. Empty: nobody in particular. Null: not said yet, and until then no call goes out.';
comment on column ingest.runs.first_page is 'The first page of the present sweep: greater than 1 after a restart.';
comment on column ingest.runs.is_waiting is 'Whether it waits for a look at its subject''s profile: to have it (G2), or to have its counts (I9).';
comment on column ingest.runs.is_named is 'Whether a row names it that is kept: of a log, of a user''s counts, or a materialization. Then it is kept too (W7).';
comment on column ingest.runs.profile_run_id is 'The look-up that it waited for.';
comment on column ingest.runs.subject_count is 'How many the subject''s profile counted when the run began to read; null when that was not known.';
comment on column ingest.runs.expected_count is 'How many rows it was expected to find: of a full run the whole list, else what is new; null when nobody could say.';
comment on column ingest.runs.doubt_count is 'How many must have left the list unseen, by the counts, when the run began to read; null when nobody could say.';
comment on column ingest.runs.page_size is 'Follows: rows in a page, the same for all of them, since X wants a token back with the parameters that it was given with.';
comment on column ingest.runs.is_partial is 'Whether some answer left rows out; such a run proves nothing about what it did not see.';
comment on column ingest.runs.start_position is 'Numbered like graph changes: what has a greater number came after the run began, whatever the clock says.';
comment on column ingest.runs.cursor_exhausted is 'Whether the list was read to its end.';
create unique index one_run_in_progress_per_subject on ingest.runs (sync_kind, subject_id) where status = 'in_progress';
create index runs_waiting_idx on ingest.runs (subject_id) where is_waiting;
create index runs_without_payers_idx on ingest.runs (run_id) where payer_ids is null and status = 'in_progress';
create index runs_subject_id_idx on ingest.runs (sync_kind, subject_id, run_id);
create index runs_profile_run_id_idx on ingest.runs (profile_run_id) where profile_run_id is not null;

create table ingest.cleared_runs (
  up_to_run_id bigint not null,
  constraint cleared_runs_pkey primary key (up_to_run_id)
);
create unique index cleared_runs_is_one_row on ingest.cleared_runs ((true));
insert into ingest.cleared_runs (up_to_run_id) values (0);
comment on table ingest.cleared_runs is 'One row: up to which run calls and receipts were cleared away (W7); the runs that are left of these stay.';

create table ingest.calls (
  call_id bigint generated always as identity,
  run_id bigint not null,
  endpoint text not null,
  page_no integer not null,
  page_token text,
  state text not null default 'ready',
  not_before timestamptz not null,
  attempt_count integer not null default 0,
  worker text,
  lease_until timestamptz,
  http_status integer,
  answer_class text,
  answer_detail text,
  created_at timestamptz not null,
  claimed_at timestamptz,
  answered_at timestamptz,
  path text,
  query jsonb,
  held_by bigint,
  held_usd numeric(18, 9),
  constraint calls_pkey primary key (call_id),
  constraint state_is_known check (state in ('ready', 'claimed', 'answered', 'failed', 'cancelled')),
  constraint a_claimed_call_has_a_lease check ((state = 'claimed') = (lease_until is not null)),
  constraint an_ended_call_has_an_end check ((state in ('ready', 'claimed')) = (answered_at is null)),
  constraint a_held_call_has_a_price check ((held_by is null) = (held_usd is null)),
  constraint a_call_that_is_out_is_not_held check (held_by is null or state <> 'claimed')
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02);
-- No foreign keys to endpoints and answer_classes: every call would lock the same few rows there. Nor to runs: it would ask for an index, which moves
-- with every state of a call, only to find when a run is cleared away that its calls went before. A standing test says the same.
comment on table ingest.calls is 'HTTP requests that go out, or went out, one for each page of a run.';
comment on column ingest.calls.query is 'The query as it was sent last; built when the call is handed out.';
comment on column ingest.calls.answer_class is 'What the last answer was, whether or not it ended the call.';
comment on column ingest.calls.held_by is 'The budget that had no room for it when it was to go out last (I8); not_before is then the end of that budget''s period.';
comment on column ingest.calls.held_usd is 'How much of that budget it needs.';
create unique index one_open_call_per_run on ingest.calls (run_id) where state in ('ready', 'claimed');
create index calls_ready_idx on ingest.calls (endpoint, not_before, call_id) where state = 'ready';
create index calls_held_by_idx on ingest.calls (held_by, call_id) where state = 'ready' and held_by is not null;
create index calls_lease_until_idx on ingest.calls (lease_until) where state = 'claimed';

create table ingest.outcomes (
  endpoint text not null,
  http_status integer not null,
  answer_class text not null,
  call_count bigint not null,
  resource_count bigint not null,
  cost_usd numeric(14, 6) not null,
  constraint outcomes_pkey primary key (endpoint, answer_class, http_status),
  constraint calls_are_counted_from_one check (call_count >= 1)
) with (fillfactor = 50);
comment on table ingest.outcomes is 'How many calls had which answer, and what came with them, ever: calls themselves are kept for a while only (W7).';
comment on column ingest.outcomes.http_status is '0 where there was no answer.';
comment on column ingest.outcomes.cost_usd is 'What X bills for what came, as the ledger settled it.';

create sequence ingest.takeovers;
comment on sequence ingest.takeovers is 'How many leases ran out. A sequence, because it counts without a lock: a tick waits for nobody.';

create table ingest.pages (
  run_id bigint not null,
  page_no integer not null,
  call_id bigint not null,
  item_ids bigint[] not null,
  next_token text,
  changed_count integer not null,
  position bigint not null default nextval('graph.change_ids'),
  received_at timestamptz not null,
  constraint pages_pkey primary key (run_id, page_no),
  constraint pages_run_id_fkey foreign key (run_id) references ingest.runs
) with (autovacuum_vacuum_scale_factor = 0.02);
-- Inline wherever they fit: in slices beside the row, a receipt of a thousand ids is a tenth more to write.
alter table ingest.pages alter column item_ids set storage main, alter column next_token set storage main;
-- By hash, since a token may be longer than an index takes.
create index pages_next_token_idx on ingest.pages (run_id, hashtextextended(next_token, 0)) where next_token is not null;
comment on table ingest.pages is 'Receipts: one row for each page received. The resume point (I4), the provenance of "seen" (G7), and what a full run saw (I2).';
comment on column ingest.pages.position is 'Numbered like graph changes and the start of runs.';
comment on column ingest.pages.item_ids is 'The ids of the page, users or posts, in its order; also of rows that were set aside.';

create table ingest.rejects (
  reject_id bigint generated always as identity,
  run_id bigint not null,
  page_no integer not null,
  reason text not null,
  author_id bigint,
  raw jsonb not null,
  rejected_at timestamptz not null,
  constraint rejects_pkey primary key (reject_id),
  constraint rejects_run_id_fkey foreign key (run_id) references ingest.runs
);
comment on table ingest.rejects is 'Rows of a page that could not be stored, as they came, and why.';
comment on column ingest.rejects.author_id is 'Of a post by somebody who is no user here: by whom. It is stored, and the row goes, when its author comes (I5).';
create index rejects_run_id_idx on ingest.rejects (run_id);
create index rejects_author_id_idx on ingest.rejects (author_id) where author_id is not null;

create table ingest.completions (
  completion_id bigint generated always as identity,
  sync_kind text not null,
  subject_id bigint not null,
  run_id bigint not null,
  constraint completions_pkey primary key (completion_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table ingest.completions is 'Notes for the rooms above: a subject''s sync has ended, well or badly. Whoever reads a note takes it away.';

-- Money ----------------------------------------------------------------------------------------------------------------------------------------

create table ingest.purchases (
  resource text not null,
  item_id bigint not null,
  bought_on date not null,
  constraint purchases_pkey primary key (resource, item_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
comment on table ingest.purchases is 'Every resource that was ever bought: X bills it once a UTC day (I9).';
comment on column ingest.purchases.item_id is 'The id of the user (also of a row of a list of follows) or post that was returned.';
comment on column ingest.purchases.bought_on is 'The last UTC day on which it was billed, or the one before where the call went out just before midnight.';

create table ingest.ledger (
  call_id bigint not null,
  attempt_no integer not null,
  run_id bigint not null,
  endpoint text not null,
  asked_count integer not null,
  unit_usd numeric(10, 6) not null,
  resource_count integer,
  billed_count integer,
  booked_usd numeric(16, 6) not null generated always as (unit_usd * coalesce(billed_count, asked_count)) stored,
  booked_at timestamptz not null,
  counted_at timestamptz not null,
  closed_at timestamptz,
  constraint ledger_pkey primary key (call_id, attempt_no),
  constraint ledger_call_id_fkey foreign key (call_id) references ingest.calls,
  constraint attempts_are_numbered_from_one check (attempt_no >= 1),
  constraint an_attempt_asks_for_rows check (asked_count > 0),
  constraint what_is_settled_is_closed check (num_nonnulls(resource_count, billed_count) in (0, 2) and (billed_count is null or closed_at is not null)),
  constraint no_more_is_billed_than_was_returned check (billed_count between 0 and resource_count),
  constraint an_entry_counts_from_its_booking_on check (counted_at >= booked_at)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
comment on table ingest.ledger is
  'An entry for each time that a call went out (I8): what it may cost at worst, and once it is settled, what it costs. One that is closed and not settled got no answer: X may have billed it.';
comment on column ingest.ledger.asked_count is 'How many resources X can return at most.';
comment on column ingest.ledger.billed_count is 'How many of those returned were not bought before on the same UTC day; null while that is not known.';
comment on column ingest.ledger.unit_usd is 'The price of one when the call went out.';
comment on column ingest.ledger.booked_usd is 'What it counts as: the real price, or the worst one while that is not known.';
comment on column ingest.ledger.counted_at is 'Budgets whose period began by then count it: the booking, or the start of a period in which the call was still out.';
comment on column ingest.ledger.closed_at is 'When the call came back, or was given up.';
create index ledger_counted_at_idx on ingest.ledger (counted_at);

create table ingest.spend_sums (
  utc_day date not null,
  call text not null,
  payer_ids bigint[] not null,
  sent_count bigint not null,
  resource_count bigint not null,
  billed_count bigint not null,
  settled_usd numeric(16, 6) not null,
  booked_usd numeric(16, 6) not null,
  constraint spend_sums_pkey primary key (utc_day, call, payer_ids)
);
comment on table ingest.spend_sums is 'What the ledger said of calls that were cleared away (W7): the sum of a UTC day.';
comment on column ingest.spend_sums.call is 'The endpoint.';
comment on column ingest.spend_sums.payer_ids is 'As ingest.runs.payer_ids.';

create table ingest.deliveries (
  utc_day date not null,
  event_type text not null,
  event_count bigint not null,
  cost_usd numeric(16, 6) not null,
  constraint deliveries_pkey primary key (utc_day, event_type),
  constraint deliveries_are_counted_from_one check (event_count >= 1),
  constraint what_is_delivered_costs_something check (cost_usd > 0)
) with (fillfactor = 50);
comment on table ingest.deliveries is
  'What X bills for the webhook events that it delivered: the part of the books that no call is behind. Entered when they are taken in, a batch at once; kept longer than they are (W7).';
comment on column ingest.deliveries.utc_day is 'The UTC day on which they came.';
comment on column ingest.deliveries.cost_usd is 'At the prices of when they were taken in. A profile or post in an event is not taken for bought: X says nowhere that a read of it is free that day.';

create table ingest.budgets (
  budget_id bigint generated always as identity,
  scope text not null,
  payer_id bigint,
  endpoint text,
  period text not null,
  cap_usd numeric(12, 6) not null,
  spent_usd numeric(18, 9) not null default 0,
  began_at timestamptz not null,
  constraint budgets_pkey primary key (budget_id),
  constraint budgets_endpoint_fkey foreign key (endpoint) references ingest.endpoints,
  constraint a_scope_has_one_budget_a_period unique (scope, period),
  constraint a_scope_is_a_payer_or_an_endpoint_or_everything check (num_nonnulls(payer_id, endpoint) <= 1),
  constraint period_is_known check (period in ('day', 'month')),
  constraint cap_is_not_negative check (cap_usd >= 0),
  constraint spent_is_not_negative check (spent_usd >= 0)
) with (fillfactor = 50);
comment on table ingest.budgets is 'What may be spent at most in a UTC day or month: on everything, by one payer, or on one kind of call (I8).';
comment on column ingest.budgets.scope is 'What it is on, as operators say it: everything, root:12, call:followers.';
comment on column ingest.budgets.payer_id is 'One of runs.payer_ids: its share of what a run costs counts.';
comment on column ingest.budgets.spent_usd is
  'What the ledger says of the period that began at began_at, calls that are out at their worst price. May lie above a cap that was lowered. Webhook events are not in it: see ingest.room_in.';

create type ingest.quote as (
  call_id bigint,
  run_id bigint,
  endpoint text,
  path text,
  query jsonb,
  payer_ids bigint[],
  asked_count integer,
  unit_usd numeric
);
comment on type ingest.quote is 'A call that could go out: its request, who pays, how many resources X can return at most, and the price of one.';

-- The inbox -----------------------------------------------------------------------------------------------------------------------------------

create sequence ingest.event_ids;
comment on sequence ingest.event_ids is 'Numbers webhook events as they arrive.';

create table ingest.webhook_events (
  event_id bigint not null,
  source text not null,
  event_type text,
  event_key text collate "C" not null,
  payload jsonb not null,
  received_at timestamptz not null,
  happened_at timestamptz not null,
  state text not null default 'received',
  detail text,
  waits_for text collate "C",
  retry_at timestamptz,
  target_id bigint,
  follower_id bigint,
  post_id bigint,
  position bigint,
  cost_usd numeric(12, 6) not null default 0,
  ended_at timestamptz,
  constraint webhook_events_pkey primary key (event_id),
  constraint source_is_known check (source in ('new_follower', 'x_activity')),
  constraint state_is_known check (state in ('received', 'waiting', 'applied', 'outdated', 'refused', 'ignored', 'malformed')),
  constraint only_a_waiting_event_waits check ((state = 'waiting') = (waits_for is not null) and (state = 'waiting') = (retry_at is not null)),
  constraint an_ended_event_has_an_end check ((state in ('received', 'waiting')) = (ended_at is null)),
  constraint only_an_applied_event_has_a_position check ((position is null) or state = 'applied'),
  constraint an_edge_has_two_ends check (num_nonnulls(target_id, follower_id) in (0, 2)),
  constraint nothing_happens_after_it_is_told check (happened_at <= received_at)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
comment on table ingest.webhook_events is 'Webhook events as received (W1, W3), and what became of each. Users and posts are named without foreign keys: most are not known yet.';
comment on column ingest.webhook_events.event_type is 'In X''s words, as follow.follow; null where the payload names none.';
comment on column ingest.webhook_events.event_key is 'What makes two deliveries one event; see ingest.event_keys.';
comment on column ingest.webhook_events.payload is 'As received, without what PostgreSQL cannot store (base.parse_json), and without a token or secret beside the follower.';
comment on column ingest.webhook_events.happened_at is 'When it happened, as far as the payload says so; else received_at. Events are in the order of it, and then of their ids.';
comment on column ingest.webhook_events.state is
  'received: not taken in yet. waiting: for a look-up. applied: taken in, whether or not it changed anything. outdated: something newer was known. refused: X does not show a user whom it names. ignored: it says nothing that is kept here. malformed: it could not be read.';
comment on column ingest.webhook_events.waits_for is '`user 12` or `handle name`: whom a look-up is to bring.';
comment on column ingest.webhook_events.retry_at is 'When it is looked at again, at the latest: the end of the look-up sets it to now.';
comment on column ingest.webhook_events.position is 'Numbered like graph changes, pages and the start of runs: whatever it showed was there after a run that began before (I2).';
comment on column ingest.webhook_events.cost_usd is 'What X bills for the delivery, once it is taken in: it is in ingest.deliveries then.';
create index webhook_events_received_idx on ingest.webhook_events (happened_at, event_id) where state = 'received';
create index webhook_events_retry_at_idx on ingest.webhook_events (retry_at) where state = 'waiting';
create index webhook_events_waits_for_idx on ingest.webhook_events (waits_for) where state = 'waiting';
create index webhook_events_edge_idx on ingest.webhook_events (target_id, follower_id, event_id) where target_id is not null;
create index webhook_events_post_id_idx on ingest.webhook_events (post_id, event_id) where post_id is not null;

create view ingest.spending as
select (l.booked_at at time zone 'UTC')::date as utc_day, l.endpoint as call, r.payer_ids, 1::bigint as sent_count,
       coalesce(l.resource_count, 0)::bigint as resource_count, coalesce(l.billed_count, 0)::bigint as billed_count,
       case when l.billed_count is null then 0 else l.booked_usd end as settled_usd, l.booked_usd
from ingest.ledger as l join ingest.runs as r using (run_id)
union all
select utc_day, event_type, '{}', event_count, event_count, event_count, cost_usd, cost_usd
from ingest.deliveries
union all
select utc_day, call, payer_ids, sent_count, resource_count, billed_count, settled_usd, booked_usd
from ingest.spend_sums;
comment on view ingest.spending is
  'All that was ever spent, as columns of ingest.spend_sums: each entry of the ledger, the sums of those that were cleared away, and the events of each day and type that X bills.';

create table ingest.event_keys (
  event_key text collate "C" not null,
  event_id bigint not null,
  expires_at timestamptz,
  repeat_count bigint not null default 0,
  constraint event_keys_pkey primary key (event_key),
  constraint repeats_are_not_negative check (repeat_count >= 0)
) with (fillfactor = 90);
comment on table ingest.event_keys is
  'The event behind each key: the sender''s id of it, or else the digest of its text. A key that comes again is the same event, and counted here.';
comment on column ingest.event_keys.expires_at is 'Of a digest: from when on the same text is another event. Null: as long as the event is kept.';

create table ingest.subscriptions (
  sync_kind text not null,
  subject_id bigint not null,
  connected_at timestamptz not null,
  count_at_look bigint,
  position_at_look bigint,
  agreed_at timestamptz,
  constraint subscriptions_pkey primary key (sync_kind, subject_id),
  constraint a_subscription_is_of_follows check (sync_kind in ('followers', 'following')),
  constraint a_look_has_a_position_and_a_count check (num_nonnulls(count_at_look, position_at_look) in (0, 2)),
  constraint only_after_a_look_can_they_agree check (agreed_at is null or position_at_look is not null)
);
comment on table ingest.subscriptions is
  'Lists of which X tells every follow and unfollow, by a webhook that an operator has connected: events instead of polls (W3). Timelines are polled all the same: where nothing is new, that costs nothing.';
comment on column ingest.subscriptions.count_at_look is 'What the profile counted at the last look since it is connected.';
comment on column ingest.subscriptions.position_at_look is 'Where the logs stood then.';
comment on column ingest.subscriptions.agreed_at is 'The last look, if between it and the one before the counts have moved as the log has; null if they have not.';

create type ingest.tidings as (
  subject text,
  object text,
  profiles graph.profile[],
  post graph.post,
  field text,
  value text,
  fault text
);
comment on type ingest.tidings is
  'What an event says, in words that are the same for every sender. subject does it: `user 12` or `handle name`; object: whom it is done to. profiles: users as the payload shows them. post: one that was made, or of one that was deleted its id. field and value: of a profile that was changed; of a retweet that is not taken, the field is retweet. fault: why it cannot be read.';

create type ingest.verdict as (
  state text,
  detail text,
  waits_for text,
  target_id bigint,
  follower_id bigint,
  post_id bigint
);
comment on type ingest.verdict is 'What became of an event: the columns of ingest.webhook_events that say so.';

create type ingest.answer as (
  answer_class text,
  detail text,
  limit_count integer,
  remaining_count integer,
  reset_at timestamptz,
  retry_after integer,
  resource_count integer,
  profiles graph.profile[],
  posts graph.post[],
  item_ids bigint[],
  next_token text,
  end_is_proven boolean,
  is_partial boolean,
  missing_keys text[],
  missing_reasons text[],
  rejects jsonb[]
);
comment on type ingest.answer is
  'What a provider''s answer says, in words that are the same for every provider. retry_after: for how many seconds it asks to be left alone. end_is_proven: there is no next page, and the answer says so itself. is_partial: it names rows that it left out. missing_keys: what was asked for and not returned, with X''s reason. rejects: rows that could not be read, as {reason, raw}.';

-- What X's v2 objects hold besides plain fields (db/functions/providers/x_v2.sql)

create type ingest.x_v2_user_metrics as (
  followers_count bigint, following_count bigint, tweet_count bigint, post_count bigint, listed_count bigint
);
comment on type ingest.x_v2_user_metrics is 'public_metrics of a user; posts are counted under either name.';

create type ingest.x_v2_post_metrics as (
  like_count bigint, retweet_count bigint, repost_count bigint, reply_count bigint, quote_count bigint
);
comment on type ingest.x_v2_post_metrics is 'public_metrics of a post; reposts are counted under either name.';

create type ingest.x_v2_note as (text text);
comment on type ingest.x_v2_note is 'note_tweet or note_post: the whole text of a long post.';

-- source: db/functions/ingest/adopt_posts.sql
create or replace function ingest.adopt_posts(p_user_ids bigint[], p_run_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_posts graph.post[];
begin
  -- Mostly nobody waits at all, which the index tells at once.
  if not exists (select from ingest.rejects where author_id is not null) then
    return;
  end if;
  with adopted as (
    -- What X hides by now is not kept.
    delete from ingest.rejects as r using graph.users as u
    where r.author_id = any (p_user_ids) and u.user_id = r.author_id
    returning r.reject_id, jsonb_populate_record(null::graph.post, case when u.is_protected then r.raw - 'text' else r.raw end) as post
  )
  select array_agg(a.post) into v_posts
  from (select distinct on ((post).post_id) post from adopted order by (post).post_id, reject_id desc) as a
  where not exists (select from ingest.webhook_events where post_id = (a.post).post_id and event_type = 'post.delete' and state = 'applied');
  if v_posts is not null then
    perform graph.write_posts(v_posts, p_run_id);
  end if;
end;
$$;
comment on function ingest.adopt_posts(bigint[], bigint) is
  'These users are here now: posts of theirs that were set aside before are stored, as they were seen last and unless X told that they were deleted, by the run that brought the users (I5). The caller holds graph.lock_writer().';

-- source: db/functions/ingest/apply_event.sql
create or replace function ingest.apply_event(p_event ingest.webhook_events)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_tidings constant ingest.tidings :=
    case p_event.source when 'x_activity' then ingest.x_activity_tidings(p_event.payload) else ingest.read_new_follower(p_event.payload) end;
begin
  if v_tidings.fault is not null then
    return row('malformed', v_tidings.fault, null, null, null, null)::ingest.verdict;
  elsif ingest.event_resource(p_event.event_type) is null then
    return row('ignored', 'events of this type are not known here', null, null, null, null)::ingest.verdict;
  end if;
  -- Not again after a wait: other looks at these users may have been later.
  if p_event.state = 'received' and v_tidings.profiles is not null then
    perform graph.write_users(v_tidings.profiles, null, p_event.event_id);
  end if;
  return case
    when p_event.event_type = 'follow.follow' then ingest.apply_follow(p_event, v_tidings)
    when p_event.event_type = 'follow.unfollow' then ingest.apply_unfollow(p_event, v_tidings)
    when p_event.event_type like 'post.%' then ingest.apply_post(p_event, v_tidings)
    else ingest.apply_profile_update(p_event, v_tidings)
  end;
end;
$$;
comment on function ingest.apply_event(ingest.webhook_events) is
  'Reads an event and does to the graph what it says, with the event as provenance (G7); returns what became of it. The caller holds graph.lock_writer().';

-- source: db/functions/ingest/apply_follow.sql
create or replace function ingest.apply_follow(p_event ingest.webhook_events, p_tidings ingest.tidings)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_name text;
  v_found record;
  v_user_ids bigint[];
  v_newer text;
  v_changed_count integer;
begin
  foreach v_name in array array[p_tidings.object, p_tidings.subject] loop
    v_found := ingest.resolve_user(v_name);
    if v_found.user_id is null then
      return ingest.wait_for_user(v_name, v_found.refusal);
    end if;
    v_user_ids := v_user_ids || v_found.user_id::bigint;
  end loop;
  if v_user_ids[1] = v_user_ids[2] then
    return row('refused', 'nobody follows themselves', null, null, null, null)::ingest.verdict;
  end if;
  v_newer := ingest.newer_tidings_of_follow(p_event, v_user_ids[1], v_user_ids[2]);
  if v_newer is not null then
    return row('outdated', v_newer, null, v_user_ids[1], v_user_ids[2], null)::ingest.verdict;
  end if;
  v_changed_count := graph.write_follows(v_user_ids[1:1], v_user_ids[2:2], null, p_event.event_id);
  return row('applied', case v_changed_count when 0 then 'the edge was known' else 'the edge is new, or came back' end, null,
             v_user_ids[1], v_user_ids[2], null)::ingest.verdict;
end;
$$;
comment on function ingest.apply_follow(ingest.webhook_events, ingest.tidings) is
  'Adds an edge, once both its ends are users here (G2). One that ended later than the event stays ended (W3). The caller holds graph.lock_writer().';

-- source: db/functions/ingest/apply_guarded_event.sql
create or replace function ingest.apply_guarded_event(p_event ingest.webhook_events)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
begin
  return ingest.apply_event(p_event);
exception
  when data_exception or integrity_constraint_violation or program_limit_exceeded then
    return row('malformed', left(sqlerrm, 200), null, null, null, null)::ingest.verdict;
end;
$$;
comment on function ingest.apply_guarded_event(ingest.webhook_events) is
  'Like ingest.apply_event(); an event that cannot be stored leaves nothing behind, and is malformed.';

-- source: db/functions/ingest/apply_post.sql
create or replace function ingest.apply_post(p_event ingest.webhook_events, p_tidings ingest.tidings)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_post_id constant bigint := (p_tidings.post).post_id;
  v_author record;
  v_changed_count integer;
begin
  if p_tidings.field = 'retweet' then
    return row('ignored', 'retweets are not taken (posts.retweets)', null, null, null, null)::ingest.verdict;
  elsif p_event.event_type = 'post.delete' then
    v_changed_count := graph.remove_posts(array[v_post_id], null, p_event.event_id);
    return row('applied', case v_changed_count when 0 then 'there was no such post' else 'the post is gone' end, null, null, null, v_post_id)::ingest.verdict;
  end if;
  v_author := ingest.resolve_user(p_tidings.subject);
  if v_author.user_id is null then
    return ingest.wait_for_user(p_tidings.subject, v_author.refusal);
  end if;
  -- An id is never given twice: what was deleted does not come back.
  if exists (select from ingest.webhook_events where post_id = v_post_id and state = 'applied' and event_type = 'post.delete') then
    return row('outdated', 'it was deleted', null, null, null, v_post_id)::ingest.verdict;
  end if;
  v_changed_count := graph.write_posts(array[p_tidings.post], null, p_event.event_id);
  return row('applied', case v_changed_count when 0 then 'the post was known' else 'the post is new, or came back' end, null, null, null, v_post_id)::ingest.verdict;
end;
$$;
comment on function ingest.apply_post(ingest.webhook_events, ingest.tidings) is
  'Adds a post, once its author is a user here (I5) and unless it is a retweet that is not taken, or marks it as deleted (G4). The caller holds graph.lock_writer().';

-- source: db/functions/ingest/apply_profile_update.sql
create or replace function ingest.apply_profile_update(p_event ingest.webhook_events, p_tidings ingest.tidings)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_user_id constant bigint := split_part(p_tidings.subject, ' ', 2)::bigint;
  v_field constant text := case p_tidings.field when 'bio' then 'description' when 'profile_picture' then 'image_url' when 'screenname' then 'name'
                                                when 'handle' then 'handle' when 'geo' then 'location' when 'url' then 'url' end;
  v_value constant text := case v_field when 'handle' then ltrim(p_tidings.value, '@') else p_tidings.value end;
  v_profile graph.profile;
begin
  select * into v_profile from jsonb_populate_record(null::graph.profile, (select to_jsonb(u) from graph.users as u where u.user_id = v_user_id));
  if v_profile.user_id is null then
    return row('ignored', 'nobody here knows ' || p_tidings.subject, null, null, null, null)::ingest.verdict;
  elsif v_field is null then
    return row('ignored', p_tidings.field || ' is not kept', null, null, null, null)::ingest.verdict;
  elsif v_field = 'handle' and coalesce(v_value !~ '^[A-Za-z0-9_]{1,50}$', true) then
    return row('malformed', 'payload.after is no handle', null, null, null, null)::ingest.verdict;
  end if;
  v_profile := jsonb_populate_record(v_profile, jsonb_build_object(v_field, v_value));
  perform graph.write_users(array[v_profile], null, p_event.event_id);
  return row('applied', format('%s of %s', p_tidings.field, p_tidings.subject), null, null, null, null)::ingest.verdict;
end;
$$;
comment on function ingest.apply_profile_update(ingest.webhook_events, ingest.tidings) is
  'Changes one field of a profile that is known here. The caller holds graph.lock_writer().';

-- source: db/functions/ingest/apply_unfollow.sql
create or replace function ingest.apply_unfollow(p_event ingest.webhook_events, p_tidings ingest.tidings)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  -- Only X tells of these, and by ids. Where one of them is no user here there is no edge, but a late follow must find this.
  v_target_id constant bigint := split_part(p_tidings.object, ' ', 2)::bigint;
  v_follower_id constant bigint := split_part(p_tidings.subject, ' ', 2)::bigint;
  v_newer constant text := ingest.newer_tidings_of_follow(p_event, v_target_id, v_follower_id);
  v_changed_count integer;
begin
  if v_newer is not null then
    return row('outdated', v_newer, null, v_target_id, v_follower_id, null)::ingest.verdict;
  end if;
  v_changed_count := graph.remove_follows(array[v_target_id], array[v_follower_id], null, p_event.event_id);
  return row('applied', case v_changed_count when 0 then 'there was no such edge' else 'the edge has ended' end, null,
             v_target_id, v_follower_id, null)::ingest.verdict;
end;
$$;
comment on function ingest.apply_unfollow(ingest.webhook_events, ingest.tidings) is
  'Ends an edge, unless something newer showed it. The caller holds graph.lock_writer().';

-- source: db/functions/ingest/asked_at.sql
create or replace function ingest.asked_at(p_run ingest.runs)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  return (
    select coalesce(c.claimed_at, p_run.started_at)
    from ingest.pages as g join ingest.calls as c using (call_id)
    where g.run_id = p_run.run_id and g.page_no = p_run.first_page);
end;
$$;
comment on function ingest.asked_at(ingest.runs) is 'When the first page of a run''s present sweep was asked for: what was there then, the sweep has seen.';

-- source: db/functions/ingest/book_calls.sql
create or replace function ingest.book_calls(p_quotes ingest.quote[])
  returns ingest.quote[]
  language plpgsql
  volatile
as $$
declare
  v_budget_ids bigint[];
  v_locked_ids bigint[];
  v_quote ingest.quote;
  v_going ingest.quote[];
begin
  if p_quotes is null or not ingest.try_books() then
    return null;
  end if;
  if not exists (select from ingest.budgets) then
    return p_quotes;
  end if;
  v_budget_ids := array(
    select budget_id from ingest.budgets as b
    where exists (select from unnest(p_quotes) as q
                  where (b.endpoint is null or b.endpoint = q.endpoint) and (b.payer_id is null or b.payer_id = any (q.payer_ids))));
  v_locked_ids := array(select budget_id from ingest.budgets where budget_id = any (v_budget_ids) order by budget_id for no key update skip locked);
  if cardinality(v_locked_ids) < cardinality(v_budget_ids) then
    -- Another worker, or an answer, has one of them for a moment: the next tick comes at once.
    return null;
  end if;
  perform ingest.roll_budgets(v_budget_ids);
  foreach v_quote in array p_quotes loop
    if ingest.reserve(v_quote) then
      v_going := v_going || v_quote;
    end if;
  end loop;
  return v_going;
end;
$$;
comment on function ingest.book_calls(ingest.quote[]) is 'Those of these calls that every budget has room for, reserved; the others are held, each by a budget, so that they keep nobody back (I8).';

-- source: db/functions/ingest/budgets_of.sql
create or replace function ingest.budgets_of(p_endpoint text, p_payer_ids bigint[])
  returns setof ingest.budgets
  language sql
  stable
as $$
  select * from ingest.budgets
  where (endpoint is null or endpoint = p_endpoint) and (payer_id is null or payer_id = any (p_payer_ids));
$$;
comment on function ingest.budgets_of(text, bigint[]) is 'The budgets that count a call of this kind with these payers.';

-- source: db/functions/ingest/cancel_run.sql
create or replace function ingest.cancel_run(p_run_id bigint)
  returns timestamptz
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_sync_kind text;
  v_subject_ids bigint[];
  v_due_at timestamptz;
begin
  select * into v_run from ingest.runs where run_id = p_run_id for no key update;
  if not found then
    raise exception 'there is no run %', coalesce(p_run_id::text, 'null')
      using errcode = 'RK017', hint = 'select * from api.runs; lists them.';
  end if;
  if v_run.status <> 'in_progress' then
    raise exception 'run % has ended (%)', p_run_id, v_run.status
      using errcode = 'RK028', hint = 'Those that can be cancelled: select * from api.runs where status = ''in_progress'';';
  end if;
  update ingest.runs set status = 'cancelled', is_waiting = false, completed_at = base.now() where run_id = p_run_id;
  update ingest.calls set state = 'cancelled', lease_until = null, answered_at = base.now()
  where run_id = p_run_id and state in ('ready', 'claimed');

  v_sync_kind := (select serves from ingest.sync_kinds where sync_kind = v_run.sync_kind);
  v_subject_ids := coalesce(v_run.item_ids, array[v_run.subject_id]);
  insert into ingest.subjects as s (sync_kind, subject_id, cancelled_at)
  select v_sync_kind, i, base.now() from unnest(v_subject_ids) as i where v_sync_kind is not null
  on conflict (sync_kind, subject_id) do update set cancelled_at = excluded.cancelled_at;
  if v_run.sync_kind = 'users' then
    -- As after a look-up that failed: runs that wait for it would only have it bought again.
    perform ingest.resume_waiting_runs(v_run.item_ids, true);
    perform ingest.cancel_run(r.run_id) from ingest.runs as r where r.subject_id = any (v_run.item_ids) and r.is_waiting;
  end if;
  perform ingest.end_run(v_run);
  select min(due_at) into v_due_at from ingest.due where sync_kind = v_sync_kind and subject_id = any (v_subject_ids);
  perform base.decide('run_cancelled', v_run.sync_kind || ' of ' || coalesce(v_run.subject_id::text, 'a batch'), 'somebody cancelled its run', v_due_at,
                      jsonb_build_object('run_id', p_run_id));
  return v_due_at;
end;
$$;
comment on function ingest.cancel_run(bigint) is
  'Ends a run in progress: what it brought stays, nothing is deleted, and its subjects are not bought again unasked before a window of freshness has passed. Returns when that is; null when nobody needs them. Errors RK017, RK028.';

-- source: db/functions/ingest/change_budget.sql
create or replace function ingest.change_budget(p_scope text, p_payer_id bigint, p_endpoint text, p_period text, p_usd numeric)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_budget ingest.budgets;
begin
  perform ingest.lock_books();
  if p_usd is null then
    delete from ingest.budgets where scope = p_scope and period = p_period returning * into v_budget;
  else
    insert into ingest.budgets (scope, payer_id, endpoint, period, cap_usd, began_at)
    values (p_scope, p_payer_id, p_endpoint, p_period, p_usd, ingest.period_start(p_period, base.now()))
    on conflict (scope, period) do update set cap_usd = excluded.cap_usd
    returning * into v_budget;
    perform ingest.roll_budgets(array[v_budget.budget_id]);
    update ingest.budgets as b set spent_usd = ingest.spent_since(b, b.began_at) where budget_id = v_budget.budget_id;
  end if;
  perform ingest.retry_held_calls(v_budget.budget_id);
end;
$$;
comment on function ingest.change_budget(text, bigint, text, text, numeric) is
  'Sets a budget, which begins with what the ledger says was spent in its period so far; null: removes it. The calls that it held are judged anew.';

-- source: db/functions/ingest/change_price.sql
create or replace function ingest.change_price(p_resource text, p_is_owned boolean, p_usd numeric)
  returns void
  language plpgsql
  volatile
as $$
begin
  if p_usd is null or p_usd not between 0 and 1000 then
    raise exception 'a price cannot be USD %', coalesce(p_usd::text, 'null')
      using errcode = 'RK031', hint = 'Give the price of one resource, from 0 to 1000.';
  end if;
  update ingest.prices set usd = case when p_is_owned then usd else p_usd end, owned_usd = case when p_is_owned then p_usd else owned_usd end
  where resource = p_resource;
  if not found then
    raise exception 'there is no resource %', coalesce(quote_literal(p_resource), 'null')
      using errcode = 'RK031', hint = 'The resources are ' || (select string_agg(resource, ', ' order by resource) from ingest.prices) || '.';
  end if;
  perform ingest.retry_held_calls();
end;
$$;
comment on function ingest.change_price(text, boolean, numeric) is 'Sets the price of a resource, for what goes out from now on; or its price in the own account''s lists and timeline. RK031.';

-- source: db/functions/ingest/check_budgets.sql
create or replace function ingest.check_budgets()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with budgets as materialized (select * from ingest.list_budgets())
  select 'budget', 'warning',
         format('%s %s until %s: $%s of the $%s for %s in this %s are spent', b.held_calls, case b.held_calls when 1 then 'call waits' else 'calls wait' end,
                base.format_time(b.ends_at), round(b.spent_usd, 2), round(b.cap_usd, 2), b.scope, b.period),
         format('wait, or: rookery budget set %s %s USD', b.scope, b.period), null::timestamptz
  from budgets as b
  where b.held_calls > 0
  union all
  select 'budget', 'ok', case when exists (select from budgets) then 'no call waits for a budget' else 'no budget is set' end, null, null
  where not exists (select from budgets where held_calls > 0);
$$;
comment on function ingest.check_budgets() is 'Which budgets keep calls back: see api.checks.';

-- source: db/functions/ingest/check_event.sql
create or replace function ingest.check_event(p_source text, p_payload jsonb, out field text, out message text)
  language plpgsql
  stable
as $$
declare
  v_uuid constant jsonb := coalesce(ingest.event_uuid(p_source, p_payload), 'null');
begin
  if p_source is null or p_source not in ('new_follower', 'x_activity') then
    field := 'source';
    message := 'source is neither new_follower nor x_activity: ' || coalesce(left(p_source, 100), 'null');
  elsif jsonb_typeof(p_payload) is distinct from 'object' then
    field := 'body';
    message := 'body is no JSON object';
  elsif p_payload @? '$.**{64}' then
    -- Who reads it may not follow it down there.
    field := 'body';
    message := 'body is nested deeper than 64 levels';
  elsif jsonb_typeof(v_uuid) not in ('string', 'number', 'null') or length(v_uuid #>> '{}') not between 1 and 200 then
    field := 'event_uuid';
    message := 'event_uuid is no text of 1 to 200 characters';
  elsif p_source = 'new_follower' then
    select c.field, c.message into field, message from ingest.check_new_follower(p_payload) as c;
  end if;
end;
$$;
comment on function ingest.check_event(text, jsonb) is
  'What is wrong with an event, and with which field of it; nulls when nothing is. What X sends is judged when it is taken in: X cannot mend it.';

-- source: db/functions/ingest/check_handle_history.sql
create or replace function ingest.check_handle_history(p_handle text, p_refusal text)
  returns void
  language plpgsql
  stable
as $$
declare
  v_change graph.handle_changes;
  v_new_handle text;
begin
  select * into v_change from graph.handle_changes where lower(old_handle) = p_handle order by change_id desc limit 1;
  if found then
    v_new_handle := (select handle from graph.users where user_id = v_change.user_id);
    raise exception 'nobody is known as @% now: user % was until %, and is % today',
        p_handle, v_change.user_id, base.format_time(v_change.changed_at), coalesce('@' || v_new_handle, 'under no handle that is known')
      using errcode = 'RK018', hint = format('Give %s%s; a sync of handles asks X who is @%s now.', '@' || v_new_handle || ' or ', v_change.user_id, p_handle);
  end if;
  if p_refusal is not null then
    raise exception 'nobody here is known as @%, and X did not show it when it was asked: %', p_handle, p_refusal
      using errcode = 'RK018', hint = 'Mend the spelling, or give the id; a sync of handles asks X again.';
  end if;
end;
$$;
comment on function ingest.check_handle_history(text, text) is
  'Refuses a handle that nobody here holds now, when it is known who held it last (G3), or that X did not show it lately (p_refusal, I6). Error RK018.';

-- source: db/functions/ingest/check_inbox.sql
create or replace function ingest.check_inbox()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'inbox', case when i.is_late then 'warning' else 'ok' end,
         case when i.is_late then format('webhook events are not taken in: the oldest came at %s', base.format_time(i.received_at))
              when i.received_at is not null then 'webhook events are being taken in'
              else 'no webhook event waits to be taken in' end,
         case when i.is_late then 'ticks take them in: start a worker, or look into the log of the one that runs' end, i.received_at
  from (select min(e.received_at) as received_at, coalesce(min(e.received_at) < base.now() - 6 * base.setting_interval('worker.heartbeat'), false) as is_late
        -- The first in order, and not the first to come: that would read all of them.
        from (select received_at from ingest.webhook_events where state = 'received' order by happened_at, event_id limit 1) as e) as i;
$$;
comment on function ingest.check_inbox() is 'Whether webhook events are taken in: see api.checks.';

-- source: db/functions/ingest/check_new_follower.sql
create or replace function ingest.check_new_follower(p_payload jsonb, out field text, out message text)
  language plpgsql
  stable
as $$
declare
  v_forms constant text := ' is no id, handle or profile link: ';
  v_follower constant text := ingest.name_user(p_payload -> 'follower');
  v_asked jsonb := nullif(p_payload -> 'target', 'null');
  v_target text;
begin
  -- The setting is read only for who names no target: two thousand events a second are to pass here.
  if v_asked is null then
    v_asked := to_jsonb(nullif(base.setting_text('webhook.own_account'), ''));
  end if;
  v_target := ingest.name_user(v_asked);
  if v_follower is null then
    field := 'follower';
    message := case when p_payload ? 'follower' then 'follower' || v_forms || coalesce(left(p_payload ->> 'follower', 100), 'null') else 'follower is missing' end;
  elsif v_target is null then
    field := 'target';
    message := case when v_asked is null then 'target is missing, and no own account is set (webhook.own_account)'
                    else 'target' || v_forms || left(v_asked #>> '{}', 100) end;
  elsif v_follower = v_target then
    field := 'follower';
    message := 'follower is the target itself';
  elsif coalesce(p_payload -> 'followed_at', 'null') <> 'null' and base.parse_time(p_payload ->> 'followed_at') is null then
    field := 'followed_at';
    message := 'followed_at is no ISO 8601 time with a zone: ' || left(p_payload ->> 'followed_at', 100);
  end if;
end;
$$;
comment on function ingest.check_new_follower(jsonb) is
  'What is wrong with the payload of a new follower, and with which field of it; nulls when nothing is. It holds follower, and where they are known target and followed_at.';

-- source: db/functions/ingest/check_token.sql
create or replace function ingest.check_token(p_status integer, p_headers jsonb, p_body text)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'token', case when p_status = 200 then 'ok' when a.action = 'stop' then 'failing' else 'warning' end,
         case when p_status = 200 then 'X takes the token' else format('X was asked with the token: %s', a.meaning) end, a.mend, null::timestamptz
  -- The endpoint matters to a 200 alone.
  from (select ingest.x_v2_class('users', p_status, p_headers, base.parse_json(p_body)) as answer_class) as c
  left join ingest.answer_classes as a using (answer_class);
$$;
comment on function ingest.check_token(integer, jsonb, text) is 'See api.token_check.';

-- source: db/functions/ingest/check_windows.sql
create or replace function ingest.check_windows()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'window', case when bool_or(w.is_shut_long) then 'warning' else 'ok' end,
         coalesce('no calls are left of ' || string_agg(format('%s until %s', w.endpoint, base.format_time(w.reset_at)), ', ' order by w.endpoint),
                  'every rate window has calls left'),
         case when bool_or(w.is_shut_long)
              then 'X shuts this out for longer than its documented window: compare with the limits of your app in X''s developer console' end, null::timestamptz
  from (select w.endpoint, w.reset_at, w.reset_at > base.now() + e.window_length as is_shut_long
        from ingest.windows as w join ingest.endpoints as e using (endpoint)
        where w.remaining_count = 0 and w.reset_at > base.now()) as w;
$$;
comment on function ingest.check_windows() is 'Which rate windows are spent, and whether one is so for longer than it is long: see api.checks.';

-- source: db/functions/ingest/checks.sql
create or replace function ingest.checks()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  select 'provider', case when p.stopped_at is null then 'ok' else 'warning' end,
         case when p.stopped_at is null then format('%s sells', p.provider)
              else format('nothing is bought from %s since %s: %s', p.provider, base.format_time(p.stopped_at), a.meaning) end, a.mend, p.stopped_at
  from ingest.providers as p left join ingest.answer_classes as a on a.answer_class = p.stopped_class
  union all
  select * from ingest.check_windows()
  union all
  select * from ingest.check_budgets()
  union all
  select * from ingest.check_inbox()
  union all
  (select d.decision_kind, 'warning', format('%s: %s', d.about, coalesce(a.meaning, d.reason)), k.mend, d.first_at
   from base.decisions as d join base.decision_kinds as k using (decision_kind) left join ingest.answer_classes as a on a.answer_class = d.reason
   -- What has no end is news for a day.
   where k.needs_a_person and coalesce(d.until_at, d.last_at + interval '1 day') > base.now()
   order by d.last_at desc limit 20);
$$;
comment on function ingest.checks() is
  'What a person should know of buying, and which decisions that need one are in force (a reason may be a class of answer, and then is told in its words): see api.checks.';

-- source: db/functions/ingest/claim_calls.sql
create or replace function ingest.claim_calls(p_worker text, p_slots integer)
  returns table (call_id bigint, method text, path text, query jsonb)
  language plpgsql
  volatile
as $$
#variable_conflict use_column
declare
  v_quotes constant ingest.quote[] := ingest.book_calls(ingest.pick_calls(p_slots));
begin
  return query
  with claimed as (
    update ingest.calls as c set
      state = 'claimed', worker = p_worker, claimed_at = base.now(), lease_until = base.now() + base.setting_interval('call.lease'),
      attempt_count = c.attempt_count + 1, path = q.path, query = q.query, held_by = null, held_usd = null
    from unnest(v_quotes) as q
    where c.call_id = q.call_id
    returning c.call_id, c.endpoint, c.path, c.query
  ), booked as (
    -- An operator may have begun a new period in a budget since this transaction began.
    insert into ingest.ledger (call_id, attempt_no, run_id, endpoint, asked_count, unit_usd, booked_at, counted_at)
    select q.call_id, 1 + (select count(*) from ingest.ledger where call_id = q.call_id), q.run_id, q.endpoint, q.asked_count, q.unit_usd, base.now(),
           greatest(base.now(), (select max(began_at) from ingest.budgets))
    from unnest(v_quotes) as q
  ), counted as (
    update ingest.windows as w set
      remaining_count = case when w.reset_at <= base.now() then w.limit_count else w.remaining_count end - n.call_count,
      reset_at = case when w.reset_at > base.now() then w.reset_at else base.now() + e.window_length end
    from (select endpoint, count(*) as call_count from claimed group by endpoint) as n
    join ingest.endpoints as e using (endpoint)
    where w.endpoint = n.endpoint
  ), probing as (
    -- Whoever has the provider in hand, while it waits for a budget perhaps, says anew whether it sells.
    update ingest.providers as p set probe_at = base.now() + base.setting_interval('provider.probe')
    from (select provider from ingest.providers where stopped_at is not null order by provider for no key update skip locked) as s
    where p.provider = s.provider and exists (select from claimed)
  )
  select call_id, 'GET', path, query from claimed order by call_id;
end;
$$;
comment on function ingest.claim_calls(text, integer) is
  'Hands out at most p_slots calls with a lease: what rate windows and budgets let go (I8). Each is booked in the ledger at its worst price.';

-- source: db/functions/ingest/class_of_departure.sql
create or replace function ingest.class_of_departure(p_gone_reason text)
  returns text
  language sql
  immutable
as $$
  select case when p_gone_reason = 'suspended' then 'suspended' when p_gone_reason in ('not_found', 'deactivated') then 'deleted'
              when p_gone_reason = 'protected' then 'protected' else 'unknown' end;
$$;
comment on function ingest.class_of_departure(text) is 'What a reason for not showing a user (of graph.users, of ingest.missing) says of why that user is in a list no more.';

-- source: db/functions/ingest/class_of_missing.sql
create or replace function ingest.class_of_missing(p_reason text)
  returns text
  language sql
  immutable
as $$
  select case p_reason when 'suspended' then 'subject_suspended' when 'protected' then 'subject_protected' else 'subject_not_found' end;
$$;
comment on function ingest.class_of_missing(text) is 'The answer class that says of a list what ingest.missing says of its subject.';

-- source: db/functions/ingest/cleared_until.sql
create or replace function ingest.cleared_until()
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  -- What a run that is under way may still be held against is not old.
  return least(base.now() - base.setting_interval('retention.runs'), (select min(started_at) from ingest.runs where status = 'in_progress'));
end;
$$;
comment on function ingest.cleared_until() is 'Calls, receipts and runs that ended before this may be cleared away (W7).';

-- source: db/functions/ingest/close_entry.sql
create or replace function ingest.close_entry()
  returns trigger
  language plpgsql
  volatile
as $$
begin
  update ingest.ledger set closed_at = base.now() where call_id = new.call_id and closed_at is null;
  return null;
end;
$$;
comment on function ingest.close_entry() is 'A call that is not out any more, whatever ended it, has no open entry in the ledger: one that is not settled by then stays booked at its worst price (I8).';

create or replace trigger only_a_call_that_is_out_has_an_open_entry
  after update of state on ingest.calls
  for each row when (old.state = 'claimed' and new.state <> 'claimed')
  execute function ingest.close_entry();
comment on trigger only_a_call_that_is_out_has_an_open_entry on ingest.calls is 'I8.';

-- source: db/functions/ingest/close_run.sql
create or replace function ingest.close_run(p_run_id bigint, p_class text, p_status integer, p_detail text, p_retry_at timestamptz)
  returns ingest.runs
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  update ingest.runs set
    status = 'error', is_waiting = false, error_class = p_class, http_status = p_status, error_detail = p_detail, retry_at = p_retry_at, completed_at = base.now()
  where run_id = p_run_id
  returning * into strict v_run;
  update ingest.calls set state = 'failed', lease_until = null, answered_at = base.now()
  where run_id = p_run_id and state in ('ready', 'claimed');
  return v_run;
end;
$$;
comment on function ingest.close_run(bigint, text, integer, text, timestamptz) is 'Writes the error on a run and ends its open call; returns the run.';

-- source: db/functions/ingest/compare_with_events.sql
create or replace function ingest.compare_with_events(p_run_ids bigint[])
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_position constant bigint := graph.last_change_id();
  v_list record;
  v_told_ids bigint[] := array[]::bigint[];
begin
  for v_list in
    select r as run, e.position_at_look, r.subject_count - e.count_at_look as counted, graph.list_growth(e.sync_kind, e.subject_id, e.position_at_look) as told
    from ingest.runs as r
    join ingest.subscriptions as e using (sync_kind, subject_id)
    where r.run_id = any (p_run_ids) and r.subject_count is not null
    order by e.sync_kind, e.subject_id
  loop
    update ingest.subscriptions set
      count_at_look = (v_list.run).subject_count,
      position_at_look = v_position,
      agreed_at = case when v_list.counted = v_list.told then base.now() end
    where sync_kind = (v_list.run).sync_kind and subject_id = (v_list.run).subject_id;
    if v_list.counted <> v_list.told then
      perform base.decide('events_disagree', (v_list.run).sync_kind || ' of ' || (v_list.run).subject_id, 'the counts have not moved as events told', null,
                          jsonb_build_object('counted', v_list.counted, 'told', v_list.told, 'run_id', (v_list.run).run_id));
    elsif v_list.counted = v_list.told and (v_list.run).reason = 'due' then
      update ingest.runs set reason = 'told' where run_id = (v_list.run).run_id;
      perform ingest.finish_run(v_list.run, false, false);
      v_told_ids := v_told_ids || (v_list.run).run_id;
    end if;
  end loop;
  return array(select i from unnest(p_run_ids) as i where i <> all (v_told_ids));
end;
$$;
comment on function ingest.compare_with_events(bigint[]) is
  'The heartbeat of subscriptions: whether the counts that were just looked at have moved since the last look as the log has. Where they have, a run that is merely due ends unread; where not, a decision says so. Returns the runs that read.';

-- source: db/functions/ingest/continue_run.sql
create or replace function ingest.continue_run(p_run ingest.runs, p_call ingest.calls, p_answer ingest.answer, p_changed_count integer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_is_capped constant boolean := p_run.sync_kind = 'posts' and base.setting_integer('timeline.cap') <= (
    select sum(cardinality(item_ids)) from ingest.pages where run_id = p_run.run_id and page_no >= p_run.first_page);
begin
  if p_run.sync_kind <> 'search' and num_nonnulls(p_run.item_ids, p_run.handles) > 0 then
    perform ingest.finish_run(p_run, true, false);
  elsif v_is_capped then
    perform ingest.finish_run(p_run, false, true);
  elsif p_answer.end_is_proven then
    perform ingest.finish_run(p_run, not p_run.is_partial, false);
  elsif p_answer.next_token is null then
    perform ingest.cut_run_short(p_run, 'its last page does not say that it is the last');
  elsif p_run.mode = 'incremental' and p_run.sync_kind not in ('posts', 'search') and p_changed_count = 0 and cardinality(p_answer.item_ids) > 0
    -- After a restart the pages of the first sweep come again: what is behind them is still unread.
    and p_call.page_no - p_run.first_page >= p_run.first_page - 1 then
    perform ingest.finish_run(p_run, false, false);
  elsif ingest.leads_back(p_run, p_call.page_no, p_answer.next_token) then
    perform ingest.leave_circle(p_run, p_call.page_no);
  elsif p_call.page_no >= base.setting_integer('run.pages') then
    perform ingest.cut_run_short(p_run, 'it has read as many pages as a run may (run.pages)');
  elsif cardinality(p_answer.item_ids) = 0 and ingest.is_all_empty(p_run, p_call.page_no) then
    perform ingest.cut_run_short(p_run, 'one empty page leads to the next (run.empty_pages)');
  else
    insert into ingest.calls (run_id, endpoint, page_no, page_token, not_before, created_at)
    values (p_run.run_id, p_call.endpoint, p_call.page_no + 1, p_answer.next_token, base.now(), base.now());
  end if;
end;
$$;
comment on function ingest.continue_run(ingest.runs, ingest.calls, ingest.answer, integer) is
  'After a page: the next call, or the end of the run. A list ends when the answer says so; an incremental look at follows also at the first page without a new edge (I2). A list that never ends is cut short.';

-- source: db/functions/ingest/count_outcome.sql
create or replace function ingest.count_outcome(p_endpoint text, p_status integer, p_answer ingest.answer, p_entry ingest.ledger)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- Last in its transaction, for the row stays locked until the end and nothing is locked after it.
  insert into ingest.outcomes as o (endpoint, http_status, answer_class, call_count, resource_count, cost_usd)
  values (p_endpoint, coalesce(p_status, 0), p_answer.answer_class, 1, coalesce(p_answer.resource_count, 0),
          case when p_entry.billed_count is null then 0 else p_entry.booked_usd end)
  on conflict on constraint outcomes_pkey do update set
    call_count = o.call_count + 1,
    resource_count = o.resource_count + excluded.resource_count,
    cost_usd = o.cost_usd + excluded.cost_usd;
end;
$$;
comment on function ingest.count_outcome(text, integer, ingest.answer, ingest.ledger) is 'Counts how a call ended, what came and what that costs; p_entry is its entry in the ledger, settled.';

-- source: db/functions/ingest/cut_run_short.sql
create or replace function ingest.cut_run_short(p_run ingest.runs, p_reason text)
  returns void
  language plpgsql
  volatile
as $$
begin
  perform base.decide('run_cut_short', p_run.sync_kind || ' of ' || coalesce(p_run.subject_id::text, 'a batch'), p_reason, null,
                      jsonb_build_object('run_id', p_run.run_id, 'mode', p_run.mode, 'pages', p_run.page_count, 'resources', p_run.resource_count));
  -- What lies behind the last page is still unread: the next poll begins where this one did.
  p_run.newest_id := null;
  perform ingest.finish_run(p_run, false, false);
end;
$$;
comment on function ingest.cut_run_short(ingest.runs, text) is
  'Ends a run that cannot come to the end of its list: what it brought stays, nothing is deleted, and it does not count as a full look (I2).';

-- source: db/functions/ingest/default_freshness.sql
create or replace function ingest.default_freshness(p_sync_kind text)
  returns interval
  language plpgsql
  stable
as $$
begin
  return (
    select s.value::interval
    from ingest.sync_kinds as k join base.settings as s on s.name = k.freshness_setting
    where k.sync_kind = p_sync_kind);
end;
$$;
comment on function ingest.default_freshness(text) is 'How long a sync of this kind serves those who did not say (A5).';

-- source: db/functions/ingest/default_reconcile.sql
create or replace function ingest.default_reconcile(p_sync_kind text)
  returns interval
  language plpgsql
  stable
as $$
begin
  return (
    select s.value::interval
    from ingest.sync_kinds as k join base.settings as s on s.name = k.reconcile_setting
    where k.sync_kind = p_sync_kind);
end;
$$;
comment on function ingest.default_reconcile(text) is 'How often at least a list of this kind is read in full for those who did not say (I3); null for what is no list.';

-- source: db/functions/ingest/delivered_since.sql
create or replace function ingest.delivered_since(p_budget ingest.budgets, p_since timestamptz)
  returns numeric
  language sql
  stable
as $$
  select coalesce(sum(cost_usd), 0)
  from ingest.deliveries
  where p_budget.payer_id is null and p_budget.endpoint is null and utc_day >= (p_since at time zone 'UTC')::date;
$$;
comment on function ingest.delivered_since(ingest.budgets, timestamptz) is
  'What webhook events cost since the start of a UTC day, as far as a budget counts it: the one on everything does, the others nothing of it.';

-- source: db/functions/ingest/drop_nameless_runs.sql
create or replace function ingest.drop_nameless_runs(p_run_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_profile_run_ids bigint[];
begin
  with dropped as (
    delete from ingest.runs as r
    where r.run_id = any (p_run_ids) and not r.is_named and not exists (select from ingest.runs where profile_run_id = r.run_id)
    returning r.profile_run_id
  )
  select array_agg(distinct profile_run_id) into v_profile_run_ids from dropped;
  -- A look-up that was kept for a run which is gone now may go too.
  delete from ingest.runs as r
  where r.run_id = any (v_profile_run_ids) and not r.is_named and not exists (select from ingest.runs where profile_run_id = r.run_id)
    and r.run_id <= (select up_to_run_id from ingest.cleared_runs);
end;
$$;
comment on function ingest.drop_nameless_runs(bigint[]) is
  'Deletes those of these runs that no kept row names: no log, no user''s counts, no materialization, no run that waited for their profiles (W7). Calls and receipts of theirs are gone.';

-- source: db/functions/ingest/drop_outdated_searches.sql
create or replace function ingest.drop_outdated_searches()
  returns void
  language plpgsql
  volatile
as $$
declare
  v_edge constant bigint := ingest.x_v2_id_at(base.now() - base.setting_interval('search.window') - base.setting_interval('search.overlap'));
  v_can_search constant boolean := ingest.x_v2_can_search();
  v_run_id bigint;
begin
  for v_run_id in
    -- One that a worker is just taking goes out.
    select r.run_id from ingest.runs as r join ingest.calls as c using (run_id)
    where r.sync_kind = 'search' and r.status = 'in_progress' and (r.since_id < v_edge or not v_can_search) and c.state = 'ready'
    order by r.run_id for no key update of r, c skip locked
  loop
    perform ingest.fail_run(v_run_id, 'search_outdated', null, case when v_can_search
      then 'it waited until X would refuse to go back so far' else 'X does not say any more who wrote a post' end);
  end loop;
end;
$$;
comment on function ingest.drop_outdated_searches() is
  'Ends searches that X would refuse, told by their since_id before they are sent, or that would be of no use; their authors'' timelines are read after a short wait.';

-- source: db/functions/ingest/end_run.sql
create or replace function ingest.end_run(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_subject_ids constant bigint[] := coalesce(p_run.item_ids, array[p_run.subject_id]);
  v_sync_kind constant text := (select serves from ingest.sync_kinds where sync_kind = p_run.sync_kind);
begin
  perform ingest.resume_events(p_run);
  if v_sync_kind is null then
    return;
  end if;
  perform ingest.reschedule(v_sync_kind, v_subject_ids);
  insert into ingest.completions (sync_kind, subject_id, run_id)
  -- Also of what nobody needs: somebody may just be about to, unseen.
  select v_sync_kind, i, p_run.run_id from unnest(v_subject_ids) as i order by i;
end;
$$;
comment on function ingest.end_run(ingest.runs) is 'After a run, however it ended: when its subjects are due next, and a note for those who need them, or will when it is read.';

-- source: db/functions/ingest/ended_since.sql
create or replace function ingest.ended_since(p_run ingest.runs, p_item_ids bigint[], p_at timestamptz)
  returns bigint[]
  language plpgsql
  stable
as $$
begin
  -- Mostly nothing was told meanwhile, which the last event tells.
  if (select received_at from ingest.webhook_events order by event_id desc limit 1) > p_at is not true then
    return '{}'::bigint[];
  end if;
  return array(
    select i.item_id
    from unnest(p_item_ids) as i (item_id)
    where exists (
      select from ingest.webhook_events
      where p_run.sync_kind in ('followers', 'following') and event_type = 'follow.unfollow' and state = 'applied' and received_at > p_at
        and target_id = case p_run.sync_kind when 'followers' then p_run.subject_id else i.item_id end
        and follower_id = case p_run.sync_kind when 'followers' then i.item_id else p_run.subject_id end
    ) or exists (
      select from ingest.webhook_events
      where p_run.sync_kind in ('posts', 'search', 'post_lookup') and event_type = 'post.delete' and state = 'applied' and received_at > p_at
        and post_id = i.item_id));
end;
$$;
comment on function ingest.ended_since(ingest.runs, bigint[], timestamptz) is
  'Of the rows of a run''s page that was asked for at a time: those whose unfollow or deletion events have told since. The page is older than that (W3).';

-- source: db/functions/ingest/entry_of.sql
create or replace function ingest.entry_of(p_call_id bigint)
  returns ingest.ledger
  language plpgsql
  stable
as $$
declare
  v_entry ingest.ledger;
begin
  -- A page may come late, for an attempt that was given up.
  select * into v_entry from ingest.ledger
  where call_id = p_call_id
  order by billed_count is null desc, attempt_no desc
  limit 1;
  return v_entry;
end;
$$;
comment on function ingest.entry_of(bigint) is 'The entry of the ledger that an answer to a call settles: the last one that is not settled. Whoever asks holds the call.';

-- source: db/functions/ingest/estimate_cost.sql
create or replace function ingest.estimate_cost(
    p_sync_kind text, p_subject_id bigint, p_fresh_within interval, p_reconcile_within interval, out now_usd numeric, out month_usd numeric, out is_known boolean)
  language plpgsql
  stable
as $$
declare
  v_price constant numeric := ingest.price_of((select endpoint from ingest.sync_kinds where sync_kind = p_sync_kind), p_subject_id);
  v_profile_price constant numeric := ingest.price_of('users', null);
  v_look_rows constant integer := base.setting_integer('page.small');
  v_days constant numeric := 30 * least(1, 86400 / extract(epoch from p_fresh_within));
  v_subject ingest.subjects;
  v_count bigint;
  v_new_count numeric;
begin
  select * into v_subject from ingest.subjects where sync_kind = p_sync_kind and subject_id = p_subject_id;
  select case p_sync_kind when 'followers' then c.followers_count when 'following' then c.following_count
              else least(c.post_count, base.setting_integer('timeline.cap')) end,
         -- Posts of a month as in the account's life so far; follows as the last looks found them.
         case when p_sync_kind = 'posts' then c.post_count * 30 / greatest(1, extract(epoch from base.now() - u.joined_at) / 86400)
              else (select sum(r.changed_count) * 30 / 7.0 from ingest.runs as r
                    where r.sync_kind = p_sync_kind and r.subject_id = p_subject_id and r.mode = 'incremental' and r.started_at > base.now() - interval '7 days') end
  into v_count, v_new_count
  from graph.users as u join graph.user_counts as c using (user_id) where u.user_id = p_subject_id;

  is_known := v_count is not null;
  if not is_known then
    -- Nothing is known of it but that it is looked up first, if it was not.
    now_usd := case when exists (select from graph.users where user_id = p_subject_id) then 0 else v_profile_price end;
    month_usd := 0;
    return;
  end if;
  month_usd := v_price * v_count * 30 * 86400 / extract(epoch from p_reconcile_within) + v_price * coalesce(v_new_count, 0);
  if p_sync_kind <> 'posts' then
    -- A day's first look pays for the profile and for a small page; the others of that day return what is paid.
    month_usd := month_usd + v_days * (v_profile_price + v_price * least(v_count, v_look_rows));
  end if;
  now_usd := case when v_subject.full_at is null then v_price * v_count
                  when p_sync_kind = 'posts' or v_subject.fresh_at + p_fresh_within > base.now() then 0
                  else v_profile_price + v_price * least(v_count, v_look_rows) end;
end;
$$;
comment on function ingest.estimate_cost(text, bigint, interval, interval) is
  'What it will cost, in US dollars, to bring a list up to date now, and to keep it so for 30 days, by the counts of its subject''s profile. is_known: whether there are any; else there is but the price of looking.';

-- source: db/functions/ingest/estimate_list.sql
create or replace function ingest.estimate_list(p_sync_kind text, p_subject_id bigint)
  returns table (subject_count bigint, list_count bigint, new_count bigint, doubt_count bigint)
  language sql
  stable
as $$
  -- By how much the list has grown, the profile knows; what left it unseen is what we have beyond that. The offset between both cancels.
  select c.subject_count,
         case when e.list_count < 0 then 0 else e.list_count end,
         case when e.new_count < 0 then 0 else e.new_count end,
         case when e.doubt_count < 0 then 0 else e.doubt_count end
  from (select ingest.profile_count(p_sync_kind, p_subject_id) as subject_count) as c
  left join ingest.subjects as s on s.sync_kind = p_sync_kind and s.subject_id = p_subject_id
  cross join lateral (
    select s.list_count + c.subject_count - s.count_at_full, c.subject_count - s.count_at_look,
           graph.list_growth(p_sync_kind, p_subject_id, s.full_position) - (c.subject_count - s.count_at_full)
  ) as e (list_count, new_count, doubt_count);
$$;
comment on function ingest.estimate_list(text, bigint) is
  'What the counts of the subject''s profile say of a list (I9): how many the profile counts, how long the list must be, how many are new since the last look at least, and how many must have left it unseen since it was read in full. Null: not known.';

-- source: db/functions/ingest/estimate_sync.sql
create or replace function ingest.estimate_sync(
    p_sync_kind text, p_subject_id bigint, p_fresh_within interval, p_reconcile_within interval, out now_usd numeric, out month_usd numeric, out is_known boolean)
  language plpgsql
  stable
as $$
begin
  if p_sync_kind = 'users' then
    month_usd := ingest.price_of('users', null) * 30 * least(1, 86400 / extract(epoch from p_fresh_within));
    is_known := true;
    now_usd := case when exists (select from ingest.subjects where sync_kind = 'users' and subject_id = p_subject_id and fresh_at + p_fresh_within > base.now())
                    then 0 else ingest.price_of('users', null) end;
  else
    select e.now_usd, e.month_usd, e.is_known into now_usd, month_usd, is_known
    from ingest.estimate_cost(p_sync_kind, p_subject_id, p_fresh_within, p_reconcile_within) as e;
  end if;
end;
$$;
comment on function ingest.estimate_sync(text, bigint, interval, interval) is
  'What it will cost, in US dollars, to bring a subject up to date now, and to keep it so for 30 days. is_known: whether that can be said.';

-- source: db/functions/ingest/event_key.sql
create or replace function ingest.event_key(p_source text, p_event_type text, p_payload jsonb, p_body text)
  returns text
  language plpgsql
  immutable
as $$
begin
  -- X gives a post's id to each event about it, so the type is part of the key.
  return p_source || ' ' || coalesce(p_event_type || ' ' || (ingest.event_uuid(p_source, p_payload) #>> '{}'),
                                     'sha256 ' || encode(sha256(convert_to(p_body, 'UTF8')), 'hex'));
end;
$$;
comment on function ingest.event_key(text, text, jsonb, text) is
  'What makes two deliveries one event (W1): source, type and the sender''s id of it; or the digest of its text, where it has no type or no id.';

-- source: db/functions/ingest/event_resource.sql
create or replace function ingest.event_resource(p_event_type text)
  returns text
  language plpgsql
  immutable
as $$
begin
  return case
    when p_event_type in ('follow.follow', 'follow.unfollow') then 'follow_event'
    when p_event_type in ('post.create', 'post.delete') then 'post_event'
    when p_event_type like 'profile.update.%' then 'profile_event'
  end;
end;
$$;
comment on function ingest.event_resource(text) is 'As which resource of ingest.prices X bills an event of a type; null for one that is not known here.';

-- source: db/functions/ingest/event_time.sql
create or replace function ingest.event_time(p_source text, p_payload jsonb)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  -- No sender knows the future: least() passes a null over, which is no time at all.
  return least(base.now(), base.parse_time(case p_source
    when 'new_follower' then p_payload ->> 'followed_at'
    when 'x_activity' then ingest.x_activity_time(p_payload) end));
end;
$$;
comment on function ingest.event_time(text, jsonb) is 'When an event that arrives now happened: as its payload says, at the latest now.';

-- source: db/functions/ingest/event_uuid.sql
create or replace function ingest.event_uuid(p_source text, p_payload jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  return case p_source when 'x_activity' then ingest.x_activity_envelope(p_payload) else p_payload end -> 'event_uuid';
end;
$$;
comment on function ingest.event_uuid(text, jsonb) is 'The sender''s own id of an event, as it stands in the payload; null when there is none.';

-- source: db/functions/ingest/explain_call.sql
create or replace function ingest.explain_call(p_call_id bigint)
  returns jsonb
  language sql
  stable
as $$
  -- What holds a call back, the longest-lasting first; see ingest.claim_calls.
  select base.build_reason('call', format('call %s to %s, page %s: ', c.call_id, c.endpoint, c.page_no) || b.says,
    jsonb_strip_nulls(jsonb_build_object(
      'call_id', c.call_id, 'endpoint', c.endpoint, 'page', c.page_no, 'state', c.state, 'attempts', c.attempt_count, 'worker', c.worker,
      'held_by', b.held_by, 'last_class', c.answer_class, 'last_detail', c.answer_detail, 'until_at', b.until_at)))
  from ingest.calls as c
  join ingest.windows as w using (endpoint)
  join ingest.endpoints as e using (endpoint)
  join ingest.providers as p using (provider)
  cross join lateral (
    select 'lease' as held_by, c.lease_until as until_at,
           format('is out with worker %s, and goes to another at %s', c.worker, base.format_time(c.lease_until)) as says
    where c.state = 'claimed'
    union all
    select 'provider', p.probe_at, format('%s sells nothing since %s (%s); one call tries again at %s',
      p.provider, base.format_time(p.stopped_at), p.stopped_class, base.format_time(p.probe_at))
    where c.state = 'ready' and p.stopped_at is not null
    union all
    select 'window', o.opens_at,
           format(case w.remaining_count when 0 then 'the rate window is used up until %s' else 'calls are spread over the rate window, the next goes out at %s' end,
                  base.format_time(o.opens_at))
    from ingest.window_opens_at(w) as o (opens_at)
    where c.state = 'ready' and o.opens_at > base.now()
    union all
    select 'budget', c.not_before, format('the budget of %s a %s has no room for it (USD %s) until %s', g.scope, g.period, trim_scale(c.held_usd),
      base.format_time(c.not_before))
    from ingest.budgets as g
    where g.budget_id = c.held_by and c.state = 'ready' and c.not_before > base.now()
    union all
    select 'backoff', c.not_before, format('goes out again at %s, after %s', base.format_time(c.not_before), coalesce(c.answer_class, 'nothing'))
    where c.state = 'ready' and c.not_before > base.now() and c.held_by is null
    union all
    select 'payers', base.now(), 'waits for the next tick of a worker to say who pays'
    from ingest.runs as r where r.run_id = c.run_id and c.state = 'ready' and r.payer_ids is null
    union all
    select null, base.now(), 'can go out as soon as a worker takes it'
    where c.state = 'ready'
  ) as b
  where c.call_id = p_call_id
  order by b.until_at desc, b.held_by nulls last
  limit 1;
$$;
comment on function ingest.explain_call(bigint) is
  'What an open call waits for, and until when: held_by lease, provider, window, budget, backoff, payers, or nothing. Null for one that has ended.';

-- source: db/functions/ingest/explain_error.sql
create or replace function ingest.explain_error(p_run ingest.runs)
  returns text
  language sql
  stable
as $$
  select format('failed: %s (%s)', p_run.error_class, trim(trailing '.' from a.meaning))
         || coalesce(', HTTP ' || p_run.http_status, '') || coalesce(': ' || p_run.error_detail, '')
  from ingest.answer_classes as a
  where a.answer_class = p_run.error_class;
$$;
comment on function ingest.explain_error(ingest.runs) is 'Why a run failed, as a sentence; null for one that did not.';

-- source: db/functions/ingest/explain_estimate.sql
create or replace function ingest.explain_estimate(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  select case when p_run.is_waiting or p_run.page_size is null and p_run.subject_count is null then jsonb '[]' else jsonb_build_array(base.build_reason('estimate',
    concat_ws('; ',
      coalesce('the profile counted ' || p_run.subject_count, 'how many the profile counts was not known'),
      case when p_run.mode = 'full' then 'a list of ' || p_run.expected_count || ' is expected'
           when p_run.expected_count = 0 then 'no more than at the last look, which proves nothing, since one may have come and one gone'
           else p_run.expected_count || ' more than at the last look' end,
      nullif(p_run.doubt_count, 0) || ' must have left the list unseen since it was read in full',
      'so pages are of ' || p_run.page_size),
    jsonb_strip_nulls(jsonb_build_object(
      'subject_count', p_run.subject_count, 'expected', p_run.expected_count, 'doubt', p_run.doubt_count, 'page_size', p_run.page_size,
      'profile_run_id', p_run.profile_run_id)))) end;
$$;
comment on function ingest.explain_estimate(ingest.runs) is 'What the counts led a run to expect, and so in which pages it reads, as a list of at most one reason (I9).';

-- source: db/functions/ingest/explain_need.sql
create or replace function ingest.explain_need(p_sync_kind text, p_subject_id bigint, p_run_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('need',
    format('%s of %s was last fresh %s; ', p_sync_kind, p_subject_id, base.format_time(s.fresh_at)) || case
      when r.run_id is not null then 'it is being synced'
      when d.due_at is null then 'it is neither due nor under way, which is a defect'
      when d.due_at <= base.now() then 'the next tick starts a run'
      when s.cancelled_at >= coalesce(greatest(s.fresh_at, s.refused_at), s.cancelled_at) and (last.run).status is distinct from 'error' then
        format('a run of it was cancelled at %s, the next starts at %s', base.format_time(s.cancelled_at), base.format_time(d.due_at))
      when s.failure_count > 0 then format('its run failed (%s in a row), the next starts at %s', s.failure_count, base.format_time(d.due_at))
      when s.refused_class is not null then format('X does not show it (%s), it is asked again at %s', s.refused_class, base.format_time(d.due_at))
      else format('its next run starts at %s', base.format_time(d.due_at)) end,
    jsonb_strip_nulls(jsonb_build_object(
      'sync_kind', p_sync_kind, 'subject_id', p_subject_id::text, 'run_id', r.run_id, 'fresh_at', s.fresh_at, 'failures', s.failure_count,
      'refused_class', s.refused_class,
      'until_at', coalesce(d.due_at, (p.reasons #>> '{0,until_at}')::timestamptz, (p.reasons #>> '{0,because,0,until_at}')::timestamptz))),
    case
      when r.run_id is not null then jsonb_build_array(ingest.report_run(r, '', p.reasons))
      when (last.run).run_id is not null then
        jsonb_build_array(ingest.report_run(last.run, coalesce('ended in error (' || (last.run).error_class || '): ', 'was cancelled: '))) end)
  from (values (p_run_id)) as asked (run_id)
  left join ingest.subjects as s on s.sync_kind = p_sync_kind and s.subject_id = p_subject_id
  left join ingest.due as d on d.sync_kind = p_sync_kind and d.subject_id = p_subject_id
  left join ingest.runs as r on r.run_id = asked.run_id
  left join lateral (
    select l as run from ingest.runs as l
    where l.sync_kind = p_sync_kind and l.subject_id = p_subject_id and l.status in ('error', 'cancelled') order by l.run_id desc limit 1
  ) as last on s.failure_count > 0 or s.refused_class is not null or s.cancelled_at is not null
  cross join lateral (select ingest.explain_progress(r) as reasons) as p;
$$;
comment on function ingest.explain_need(text, bigint, bigint) is
  'What stands between a subject and being fresh, as a reason: the run that is under way (p_run_id) and what that waits for, or when the next starts and why not before.';

-- source: db/functions/ingest/explain_next.sql
create or replace function ingest.explain_next(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  select case when p_run.status = 'in_progress' then jsonb '[]' else jsonb_build_array(base.build_reason('next',
    case when n.due_at is null then 'nobody needs it any more, or another run is under way: nothing is due'
         else format('due again at %s', base.format_time(n.due_at)) end,
    jsonb_strip_nulls(jsonb_build_object('until_at', n.due_at)))) end
  from (
    select min(d.due_at) as due_at
    from ingest.sync_kinds as k
    cross join unnest(coalesce(p_run.item_ids, array[p_run.subject_id])) as i
    cross join lateral (select due_at from ingest.due where sync_kind = k.serves and subject_id = i limit 1) as d
    where k.sync_kind = p_run.sync_kind
  ) as n;
$$;
comment on function ingest.explain_next(ingest.runs) is 'When the first subject of a run that has ended is due again, as a list of one reason.';

-- source: db/functions/ingest/explain_progress.sql
create or replace function ingest.explain_progress(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  -- It has an open call, or waits for its subject's profile; a look-up waits for nobody, so this goes no deeper than one more run.
  select coalesce(
    (select jsonb_build_array(ingest.explain_call(call_id)) from ingest.calls where run_id = p_run.run_id and state in ('ready', 'claimed')),
    (select jsonb_build_array(ingest.report_run(r, 'waits for the profile of its subject: ', jsonb_build_array(ingest.explain_call(c.call_id))))
     from ingest.runs as r
     join ingest.calls as c on c.run_id = r.run_id and c.state in ('ready', 'claimed')
     where r.sync_kind = 'users' and r.status = 'in_progress' and p_run.status = 'in_progress' and p_run.subject_id = any (r.item_ids)
     order by r.run_id limit 1),
    '[]');
$$;
comment on function ingest.explain_progress(ingest.runs) is 'What a run in progress waits for, as a list of reasons: its call, or a look-up of its subject. Empty for one that has ended.';

-- source: db/functions/ingest/explain_result.sql
create or replace function ingest.explain_result(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(r.reason order by r.place), '[]')
  from (
    select 1, base.build_reason('changes',
      'changed ' || coalesce(nullif((
        select string_agg(l.key || ': ' || c.counts, '; ' order by l.key)
        from jsonb_each(t.changes) as l
        cross join lateral (select string_agg(value || ' ' || key, ', ' order by key) as counts from jsonb_each_text(l.value)) as c), ''), 'nothing')
      || case when not t.is_whole then ', and more: only the beginning of the logs was read' else '' end,
      jsonb_build_object('changes', t.changes, 'is_whole', t.is_whole))
    from graph.tally_changes(p_run.run_id, p_run.sync_kind, p_run.subject_id, p_run.start_position, p_run.completed_at, 10000) as t
    union all
    select 2, base.build_reason('rejects', format('set %s rows aside that could not be stored (api.rejects)', p_run.rejected_count))
    where p_run.rejected_count > 0
    union all
    select 3, base.build_reason('restarts', format('started over %s times, since X refused its cursor', p_run.restart_count))
    where p_run.restart_count > 0
    union all
    select 4, base.build_reason('end', case p_run.cursor_exhausted
      when true then 'read its list to the end' else 'did not read its list to the end, and so took nothing for gone that it did not see' end)
    where p_run.status = 'success' and (p_run.sync_kind = 'search' or num_nonnulls(p_run.item_ids, p_run.handles) = 0)
    union all
    select 5, base.build_reason('error', ingest.explain_error(p_run))
    where p_run.error_class is not null
  ) as r (place, reason);
$$;
comment on function ingest.explain_result(ingest.runs) is 'What a run changed, by the logs, and how it ended, as a list of reasons.';

-- source: db/functions/ingest/explain_run.sql
create or replace function ingest.explain_run(p_run_id bigint)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_run ingest.runs;
begin
  select * into v_run from ingest.runs where run_id = p_run_id;
  if not found then
    raise exception 'there is no run %', coalesce(p_run_id::text, 'null')
      using errcode = 'RK017', hint = 'select * from api.runs; lists them.';
  end if;
  return ingest.report_run(v_run, '',
    jsonb_build_array(base.build_reason('reason', 'started at ' || base.format_time(v_run.started_at) || case v_run.reason
      when 'first' then ': nothing was known of this list'
      when 'due' then ': what was known, if anything, was not fresh enough for those who need it'
      when 'reconcile' then ': the whole list is read this often (reconcile.after, or a root''s own)'
      when 'doubt' then ': more has left the list unseen than may be in doubt (reconcile.doubt, or a root''s own)'
      when 'free' then ': something has left the list unseen, and X charges nothing again for what was read today'
      when 'requested' then ': somebody asked for it'
      when 'profile' then ': runs wait for these profiles'
      when 'told' then ': a subscription tells of every change of this list, so it was not read'
      when 'event' then ': webhook events name these users'
      when 'evidence' then ': a sweep found these posts missing, without proof'
      when 'leaver' then ': a sweep found these users missing from a list, which does not say why' end))
    || ingest.explain_estimate(v_run)
    || ingest.explain_waiting_runs(v_run)
    || ingest.explain_result(v_run)
    || ingest.explain_progress(v_run)
    || ingest.explain_next(v_run));
end;
$$;
comment on function ingest.explain_run(bigint) is 'A run as a reason: why it was started, what the counts led to expect, which runs waited for it, what it did or waits for, and what comes next. RK017 for an unknown run.';

-- source: db/functions/ingest/explain_waiting_runs.sql
create or replace function ingest.explain_waiting_runs(p_run ingest.runs)
  returns jsonb
  language sql
  stable
as $$
  -- Searched among the last ten runs of each list.
  select coalesce(jsonb_agg(ingest.report_run(w.run, 'needed by ') order by (w.run).run_id), '[]')
  from (
    select r.run
    from unnest(p_run.item_ids) as i
    cross join unnest(array['followers', 'following', 'posts']) as k
    cross join lateral (
      select l as run from ingest.runs as l where l.sync_kind = k and l.subject_id = i order by l.run_id desc limit 10
    ) as r
    where p_run.sync_kind = 'users' and (r.run).profile_run_id = p_run.run_id
    order by (r.run).run_id
    limit 10
  ) as w;
$$;
comment on function ingest.explain_waiting_runs(ingest.runs) is 'The runs that waited for a look at profiles, at most ten, as a list of reasons.';

-- source: db/functions/ingest/fail_run.sql
create or replace function ingest.fail_run(p_run_id bigint, p_class text, p_status integer, p_detail text)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_sync_kind text;
  v_retry_at timestamptz;
begin
  select k.serves,
         base.now() + base.backoff(base.setting_interval('subject.backoff'), base.setting_interval('subject.backoff_cap'),
                                   coalesce(max(s.failure_count), 0) + 1, r.sync_kind || ' ' || coalesce(r.subject_id, r.item_ids[1]))
  into v_sync_kind, v_retry_at
  from ingest.runs as r
  join ingest.sync_kinds as k using (sync_kind)
  left join ingest.subjects as s on s.sync_kind = k.serves and s.subject_id = any (coalesce(r.item_ids, array[r.subject_id]))
  where r.run_id = p_run_id
  group by r.run_id, k.serves;
  v_run := ingest.close_run(p_run_id, p_class, p_status, p_detail, v_retry_at);

  -- Nobody waits for what a look-up of posts or of handles was to bring: it has no subject that could be tried again.
  insert into ingest.subjects as s (sync_kind, subject_id, retry_at, failure_count)
  select v_sync_kind, i, v_retry_at, 1
  from unnest(coalesce(v_run.item_ids, array[v_run.subject_id])) as i
  where v_sync_kind is not null and i is not null
  on conflict (sync_kind, subject_id) do update set retry_at = excluded.retry_at, failure_count = s.failure_count + 1;
  perform base.decide('run_failed', v_run.sync_kind || ' of ' || coalesce(v_run.subject_id::text, 'a batch'), p_class, v_retry_at,
                      jsonb_build_object('run_id', p_run_id, 'http_status', p_status, 'detail', p_detail));
  if v_run.sync_kind = 'users' then
    -- A list can do without the counts of its subject, but not without the subject.
    perform ingest.resume_waiting_runs(v_run.item_ids, true);
    -- One that somebody has in hand is tended by the next tick.
    perform ingest.fail_run(r.run_id, p_class, p_status, 'the look-up of its subject failed')
    from (select run_id from ingest.runs where subject_id = any (v_run.item_ids) and is_waiting order by run_id for no key update skip locked) as r;
  end if;
  perform ingest.end_run(v_run);
end;
$$;
comment on function ingest.fail_run(bigint, text, integer, text) is 'The run ends in error and deletes nothing; its subjects wait before the next, longer each time.';

-- source: db/functions/ingest/fill_lookups.sql
create or replace function ingest.fill_lookups(p_sync_kind text, inout p_ids bigint[], out p_run_ids bigint[])
  language plpgsql
  volatile
as $$
declare
  v_open record;
begin
  for v_open in
    select r.run_id, c.call_id, r.item_ids, 100 - cardinality(r.item_ids) as room
    from ingest.runs as r
    join ingest.calls as c using (run_id)
    where r.sync_kind = p_sync_kind and r.status = 'in_progress' and r.subject_id is null and cardinality(r.item_ids) < 100
      -- What a budget holds would hold up whoever joins it, and may be there for a month.
      and c.state = 'ready' and c.claimed_at is null and c.held_by is null
    order by r.run_id
    for no key update of r, c skip locked
  loop
    -- Somebody else may have put the same ids there just now.
    p_ids := array(select i from unnest(p_ids) with ordinality as u (i, place) where i <> all (v_open.item_ids) order by place);
    exit when p_ids = '{}';
    -- Who pays is said anew: others may wait for these.
    update ingest.runs set item_ids = item_ids || p_ids[:v_open.room], payer_ids = null where run_id = v_open.run_id;
    -- The call is made anew: a worker that is just taking the old one has read the shorter list, and finds it gone.
    with old as (
      delete from ingest.calls where call_id = v_open.call_id returning *
    )
    insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at)
    select run_id, endpoint, page_no, not_before, created_at from old;
    p_ids := p_ids[v_open.room + 1:];
    p_run_ids := p_run_ids || v_open.run_id;
  end loop;
end;
$$;
comment on function ingest.fill_lookups(text, bigint[]) is
  'Puts ids into look-ups that were not sent yet and have room, but none into one that somebody asked for; leaves those that found none, and says which look-ups these are.';

-- source: db/functions/ingest/find_searchable.sql
create or replace function ingest.find_searchable(p_author_ids bigint[])
  returns table (author_id bigint, polled_at timestamptz)
  language plpgsql
  stable
as $$
begin
  if base.setting_text('posts.search') = 'never' or base.setting_text('posts.retweets') = 'include' or not ingest.x_v2_can_search() then
    return;
  end if;
  -- A search passes over those whom X does not show without a word, and one bad author spoils it for all: such ones are asked for singly.
  return query
    select s.subject_id, s.polled_at
    from unnest(p_author_ids) as i (author_id)
    cross join lateral (select * from ingest.subjects where sync_kind = 'posts' and subject_id = i.author_id limit 1) as s
    cross join lateral (select * from graph.users where user_id = i.author_id limit 1) as u
    cross join lateral ingest.windows_of('posts', i.author_id) as w
    where s.full_at is not null
      and (coalesce(ingest.reconcile_at(s.full_at, w.fresh_within, w.reconcile_within) > base.now(), true) or s.full_retry_at > base.now())
      and s.polled_at > base.now() - base.setting_interval('search.window')
      and s.refused_at is null and s.failure_count = 0
      and u.deleted_at is null and u.is_protected is not true;
end;
$$;
comment on function ingest.find_searchable(bigint[]) is
  'Of these authors, those whose next poll can be a search, and when the last was: their timeline was read in full, and within search.window they were polled without a hitch (I5).';

-- source: db/functions/ingest/find_user.sql
create or replace function ingest.find_user(p_name text, out user_id bigint, out handle text, out look_up_usd numeric)
  language plpgsql
  stable
as $$
declare
  v_name constant text := ingest.name_user(to_jsonb(p_name));
  v_refusal text;
begin
  if v_name is null then
    raise exception 'this names no user: %', coalesce(quote_literal(left(p_name, 60)), 'null')
      using errcode = 'RK011', hint = 'Give an id (a whole number from 1 to 9223372036854775807), a @handle, or the link of a profile.';
  end if;
  if v_name like 'user %' then
    user_id := split_part(v_name, ' ', 2)::bigint;
  else
    select r.user_id, r.refusal into user_id, v_refusal from ingest.resolve_user(v_name) as r;
    handle := split_part(v_name, ' ', 2);
  end if;
  if user_id is not null then
    handle := (select u.handle from graph.users as u where u.user_id = find_user.user_id);
  else
    perform ingest.check_handle_history(handle, v_refusal);
    look_up_usd := ingest.price_of('users_by_handle', null);
  end if;
end;
$$;
comment on function ingest.find_user(text) is
  'The user behind an id, a handle, an @handle or the link of a profile, with the handle, if any is known. An id need not be known here. Of a handle that nobody here is known to have: that handle, and what X bills for a look-up. Errors RK011, RK018.';

-- source: db/functions/ingest/find_users.sql
create or replace function ingest.find_users(p_names text[])
  returns table (name text, user_id bigint, handle text, look_up_usd numeric)
  language sql
  stable
as $$
  select n.name, f.user_id, f.handle, f.look_up_usd
  from unnest(p_names) with ordinality as n (name, place)
  cross join lateral ingest.find_user(n.name) as f
  order by n.place;
$$;
comment on function ingest.find_users(text[]) is 'The users behind these names, in their order: see ingest.find_user. Errors RK011, RK018.';

-- source: db/functions/ingest/finish_run.sql
create or replace function ingest.finish_run(p_run ingest.runs, p_cursor_exhausted boolean, p_is_capped boolean)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_removed_count integer := 0;
  v_is_follows constant boolean := p_run.sync_kind in ('followers', 'following');
  v_is_whole constant boolean := p_run.mode = 'full' and not p_run.is_partial and (p_cursor_exhausted or p_is_capped);
begin
  if v_is_whole and v_is_follows then
    v_removed_count := ingest.sweep_follows(p_run);
  elsif v_is_whole and p_run.sync_kind = 'posts' then
    v_removed_count := ingest.sweep_posts(p_run, p_cursor_exhausted);
  end if;
  update ingest.runs set
    status = 'success', cursor_exhausted = p_cursor_exhausted, removed_count = removed_count + v_removed_count,
    is_named = is_named or v_removed_count > 0, completed_at = base.now()
  where run_id = p_run.run_id;

  insert into ingest.subjects as s (
    sync_kind, subject_id, fresh_at, full_at, full_retry_at, since_id, polled_at, full_position, list_count, count_at_full, count_at_look)
  select p_run.sync_kind, i, base.now(), case when v_is_whole then base.now() end,
         case when p_run.mode = 'full' and not v_is_whole then base.now() + base.setting_interval('subject.recheck') end,
         case when p_run.sync_kind = 'posts' then p_run.newest_id end,
         case when p_run.sync_kind = 'posts' and (p_cursor_exhausted or p_is_capped) then ingest.asked_at(p_run) end,
         case when v_is_whole and v_is_follows then nextval('graph.change_ids') end,
         case when v_is_whole and v_is_follows then graph.list_size(p_run.sync_kind, i) end,
         case when v_is_whole and v_is_follows then p_run.subject_count end,
         p_run.subject_count
  from unnest(coalesce(p_run.item_ids, array[p_run.subject_id])) as i
  where p_run.sync_kind in ('followers', 'following', 'posts', 'users')
  on conflict (sync_kind, subject_id) do update set
    fresh_at = excluded.fresh_at,
    full_at = coalesce(excluded.full_at, s.full_at),
    full_retry_at = case when excluded.full_at is null then coalesce(excluded.full_retry_at, s.full_retry_at) end,
    since_id = greatest(s.since_id, excluded.since_id),
    polled_at = greatest(s.polled_at, excluded.polled_at),
    full_position = coalesce(excluded.full_position, s.full_position),
    list_count = coalesce(excluded.list_count, s.list_count),
    count_at_full = case when excluded.full_position is null then s.count_at_full else excluded.count_at_full end,
    count_at_look = coalesce(excluded.count_at_look, s.count_at_look),
    refused_class = null, refused_at = null, retry_at = null, failure_count = 0;
  if v_removed_count > 0 and v_is_follows then
    perform ingest.look_up_unseen(p_run);
  elsif p_run.sync_kind = 'users' then
    perform ingest.settle_profiles(p_run);
  elsif p_run.sync_kind = 'search' then
    perform ingest.settle_search(p_run, p_cursor_exhausted);
  end if;
  perform ingest.end_run(p_run);
end;
$$;
comment on function ingest.finish_run(ingest.runs, boolean, boolean) is
  'A run has done what it was to do. Only a full one that read the whole list marks what it did not see (I2, G4).';

-- source: db/functions/ingest/first_sweep_of.sql
create or replace function ingest.first_sweep_of(p_run ingest.runs)
  returns ingest.runs
  language plpgsql
  stable
as $$
declare
  v_count constant integer := base.setting_integer('absent_sweeps');
  v_run ingest.runs;
begin
  if v_count = 1 then
    return p_run;
  end if;
  -- A run whose receipts were cleared away can say of nobody any more that it did not see them.
  select * into v_run
  from ingest.runs as r
  where r.sync_kind = p_run.sync_kind and r.subject_id = p_run.subject_id and r.run_id < p_run.run_id
    and r.status = 'success' and r.mode = 'full' and r.cursor_exhausted
    and exists (select from ingest.pages where run_id = r.run_id and page_no = r.first_page)
  order by r.run_id desc
  offset v_count - 2 limit 1;
  return v_run;
end;
$$;
comment on function ingest.first_sweep_of(ingest.runs) is
  'The first of the sweeps (full runs to the end of the list) that must all have missed a follow before it is gone: absent_sweeps of them, of which the last is this run. All null when there were not as many.';

-- source: db/functions/ingest/forget_user.sql
create or replace function ingest.forget_user(p_user_id bigint)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_forgotten record;
  v_names text;
  v_reject_count integer;
  v_event_count integer;
begin
  if not exists (select from graph.users where user_id = base.check_id(p_user_id, 'user id')) then
    raise exception 'nothing is known of user %', p_user_id
      using errcode = 'RK018', hint = 'Give the id of a user of whom a profile was ever read: select user_id, handle from users.';
  end if;
  v_forgotten := graph.forget_user(p_user_id);
  -- As JSON has ids and handles, and as they stand in links: a number in a time, or a part of a longer one, is nobody.
  v_names := format('(?i)["/@ ](%s)["/?,}]', array_to_string(p_user_id::text || v_forgotten.handles, '|'));
  delete from ingest.rejects where author_id = p_user_id or raw::text ~ v_names;
  get diagnostics v_reject_count = row_count;
  delete from ingest.missing where resource = 'handle' and item_key = any (array(select lower(h) from unnest(v_forgotten.handles) as h));
  update ingest.webhook_events set
    payload = '{}',
    state = case when ended_at is null then 'ignored' else state end,
    detail = case when ended_at is null then 'it names a user who was forgotten' else detail end,
    waits_for = null,
    retry_at = null,
    ended_at = coalesce(ended_at, base.now())
  where payload <> '{}' and (p_user_id in (target_id, follower_id) or payload::text ~ v_names);
  get diagnostics v_event_count = row_count;
  return jsonb_build_object('user_id', p_user_id::text, 'handles', cardinality(v_forgotten.handles), 'posts', v_forgotten.post_count,
                            'rejects', v_reject_count, 'events', v_event_count);
end;
$$;
comment on function ingest.forget_user(bigint) is
  'Keeps of a user nothing but numbers, in the graph, among rows that were set aside, and in the inbox; returns how many handles, posts, rejects and events it blanked. Reads all of the inbox. The caller holds graph.lock_writer(). Error RK018.';

-- source: db/functions/ingest/free_held_calls.sql
create or replace function ingest.free_held_calls(p_budget ingest.budgets)
  returns void
  language sql
  volatile
as $$
  with room as (
    select ingest.room_in(p_budget) as usd
  )
  update ingest.calls as c set not_before = base.now(), held_by = null, held_usd = null
  from (
    select call_id
    from (
      select call_id, sum(held_usd) over (order by call_id) as needed_usd
      from (
        select call_id, held_usd from ingest.calls
        where state = 'ready' and held_by = p_budget.budget_id and held_usd <= (select usd from room)
        order by call_id limit 500 for no key update skip locked
      ) as held
    ) as queue
    where needed_usd <= (select usd from room)
  ) as f
  where c.call_id = f.call_id;
$$;
comment on function ingest.free_held_calls(ingest.budgets) is 'Calls that a budget held and has room for now may go, the oldest first, as many as fit together.';

-- source: db/functions/ingest/has_due_events.sql
create or replace function ingest.has_due_events()
  returns boolean
  language plpgsql
  stable
as $$
begin
  return exists (select from ingest.webhook_events where state = 'received')
      or exists (select from ingest.webhook_events where state = 'waiting' and retry_at <= base.now());
end;
$$;
comment on function ingest.has_due_events() is 'Whether anything in the inbox can be taken in now.';

-- source: db/functions/ingest/has_ready_calls.sql
create or replace function ingest.has_ready_calls()
  returns boolean
  language plpgsql
  stable
as $$
begin
  return exists (
    select from ingest.endpoints as e
    where exists (select from ingest.calls where endpoint = e.endpoint and state = 'ready' and not_before <= base.now()));
end;
$$;
comment on function ingest.has_ready_calls() is 'Whether a call could go out, but for its rate window: one probe an endpoint. Asked before ingest.claim_calls, which is planned anew each time.';

-- source: db/functions/ingest/hold_call.sql
create or replace function ingest.hold_call(p_quote ingest.quote, p_budget ingest.budgets)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_usd constant numeric := ingest.share_of(p_quote.unit_usd * p_quote.asked_count, p_budget.payer_id, p_quote.payer_ids);
  v_left constant numeric := greatest(ingest.room_in(p_budget), 0);
  v_until constant timestamptz := ingest.period_end(p_budget.period, p_budget.began_at);
begin
  update ingest.calls set not_before = v_until, held_by = p_budget.budget_id, held_usd = v_usd where call_id = p_quote.call_id;
  perform base.decide('budget', format('budget of %s a %s', p_budget.scope, p_budget.period),
    case when v_usd > p_budget.cap_usd
      then 'a call may cost more than the whole budget, so it can never go: raise the budget, or ask for less at once (page.follows, page.posts)'
      else 'what is left does not cover what a call may cost' end,
    v_until,
    jsonb_build_object('budget_id', p_budget.budget_id, 'cap_usd', p_budget.cap_usd, 'spent_usd', trim_scale(p_budget.cap_usd - ingest.room_in(p_budget)),
      'left_usd', trim_scale(v_left), 'call_id', p_quote.call_id, 'endpoint', p_quote.endpoint,
      'rows', p_quote.asked_count, 'call_usd', trim_scale(v_usd)));
end;
$$;
comment on function ingest.hold_call(ingest.quote, ingest.budgets) is 'A call waits for the next period of a budget, or until that has room again: a decision with the amounts (I8, E3).';

-- source: db/functions/ingest/hydrate_subjects.sql
create or replace function ingest.hydrate_subjects(p_user_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_missing record;
  v_asked_ids bigint[];
begin
  -- Asked lately and not there: not asked again yet (I6). The runs that wait for it end here, or do without.
  for v_missing in
    select m.reason, array_agg(m.item_key::bigint) as user_ids
    from unnest(p_user_ids) as i (user_id)
    join ingest.missing as m on m.resource = 'user' and m.item_key = i.user_id::text and m.ask_again_at > base.now()
    group by m.reason
  loop
    perform ingest.refuse_waiting_runs(v_missing.user_ids, v_missing.reason);
    perform ingest.resume_waiting_runs(v_missing.user_ids, true);
  end loop;

  select array_agg(distinct i.user_id) into v_asked_ids
  from unnest(p_user_ids) as i (user_id)
  where not exists (select from ingest.missing where resource = 'user' and item_key = i.user_id::text and ask_again_at > base.now());
  if v_asked_ids is null then
    return;
  end if;
  perform ingest.start_lookups('users', v_asked_ids, 'profile');
  update ingest.runs as r set profile_run_id = w.look_up_id
  from (
    select r.run_id, l.run_id as look_up_id
    from ingest.runs as r
    join (select run_id, unnest(item_ids) as user_id from ingest.runs where sync_kind = 'users' and status = 'in_progress') as l on l.user_id = r.subject_id
    where r.is_waiting and r.subject_id = any (v_asked_ids) and r.profile_run_id is distinct from l.run_id
    order by r.run_id for no key update of r skip locked
  ) as w
  where r.run_id = w.run_id;
end;
$$;
comment on function ingest.hydrate_subjects(bigint[]) is 'Has these users looked up for the runs that wait for them, unless that is under way, or was in vain lately.';

-- source: db/functions/ingest/is_all_empty.sql
create or replace function ingest.is_all_empty(p_run ingest.runs, p_page_no integer)
  returns boolean
  language plpgsql
  stable
as $$
declare
  v_limit constant integer := base.setting_integer('run.empty_pages');
begin
  return v_limit = (
    select count(*) from ingest.pages
    where run_id = p_run.run_id and page_no >= p_run.first_page and page_no > p_page_no - v_limit and item_ids = '{}');
end;
$$;
comment on function ingest.is_all_empty(ingest.runs, integer) is 'Whether a page ends a row of empty ones that is as long as one may be.';

-- source: db/functions/ingest/is_bought_today.sql
create or replace function ingest.is_bought_today(p_sync_kind text, p_subject_id bigint, p_count bigint)
  returns boolean
  language plpgsql
  stable
as $$
declare
  v_midnight constant timestamptz := date_trunc('day', base.now() at time zone 'UTC') at time zone 'UTC';
begin
  -- Not in the last hour: what is read after midnight is charged again.
  return base.now() < v_midnight + interval '23 hours' and exists (
    select from (
      select started_at, resource_count, restart_count from ingest.runs
      where sync_kind = p_sync_kind and subject_id = p_subject_id order by run_id desc limit 20
    ) as r
    where r.started_at >= v_midnight and r.restart_count = 0 and r.resource_count >= p_count);
end;
$$;
comment on function ingest.is_bought_today(text, bigint, bigint) is
  'Whether a run of this UTC day, without a restart, has bought that many rows of the list, so that X charges nothing for them now (I9). Of the last twenty runs.';

-- source: db/functions/ingest/is_follow_confirmed.sql
create or replace function ingest.is_follow_confirmed(p_target_id bigint, p_follower_id bigint, p_run ingest.runs)
  returns boolean
  language sql
  stable
as $$
  -- By a change of the edge, by an event that told of it (though it was known), or by a page of the list that shows it from its other end. (Of one
  -- list, no two runs overlap.)
  select exists (
    select from graph.follows as f
    join graph.follow_changes as c on c.target_id = f.target_id and c.change_id = f.change_id
    where f.target_id = p_target_id and f.follower_id = p_follower_id
      and f.change_id > p_run.start_position and c.run_id is distinct from p_run.run_id
  ) or exists (
    select from ingest.webhook_events
    where target_id = p_target_id and follower_id = p_follower_id and event_type = 'follow.follow' and position > p_run.start_position
  ) or exists (
    select from ingest.runs as r join ingest.pages as p using (run_id)
    where p_run.sync_kind = 'followers' and r.sync_kind = 'following' and r.subject_id = p_follower_id
      and p.position > p_run.start_position and p_target_id = any (p.item_ids)
  ) or exists (
    select from ingest.runs as r join ingest.pages as p using (run_id)
    where p_run.sync_kind = 'following' and r.sync_kind = 'followers' and r.subject_id = p_target_id
      and p.position > p_run.start_position and p_follower_id = any (p.item_ids)
  );
$$;
comment on function ingest.is_follow_confirmed(bigint, bigint, ingest.runs) is 'Whether anything but this run has shown this edge since the run began.';

-- source: db/functions/ingest/is_look_wanted.sql
create or replace function ingest.is_look_wanted(p_sync_kind text, p_user_id bigint)
  returns boolean
  language plpgsql
  stable
as $$
begin
  if not exists (select from graph.users where user_id = p_user_id) then
    return true;
  elsif p_sync_kind = 'posts' then
    -- X bills no row when nothing is newer than since_id.
    return false;
  end if;
  return not exists (
    select from ingest.subjects
    where subject_id = p_user_id
      and (sync_kind = 'users' and refused_class is null and fresh_at >= base.now() - base.setting_interval('counts.serve_for')
        -- A protected user's profile costs something each day, and to be refused the list costs nothing.
        or sync_kind = p_sync_kind and refused_class = 'subject_protected'));
end;
$$;
comment on function ingest.is_look_wanted(text, bigint) is 'Whether a user''s profile must be looked at before a list is read: to have it at all (G2), or for its counts (I9).';

-- source: db/functions/ingest/keep_rejects.sql
create or replace function ingest.keep_rejects(p_run ingest.runs, p_page_no integer, p_rejects jsonb[])
  returns void
  language sql
  volatile
as $$
  insert into ingest.rejects (run_id, page_no, reason, author_id, raw, rejected_at)
  select p_run.run_id, p_page_no, r ->> 'reason', (r ->> 'author_id')::bigint, r -> 'raw', base.now()
  from unnest(p_rejects) as r;
  select base.decide('rows_set_aside', p_run.sync_kind || coalesce(' of ' || p_run.subject_id, ''), 'rows that could not be stored', null,
                     jsonb_build_object('run_id', p_run.run_id, 'rows', cardinality(p_rejects)));
$$;
comment on function ingest.keep_rejects(ingest.runs, integer, jsonb[]) is 'Keeps rows that could not be stored, as they came, and says so.';

-- source: db/functions/ingest/keep_runs.sql
create or replace function ingest.keep_runs(p_run_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  update ingest.runs set is_named = true where run_id = any (p_run_ids) and not is_named;
end;
$$;
comment on function ingest.keep_runs(bigint[]) is 'A row that is kept names these runs: they are kept too (W7).';

-- source: db/functions/ingest/leads_back.sql
create or replace function ingest.leads_back(p_run ingest.runs, p_page_no integer, p_token text)
  returns boolean
  language plpgsql
  stable
as $$
begin
  -- By the hash, which is what is indexed: a token may be of any length.
  return exists (
    select from ingest.pages
    where run_id = p_run.run_id and hashtextextended(next_token, 0) = hashtextextended(p_token, 0) and next_token = p_token
      and page_no >= p_run.first_page and page_no < p_page_no);
end;
$$;
comment on function ingest.leads_back(ingest.runs, integer, text) is 'Whether the token of a page led on from an earlier page of the same sweep already.';

-- source: db/functions/ingest/leave_circle.sql
create or replace function ingest.leave_circle(p_run ingest.runs, p_page_no integer)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- Mostly it passes, and is cheap on the same UTC day: the run fails, and the next one reads all of the list. Of a list that stays so, what
  -- can be had was bought by the third run.
  if exists (select from ingest.subjects where sync_kind = p_run.sync_kind and subject_id = p_run.subject_id and failure_count >= 2) then
    perform ingest.cut_run_short(p_run, 'its pages lead in a circle');
  else
    perform ingest.fail_run(p_run.run_id, 'repeated_cursor', 200, 'page ' || p_page_no || ' leads to a page that was read before');
  end if;
end;
$$;
comment on function ingest.leave_circle(ingest.runs, integer) is
  'X led back to a page that the run has read: the run fails, or is cut short where the runs before it failed too. Either way it deletes nothing (I2).';

-- source: db/functions/ingest/list_budgets.sql
create or replace function ingest.list_budgets()
  returns table (budget_id bigint, scope text, period text, cap_usd numeric, spent_usd numeric, left_usd numeric, held_calls bigint, began_at timestamptz, ends_at timestamptz)
  language sql
  stable
as $$
  -- A period begins in the row with the first call that is to go out in it.
  select b.budget_id, b.scope, b.period, b.cap_usd, s.usd, greatest(b.cap_usd - s.usd, 0),
         (select count(*) from ingest.calls as c where c.state = 'ready' and c.held_by = b.budget_id), p.began_at, ingest.period_end(b.period, base.now())
  from ingest.budgets as b
  cross join lateral (select ingest.period_start(b.period, base.now()) as began_at) as p
  cross join lateral (select case when b.began_at < p.began_at then ingest.spent_since(b, p.began_at) else b.spent_usd end + ingest.delivered_since(b, p.began_at) as usd) as s
  order by b.scope, b.period;
$$;
comment on function ingest.list_budgets() is 'See api.budgets.';

-- source: db/functions/ingest/lock_books.sql
create or replace function ingest.lock_books()
  returns void
  language sql
  volatile
as $$
  select pg_catalog.pg_advisory_xact_lock(7766, 3);
$$;
comment on function ingest.lock_books() is 'Waits to be alone with ledger and budgets, until the end of the transaction: what is summed up then misses no entry.';

-- source: db/functions/ingest/lock_call.sql
create or replace function ingest.lock_call(p_call_id bigint)
  returns ingest.calls
  language plpgsql
  volatile
as $$
declare
  v_call ingest.calls;
begin
  perform from ingest.runs where run_id = (select run_id from ingest.calls where call_id = p_call_id) for no key update;
  select * into v_call from ingest.calls where call_id = p_call_id for no key update;
  if not found then
    raise exception 'there is no call %', coalesce(p_call_id::text, 'null')
      using errcode = 'RK010', hint = 'Answers and failures go to the call_id that engine_tick handed out.';
  end if;
  return v_call;
end;
$$;
comment on function ingest.lock_call(bigint) is 'Locks a call''s run, then the call, and returns the call as it is now. RK010 for an unknown one.';

-- source: db/functions/ingest/look_up_leavers.sql
create or replace function ingest.look_up_leavers(p_ends graph.follow_changes[])
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
begin
  -- Answers write what became of these too: of many at once, in an order of their own.
  perform graph.lock_writer();
  with unknown as (
    select r.hidden_id, e.target_id, e.change_id
    from unnest(p_ends) as e
    cross join lateral ingest.reason_of_end(e) as r
    where r.reason = 'unknown' and ingest.taken_up_again_at(e) = 'infinity'
      and not exists (select from ingest.missing where resource = 'user' and item_key = r.hidden_id::text and ask_again_at > base.now())
  ), asked as (
    insert into ingest.departures as d (user_id, target_id, change_id, asked_at)
    select hidden_id, target_id, change_id, base.now() from unknown
    on conflict (user_id, target_id, change_id) do update set asked_at = excluded.asked_at, reason = null, known_at = null
    returning d.user_id
  )
  select array_agg(distinct user_id) into v_user_ids from asked;
  return coalesce(ingest.start_lookups('users', v_user_ids, 'leaver'), '{}');
end;
$$;
comment on function ingest.look_up_leavers(graph.follow_changes[]) is
  'Has everybody looked up of whom nothing says why these follows ended, but for those who were looked up in vain lately (I6); returns the runs. Those whom a look-up under way shows are waited for.';

-- source: db/functions/ingest/look_up_names.sql
create or replace function ingest.look_up_names(p_names text[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
begin
  select array_agg(distinct split_part(n, ' ', 2)::bigint) into v_user_ids from unnest(p_names) as n where n like 'user %';
  if v_user_ids is not null then
    perform ingest.start_lookups('users', v_user_ids, 'event');
  end if;
  perform ingest.start_handle_lookups(array(select split_part(n, ' ', 2) from unnest(p_names) as n where n like 'handle %'), 'event');
end;
$$;
comment on function ingest.look_up_names(text[]) is 'Has the users behind `user 12` and `handle name` looked up, a hundred a run (I6), but for those that are being looked up.';

-- source: db/functions/ingest/look_up_unseen.sql
create or replace function ingest.look_up_unseen(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
begin
  if base.setting_text('leavers.look_up') <> 'always' then
    return;
  end if;
  perform ingest.look_up_leavers(array(
    select c from graph.follow_changes as c
    where p_run.sync_kind = 'followers' and c.target_id = p_run.subject_id and c.change_id > p_run.start_position
      and c.run_id = p_run.run_id and c.change = 'removed'
    union all
    select c from graph.follow_changes as c
    where p_run.sync_kind = 'following' and c.follower_id = p_run.subject_id and c.change_id > p_run.start_position
      and c.run_id = p_run.run_id and c.change = 'removed'));
end;
$$;
comment on function ingest.look_up_unseen(ingest.runs) is 'After a sweep: has those looked up whom it missed, where the setting leavers.look_up says so.';

-- source: db/functions/ingest/metrics.sql
create or replace function ingest.metrics()
  returns table (metric text, labels jsonb, value numeric)
  language sql
  stable
as $$
  select 'calls_total', jsonb_build_object('endpoint', endpoint, 'status', http_status, 'class', answer_class), call_count::numeric from ingest.outcomes
  union all
  select m.metric, jsonb_build_object('endpoint', o.endpoint), m.value
  from (select endpoint, coalesce(sum(call_count) filter (where answer_class = 'page'), 0) as pages, sum(resource_count) as resources, sum(cost_usd) as cost_usd
        from ingest.outcomes group by endpoint) as o
  cross join lateral (values ('pages_total', o.pages), ('resources_total', o.resources), ('cost_usd_total', o.cost_usd)) as m (metric, value)
  union all
  select m.metric, jsonb_build_object('type', d.event_type), m.value
  from (select event_type, sum(event_count) as event_count, sum(cost_usd) as cost_usd from ingest.deliveries group by event_type) as d
  cross join lateral (values ('events_billed_total', d.event_count), ('events_cost_usd_total', d.cost_usd)) as m (metric, value)
  union all
  select 'lease_takeovers_total', '{}', base.last_drawn('ingest.takeovers')
  union all
  select 'window_remaining_calls', jsonb_build_object('endpoint', endpoint), case when reset_at <= base.now() then limit_count else remaining_count end
  from ingest.windows
  union all
  select 'provider_stopped', jsonb_build_object('provider', provider), (stopped_at is not null)::integer from ingest.providers
  union all
  select 'runs_in_progress', jsonb_build_object('kind', sync_kind), count(*) from ingest.runs where status = 'in_progress' group by sync_kind
  union all
  select 'calls_ready', jsonb_build_object('endpoint', endpoint), count(*) from ingest.calls where state = 'ready' and not_before <= base.now() group by endpoint
  union all
  select m.metric, '{}', m.value
  from (select count(*) as due_count, coalesce(extract(epoch from base.now() - min(due_at)), 0) as due_age from ingest.due where due_at <= base.now()) as d
  cross join lateral (values ('subjects_due', d.due_count), ('subjects_due_age_seconds', d.due_age)) as m (metric, value)
  union all
  select m.metric, jsonb_build_object('state', i.state), m.value
  from (select 'received' as state, count(*) as event_count, min(received_at) as first_at from ingest.webhook_events where state = 'received'
        union all
        select 'waiting', count(*), min(received_at) from ingest.webhook_events where state = 'waiting') as i
  cross join lateral (values ('inbox_events', i.event_count), ('inbox_age_seconds', coalesce(extract(epoch from base.now() - i.first_at), 0))) as m (metric, value);
$$;
comment on function ingest.metrics() is 'What was bought, what is under way, what is due and what lies in the inbox, as metrics (base.metrics). Reads counters, partial indexes and what is due, nothing of the size of the past.';

-- source: db/functions/ingest/missing_since.sql
create or replace function ingest.missing_since(p_target_id bigint, p_follower_id bigint, p_at timestamptz)
  returns text
  language plpgsql
  stable
as $$
begin
  -- As ingest.sweep_follows judges it: so many sweeps in a row must have missed it. A row that a sweep set aside was seen.
  return (
    select format('%s began later, and showed otherwise', ingest.name_run(s.run))
    from (values ('followers', p_target_id, p_follower_id), ('following', p_follower_id, p_target_id)) as l (sync_kind, subject_id, item_id)
    cross join lateral (
      select r as run from ingest.runs as r
      where r.sync_kind = l.sync_kind and r.subject_id = l.subject_id and r.status = 'success' and r.mode = 'full' and r.cursor_exhausted
      order by r.run_id desc
      offset base.setting_integer('absent_sweeps') - 1 limit 1
    ) as s
    where (s.run).started_at > p_at
      and not exists (select from graph.follows where target_id = p_target_id and follower_id = p_follower_id and deleted_at is null)
      and not exists (
        select from ingest.runs as r join ingest.pages as p using (run_id)
        where r.sync_kind = l.sync_kind and r.subject_id = l.subject_id and r.run_id >= (s.run).run_id
          and (r.run_id > (s.run).run_id or p.page_no >= r.first_page) and l.item_id = any (p.item_ids))
    order by l.sync_kind
    limit 1);
end;
$$;
comment on function ingest.missing_since(bigint, bigint, timestamptz) is
  'Which sweep that began after a time says that a follow that is not here is not there: it read the list of either end, to its end, without it; null when none did.';

-- source: db/functions/ingest/name_origin.sql
create or replace function ingest.name_origin(p_run_id bigint, p_event_id bigint)
  returns text
  language sql
  stable
as $$
  select coalesce((select ingest.name_run(r) from ingest.runs as r where r.run_id = p_run_id),
                  'run ' || p_run_id || ' (not kept)',
                  (select format('event %s, %s by webhook (%s)', e.event_id, e.event_type, e.source) from ingest.webhook_events as e where e.event_id = p_event_id),
                  'event ' || p_event_id || ' (not kept)',
                  'an operator');
$$;
comment on function ingest.name_origin(bigint, bigint) is 'The run or event behind a row of the graph''s logs, for a sentence; an operator, who forgot a user, where there is neither.';

-- source: db/functions/ingest/name_run.sql
create or replace function ingest.name_run(p_run ingest.runs)
  returns text
  language sql
  immutable
as $$
  select format('run %s, %s', p_run.run_id, p_run.sync_kind) || case
    when p_run.subject_id is not null then ' of ' || p_run.subject_id
    when cardinality(p_run.item_ids) = 1 then ' of ' || p_run.item_ids[1]
    when cardinality(p_run.handles) = 1 then ' of ' || p_run.handles[1]
    else format(' of %s', coalesce(cardinality(p_run.item_ids), cardinality(p_run.handles))) || ' at once' end;
$$;
comment on function ingest.name_run(ingest.runs) is 'A run by number, kind and subject, for a sentence.';

-- source: db/functions/ingest/name_user.sql
create or replace function ingest.name_user(p_value jsonb)
  returns text
  language plpgsql
  immutable
as $$
declare
  v_said constant text := case when jsonb_typeof(p_value) in ('string', 'number') then btrim(p_value #>> '{}', E' \t\r\n') end;
  v_link text[];
begin
  -- In Turkish, an I in lower case is no i.
  if v_said ~ '^[0-9]+$' then
    return 'user ' || base.parse_id(v_said);
  elsif v_said ~ '^@?[A-Za-z0-9_]{1,15}$' then
    return 'handle ' || lower(ltrim(v_said collate "C", '@'));
  end if;
  v_link := regexp_match(
    v_said, '^(?:https?://)?(?:www\.|mobile\.)?(?:x|twitter)\.com/(?:i/user/([0-9]+)|@?([A-Za-z0-9_]{1,15}))/?(?:[?#].*)?$', 'i');
  return case when v_link[1] is not null then 'user ' || base.parse_id(v_link[1]) else 'handle ' || lower(v_link[2] collate "C") end;
end;
$$;
comment on function ingest.name_user(jsonb) is
  '`user 12` or `handle name` from an id, a handle, an @handle or the link of a profile; null for anything else. All digits are an id; @ makes a handle of them.';

-- source: db/functions/ingest/newer_tidings_of_follow.sql
create or replace function ingest.newer_tidings_of_follow(p_event ingest.webhook_events, p_target_id bigint, p_follower_id bigint)
  returns text
  language plpgsql
  stable
as $$
begin
  return coalesce(
    (select format('event %s of the same follow is newer', e.event_id)
     from ingest.webhook_events as e
     where e.target_id = p_target_id and e.follower_id = p_follower_id and e.state = 'applied'
       and (e.happened_at, e.event_id) > (p_event.happened_at, p_event.event_id)
     order by e.event_id desc limit 1),
    (select format('%s began later, and showed otherwise', ingest.name_run(r))
     from graph.follows as f
     join graph.follow_changes as c on c.target_id = f.target_id and c.change_id = f.change_id
     join ingest.runs as r on r.run_id = c.run_id
     where f.target_id = p_target_id and f.follower_id = p_follower_id
       and r.started_at > p_event.happened_at and (c.change = 'removed') = (p_event.event_type = 'follow.follow')),
    case when p_event.event_type = 'follow.follow' then ingest.missing_since(p_target_id, p_follower_id, p_event.happened_at) end);
end;
$$;
comment on function ingest.newer_tidings_of_follow(ingest.webhook_events, bigint, bigint) is
  'What is known of an edge that is newer than an event of it: a later event, a change by a run that began later, or that such a run read the list without it; null when nothing is.';

-- source: db/functions/ingest/next_event_at.sql
create or replace function ingest.next_event_at()
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  return case
    -- Somebody writes the graph just now, else they would have been taken in.
    when ingest.has_due_events() then base.now() + interval '100 ms'
    else (select min(retry_at) from ingest.webhook_events where state = 'waiting')
  end;
end;
$$;
comment on function ingest.next_event_at() is 'When the inbox is worth another look; null while nothing lies in it.';

-- source: db/functions/ingest/next_work_at.sql
create or replace function ingest.next_work_at(p_counts_calls boolean)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  return (
    select least(
      (select min(lease_until) from ingest.calls where state = 'claimed'),
      -- Bounded above: due times that moved leave dead entries behind, which would all be passed on the way to the first live one.
      (select due_at from ingest.due where due_at <= base.now() + base.setting_interval('worker.heartbeat') order by due_at limit 1),
      (select min(greatest(c.not_before, ingest.window_opens_at(w), p.probe_at))
       from ingest.windows as w
       join ingest.endpoints as e using (endpoint)
       join ingest.providers as p using (provider)
       cross join lateral (
         select not_before from ingest.calls where endpoint = w.endpoint and state = 'ready' order by not_before limit 1
       ) as c
       where p_counts_calls)));
end;
$$;
comment on function ingest.next_work_at(boolean) is 'When a subject is due (within a heartbeat), a lease runs out or a call can go out, whichever is first; null when nothing is ahead.';

-- source: db/functions/ingest/objection_to.sql
create or replace function ingest.objection_to(p_call ingest.calls, p_class text, p_worker text)
  returns text
  language plpgsql
  stable
as $$
begin
  -- A page is welcome from anybody, however late, as long as its call is open: it is paid for.
  return case
    when p_call.state = 'cancelled' then 'the call was cancelled'
    when p_call.answered_at is not null then 'the call has ended'
    when p_class = 'page' then null
    when p_call.state <> 'claimed' then 'the call is not out'
    when p_call.worker <> p_worker then 'another worker has the call'
  end;
end;
$$;
comment on function ingest.objection_to(ingest.calls, text, text) is
  'Why an answer of this class, or silence, from this worker (null: whichever) changes nothing (I7, E6); null when it is to be taken.';

-- source: db/functions/ingest/oldest_work.sql
create or replace function ingest.oldest_work()
  returns table (about text, due_at timestamptz)
  language sql
  stable
as $$
  (select format('a sync of the %s of %s', d.sync_kind, d.subject_id), d.due_at from ingest.due as d where d.due_at <= base.now() order by d.due_at limit 1)
  union all
  select format('call %s to %s', c.call_id, e.endpoint), c.not_before
  from ingest.endpoints as e
  cross join lateral (
    select call_id, not_before from ingest.calls
    where endpoint = e.endpoint and state = 'ready' and not_before <= base.now() order by not_before, call_id limit 1) as c;
$$;
comment on function ingest.oldest_work() is 'What is due longest of what is to be bought: the sync, and for each endpoint the call. A call that a budget keeps back is due when that budget''s period ends.';

-- source: db/functions/ingest/open_calls.sql
create or replace function ingest.open_calls(p_run_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at)
  select r.run_id, k.endpoint, 1, base.now(), base.now()
  from ingest.runs as r
  join ingest.sync_kinds as k using (sync_kind)
  where r.run_id = any (p_run_ids)
  order by r.run_id;
end;
$$;
comment on function ingest.open_calls(bigint[]) is 'Makes the first call of these runs.';

-- source: db/functions/ingest/open_run_of.sql
create or replace function ingest.open_run_of(p_sync_kind text, p_subject_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return coalesce(
    (select run_id from ingest.runs where sync_kind = p_sync_kind and subject_id = p_subject_id and status = 'in_progress'),
    (select min(r.run_id)
     from ingest.sync_kinds as k
     join ingest.runs as r on r.sync_kind = k.sync_kind and r.status = 'in_progress'
     where k.serves = p_sync_kind and k.is_batched and p_subject_id = any (r.item_ids)));
end;
$$;
comment on function ingest.open_run_of(text, bigint) is 'The run in progress that makes a subject fresh, alone or among others; null when there is none.';

-- source: db/functions/ingest/page_size.sql
create or replace function ingest.page_size(p_mode text, p_new_count bigint)
  returns integer
  language plpgsql
  stable
as $$
begin
  -- A run that reads what is new ends with a page of which nothing is, after one that was new in part: both cost, so pages are a tenth of what is
  -- expected. That buys at most a quarter beyond it, where one page for all would buy as much again, and takes a dozen calls.
  return least(base.setting_integer('page.follows'), case
    when p_mode = 'full' then 1000
    when p_new_count is null then base.setting_integer('page.unsized')
    else greatest(base.setting_integer('page.small'), ceil(p_new_count / 10.0)) end);
end;
$$;
comment on function ingest.page_size(text, bigint) is 'In pages of how many rows follows are read, where so many are expected to be new (null: nobody can say).';

-- source: db/functions/ingest/pause_after.sql
create or replace function ingest.pause_after(p_call ingest.calls, p_answer ingest.answer)
  returns interval
  language plpgsql
  stable
as $$
declare
  v_cap constant interval := base.setting_interval('call.backoff_cap');
begin
  return greatest(
    base.backoff(base.setting_interval('call.backoff'), v_cap, p_call.attempt_count, 'call ' || p_call.call_id),
    case when p_answer.retry_after is not null then least(v_cap, p_answer.retry_after * interval '1 second') end);
end;
$$;
comment on function ingest.pause_after(ingest.calls, ingest.answer) is
  'How long a call waits before it is sent once more: longer with each attempt, with a jitter (E4), and as long as the answer asks for, up to a cap.';

-- source: db/functions/ingest/period_end.sql
create or replace function ingest.period_end(p_period text, p_at timestamptz)
  returns timestamptz
  language sql
  immutable
as $$
  select (date_trunc(p_period, p_at at time zone 'UTC') + case p_period when 'day' then interval '1 day' else interval '1 month' end) at time zone 'UTC';
$$;
comment on function ingest.period_end(text, timestamptz) is 'When the UTC day or month of a moment is over, and the next begins.';

-- source: db/functions/ingest/period_start.sql
create or replace function ingest.period_start(p_period text, p_at timestamptz)
  returns timestamptz
  language sql
  immutable
as $$
  select date_trunc(p_period, p_at at time zone 'UTC') at time zone 'UTC';
$$;
comment on function ingest.period_start(text, timestamptz) is 'When the UTC day or month of a moment began.';

-- source: db/functions/ingest/pick_calls.sql
create or replace function ingest.pick_calls(p_slots integer)
  returns ingest.quote[]
  language plpgsql
  volatile
as $$
begin
  return (
    with open_windows as materialized (
      -- A window that another worker is just counting down is passed over until the next tick.
      select w.endpoint, ingest.window_room(w) as room
      from ingest.windows as w
      join ingest.endpoints as e using (endpoint)
      join ingest.providers as p using (provider)
      where (p.stopped_at is null or p.probe_at <= base.now())
        and exists (select from ingest.calls where endpoint = w.endpoint and state = 'ready' and not_before <= base.now())
      order by w.endpoint
      for update of w skip locked
    ), picked as materialized (
      select c.call_id
      from open_windows as w
      cross join lateral (
        select r.call_id, r.not_before from ingest.calls as r
        where r.endpoint = w.endpoint and r.state = 'ready' and r.not_before <= base.now()
          and exists (select from ingest.runs where run_id = r.run_id and payer_ids is not null)
        order by r.not_before, r.call_id
        limit least(w.room, p_slots)
      ) as c
      order by c.not_before, c.call_id
      limit case when exists (select from ingest.providers where stopped_at is not null) then least(p_slots, 1) else p_slots end
    )
    select array_agg(row(locked.call_id, r.run_id, locked.endpoint, q.path, q.query, r.payer_ids, ingest.x_v2_row_limit(q.query),
                         ingest.price_of(locked.endpoint, case when num_nonnulls(r.item_ids, r.handles) = 0 then r.subject_id end))::ingest.quote order by locked.not_before, locked.call_id)
    from (select call_id from picked) as p
    join lateral (select * from ingest.calls where call_id = p.call_id for update skip locked) as locked on true
    join ingest.runs as r on r.run_id = locked.run_id
    cross join lateral ingest.x_v2_request(locked, r) as q
    where locked.state = 'ready');
end;
$$;
comment on function ingest.pick_calls(integer) is
  'At most p_slots calls that may go out now, oldest first, within what each endpoint''s rate window has room for; one only, now and then, while the provider is stopped. Locks them and their windows; null for none.';

-- source: db/functions/ingest/plan_runs.sql
create or replace function ingest.plan_runs(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_due record;
  v_count integer := 0;
begin
  perform ingest.drop_outdated_searches();
  -- Profiles first: a list whose subject is not known yet can then wait for a look-up that is under way.
  for v_due in
    with picked as (
      select sync_kind, subject_id from ingest.due where due_at <= base.now()
      order by due_at, sync_kind, subject_id limit p_limit for update skip locked
    ), taken as (
      delete from ingest.due as d using picked as p
      where d.sync_kind = p.sync_kind and d.subject_id = p.subject_id
      returning d.sync_kind, d.subject_id
    )
    select t.sync_kind, k.is_batched, array_agg(t.subject_id order by t.subject_id) as subject_ids
    from taken as t join ingest.sync_kinds as k using (sync_kind)
    group by t.sync_kind, k.is_batched order by k.is_batched desc, t.sync_kind
  loop
    v_count := v_count + cardinality(v_due.subject_ids);
    if v_due.is_batched then
      perform ingest.start_lookups(v_due.sync_kind, v_due.subject_ids, 'due');
    elsif v_due.sync_kind = 'posts' then
      perform ingest.start_polls(v_due.subject_ids);
    else
      perform ingest.start_list_runs(v_due.sync_kind, ingest.take_events_word(v_due.sync_kind, v_due.subject_ids));
    end if;
  end loop;
  return v_count;
end;
$$;
comment on function ingest.plan_runs(integer) is 'Starts a run for at most p_limit subjects that are due; returns how many.';

-- source: db/functions/ingest/price_of.sql
create or replace function ingest.price_of(p_endpoint text, p_list_of bigint)
  returns numeric
  language plpgsql
  stable
as $$
begin
  return (
    select case when p_list_of::text = base.setting_text('x_v2.own_account') then p.owned_usd else p.usd end
    from ingest.endpoints as e join ingest.prices as p using (resource)
    where e.endpoint = p_endpoint);
end;
$$;
comment on function ingest.price_of(text, bigint) is
  'The price of one resource that a call returns, in US dollars. p_list_of: whose list or timeline it reads, null for a look-up; the own account''s are cheaper (owned reads).';

-- source: db/functions/ingest/price_of_look_ups.sql
create or replace function ingest.price_of_look_ups(p_user_ids bigint[], out users bigint, out usd numeric)
  language sql
  stable
as $$
  select count(*), coalesce(sum(case when p.bought_on = (base.now() at time zone 'UTC')::date then 0 else ingest.price_of('users', null) end), 0)
  from (select distinct user_id from unnest(p_user_ids) as u (user_id)) as i
  left join ingest.purchases as p on p.resource = 'user' and p.item_id = i.user_id;
$$;
comment on function ingest.price_of_look_ups(bigint[]) is 'How many different users these are, and what X bills at most for their profiles today, in US dollars: what was bought today is not billed again (I9).';

-- source: db/functions/ingest/profile_count.sql
create or replace function ingest.profile_count(p_sync_kind text, p_user_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return (
    select case p_sync_kind when 'followers' then c.followers_count when 'following' then c.following_count when 'posts' then c.post_count end
    from ingest.subjects as s join graph.user_counts as c on c.user_id = s.subject_id
    where s.sync_kind = 'users' and s.subject_id = p_user_id
      and s.refused_class is null and s.fresh_at >= base.now() - base.setting_interval('counts.serve_for'));
end;
$$;
comment on function ingest.profile_count(text, bigint) is 'How many followers, followed or posts a user''s profile counts; null when it was not looked at lately, or does not say.';

-- source: db/functions/ingest/purge_calls.sql
create or replace function ingest.purge_calls(p_limit integer)
  returns integer
  language plpgsql
  volatile
  -- Right after a restore or a burst there are no statistics, and a plan that reads all of what it takes a step of.
  set enable_seqscan = off
as $$
declare
  v_call_ids bigint[];
  v_sums ingest.spend_sums[];
begin
  -- Calls are in the order in which they were made, and the oldest of a run that is under way ends the list.
  v_call_ids := array(
    select call_id
    from (select call_id, answered_at from ingest.calls order by call_id limit p_limit) as first
    where answered_at < (select ingest.cleared_until()));
  if v_call_ids = '{}' then
    return 0;
  end if;
  with cleared as (
    delete from ingest.ledger where call_id = any (v_call_ids) returning *
  )
  select array_agg(((l.booked_at at time zone 'UTC')::date, l.endpoint, coalesce(r.payer_ids, '{}'), 1, coalesce(l.resource_count, 0), coalesce(l.billed_count, 0),
                    case when l.billed_count is null then 0 else l.booked_usd end, l.booked_usd)::ingest.spend_sums)
  into v_sums
  from cleared as l join ingest.runs as r using (run_id);
  perform ingest.sum_up_spend(v_sums);
  delete from ingest.calls where call_id = any (v_call_ids);
  return cardinality(v_call_ids);
end;
$$;
comment on function ingest.purge_calls(integer) is
  'Deletes calls that ended before ingest.cleared_until(), at most p_limit, and their entries in the ledger, whose sums stay (W7); returns how many.';

-- source: db/functions/ingest/purge_events.sql
create or replace function ingest.purge_events(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_until constant timestamptz := least(
    base.now() - base.setting_interval('retention.events'),
    -- What told of an edge since a run began keeps it from the sweep of that run, however long it takes (I2).
    (select min(started_at) from ingest.runs where status = 'in_progress'));
  v_count integer;
begin
  -- Ids are in the order of receipt, so a young first one says that there is nothing to do.
  if (select received_at from ingest.webhook_events order by event_id limit 1) < v_until is not true then
    return 0;
  end if;
  with old as (
    select e.event_id, e.event_key
    from (select event_id from ingest.webhook_events where received_at < v_until order by event_id limit p_limit) as first
    join ingest.webhook_events as e using (event_id)
    order by e.event_id for update of e skip locked
  ), purged_keys as (
    delete from ingest.event_keys as k using old as o where k.event_key = o.event_key and k.event_id = o.event_id
  ), purged as (
    delete from ingest.webhook_events as e using old as o where e.event_id = o.event_id
    returning e.event_id
  )
  select count(*) into v_count from purged;
  return v_count;
end;
$$;
comment on function ingest.purge_events(integer) is
  'Deletes events that are older than retention.events, and than every run that is under way, at most p_limit, and their keys (W7); returns how many. What they cost stays in ingest.deliveries. What they changed keeps their numbers.';

-- source: db/functions/ingest/purge_runs.sql
create or replace function ingest.purge_runs(p_limit integer)
  returns integer
  language plpgsql
  volatile
  -- Right after a restore or a burst there are no statistics, and a plan that reads all of what it takes a step of.
  set enable_seqscan = off
as $$
declare
  v_from constant bigint := (select up_to_run_id from ingest.cleared_runs);
  v_until constant timestamptz := ingest.cleared_until();
  v_run_ids bigint[];
begin
  -- As many as have p_limit pages, one at least; up to the first that is young.
  v_run_ids := array(
    select run_id
    from (select run_id,
                 bool_and(coalesce(completed_at < v_until, false)) over (order by run_id) as are_old,
                 sum(page_count) over (order by run_id) - page_count as pages_before
          from (select run_id, completed_at, page_count from ingest.runs where run_id > v_from order by run_id limit p_limit) as first) as counted
    where are_old and pages_before < p_limit
    order by run_id);
  if v_run_ids = '{}' then
    return 0;
  end if;
  -- After this there is no receipt that could tell whose counts a run may have been the last to change.
  perform ingest.keep_runs(array(
    select r.run_id
    from ingest.runs as r
    where r.run_id = any (v_run_ids) and not r.is_named
      and exists (
        select from ingest.pages as p
        cross join lateral unnest(p.item_ids) as i (user_id)
        join lateral (select run_id from graph.user_counts where user_id = i.user_id limit 1) as c on c.run_id = r.run_id
        where p.run_id = r.run_id and r.sync_kind in ('followers', 'following', 'users', 'handles'))));
  delete from ingest.rejects where run_id = any (v_run_ids);
  delete from ingest.pages where run_id = any (v_run_ids);
  update ingest.cleared_runs set up_to_run_id = v_run_ids[cardinality(v_run_ids)];
  perform ingest.drop_nameless_runs(v_run_ids);
  return cardinality(v_run_ids);
end;
$$;
comment on function ingest.purge_runs(integer) is
  'Deletes the receipts of runs that ended before ingest.cleared_until(), at most about p_limit pages, and of these runs those that no kept row names (W7); returns how many runs it looked at. Their calls went before.';

-- source: db/functions/ingest/read_event_body.sql
create or replace function ingest.read_event_body(p_source text, p_body text, out payload jsonb, out event_type text)
  language plpgsql
  immutable
as $$
begin
  payload := base.parse_json(p_body);
  if p_source = 'new_follower' then
    event_type := 'follow.follow';
    if jsonb_typeof(payload) = 'object' then
      payload := payload - array['token', 'secret', 'authorization'];
    end if;
  elsif p_source = 'x_activity' then
    event_type := left(ingest.x_activity_envelope(payload) ->> 'event_type', 100);
  end if;
end;
$$;
comment on function ingest.read_event_body(text, text) is
  'The payload in the text of an event, and its type. A secret that a sender of new followers put into the text is not kept. Raises nothing; the payload is null where there is no JSON.';

-- source: db/functions/ingest/read_new_follower.sql
create or replace function ingest.read_new_follower(p_payload jsonb)
  returns ingest.tidings
  language plpgsql
  stable
as $$
declare
  v_tidings ingest.tidings;
begin
  v_tidings.subject := ingest.name_user(p_payload -> 'follower');
  v_tidings.object := ingest.name_user(coalesce(nullif(p_payload -> 'target', 'null'), to_jsonb(base.setting_text('webhook.own_account'))));
  if v_tidings.object is null then
    v_tidings.fault := 'it names no target, and webhook.own_account is not set any more';
  end if;
  return v_tidings;
end;
$$;
comment on function ingest.read_new_follower(jsonb) is 'Reads an event of a new follower, which was checked when it came (ingest.check_new_follower).';

-- source: db/functions/ingest/read_window.sql
create or replace function ingest.read_window(p_call ingest.calls, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_limit constant integer := nullif(p_answer.limit_count, 0);
  v_is_spent constant boolean := p_answer.answer_class = 'rate_limited';
begin
  -- Calls that are still out were counted down already, so within one window the smaller number is true. A later reset or another limit is
  -- another window, out of which they may have to be served. A reset time is believed only within the length of a window from now: X's clock
  -- may be far off, or ours.
  update ingest.windows as w set
    limit_count = coalesce(v_limit, w.limit_count),
    remaining_count = least(coalesce(v_limit, w.limit_count), case
      when v_is_spent then 0
      when (a.reset_at > w.reset_at or v_limit <> w.limit_count) and p_answer.remaining_count is not null
        then greatest(0, p_answer.remaining_count - (select count(*) from ingest.calls where endpoint = p_call.endpoint
                                                       and state = 'claimed' and call_id <> p_call.call_id))
      when w.reset_at > base.now() then least(w.remaining_count, coalesce(p_answer.remaining_count, w.remaining_count))
      else coalesce(p_answer.remaining_count, w.remaining_count) end),
    reset_at = coalesce(a.reset_at, case when v_is_spent then base.now() + e.window_length end, w.reset_at)
  from ingest.endpoints as e
  cross join lateral (
    select case when p_answer.reset_at > base.now() then least(p_answer.reset_at, base.now() + e.window_length + interval '1 minute')
                when p_answer.reset_at is not null and v_is_spent then base.now() + interval '10 seconds' end as reset_at
  ) as a
  where w.endpoint = p_call.endpoint and e.endpoint = p_call.endpoint
    and num_nonnulls(v_limit, p_answer.remaining_count, p_answer.reset_at) + v_is_spent::integer > 0;
end;
$$;
comment on function ingest.read_window(ingest.calls, ingest.answer) is 'Believes the rate headers of the answer to a call (I8).';

-- source: db/functions/ingest/reap_calls.sql
create or replace function ingest.reap_calls()
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_limit constant integer := base.setting_integer('call.attempts');
  v_count integer;
  v_run_id bigint;
begin
  with expired as (
    select call_id from ingest.calls where state = 'claimed' and lease_until <= base.now() and attempt_count < v_limit
    order by lease_until for update skip locked
  )
  update ingest.calls as c set state = 'ready', lease_until = null, not_before = base.now()
  from expired as e where c.call_id = e.call_id;
  get diagnostics v_count = row_count;
  perform nextval('ingest.takeovers') from generate_series(1, v_count);

  for v_run_id in
    -- By kind, since runs of a kind that fail share a decision: so two workers that reap wait for each other, and not in a circle.
    select c.run_id from ingest.calls as c join ingest.runs as r using (run_id)
    where c.state = 'claimed' and c.lease_until <= base.now() and c.attempt_count >= v_limit order by r.sync_kind, c.call_id
  loop
    perform from ingest.runs where run_id = v_run_id for no key update skip locked;
    if found and exists (select from ingest.calls where run_id = v_run_id and state = 'claimed' and lease_until <= base.now()) then
      perform ingest.fail_run(v_run_id, 'timeout', null, 'every worker that took the call fell silent');
      perform nextval('ingest.takeovers');
      v_count := v_count + 1;
    end if;
  end loop;
  return v_count;
end;
$$;
comment on function ingest.reap_calls() is
  'Gives back the calls whose lease has run out (E6), or fails the run of one that was sent often enough; returns how many.';

-- source: db/functions/ingest/reason_of_begin.sql
create or replace function ingest.reason_of_begin(p_begin graph.follow_changes, out reason text, out hidden_id bigint)
  language plpgsql
  stable
as $$
declare
  v_run ingest.runs;
  v_end record;
begin
  reason := 'followed';
  if p_begin.event_id is not null then
    return;
  end if;
  if p_begin.change = 'revived' then
    select * into v_end
    from ingest.reason_of_end(graph.last_change_of_follow(p_begin.target_id, p_begin.follower_id, p_begin.change_id - 1));
    hidden_id := v_end.hidden_id;
    reason := case v_end.reason when 'unfollowed' then 'followed' when 'unknown' then 'unknown' else 'returned' end;
    return;
  end if;
  select * into v_run from ingest.runs where run_id = p_begin.run_id;
  if v_run.mode = 'full' and not exists (
    select from ingest.runs as r
    where r.sync_kind = v_run.sync_kind and r.subject_id = v_run.subject_id and r.run_id < v_run.run_id and r.status = 'success' and r.mode = 'full'
  ) then
    reason := 'found';
  end if;
end;
$$;
comment on function ingest.reason_of_begin(graph.follow_changes) is
  'Why a follow is there since a change. followed: it was not there when the list was read before. found: nobody had read the whole list before. returned: X did not show hidden_id for a while, and does again. unknown: it had ended, or hidden_id was not shown; nothing says which.';

-- source: db/functions/ingest/reason_of_end.sql
create or replace function ingest.reason_of_end(p_end graph.follow_changes, out reason text, out hidden_id bigint, out known_at timestamptz)
  language plpgsql
  stable
as $$
declare
  v_run ingest.runs;
  v_state graph.user_changes;
begin
  reason := 'unfollowed';
  known_at := p_end.changed_at;
  if p_end.event_id is not null then
    return;
  end if;
  -- A sweep: who was not shown may have unfollowed, or may not be shown at all.
  select * into v_run from ingest.runs where run_id = p_end.run_id;
  hidden_id := case v_run.sync_kind when 'followers' then p_end.follower_id else p_end.target_id end;
  select d.reason, d.known_at into reason, known_at
  from ingest.departures as d
  where d.user_id = hidden_id and d.target_id = p_end.target_id and d.change_id = p_end.change_id;
  if reason is not null then
    return;
  end if;
  -- What was known of the user then; or what was found next, if X has not shown the user, without the follow, in between.
  select * into v_state from graph.user_changes
  where user_id = hidden_id and change_id < p_end.change_id and change in ('added', 'removed', 'revived')
  order by change_id desc limit 1;
  if v_state.change is distinct from 'removed' then
    select * into v_state from graph.user_changes
    where user_id = hidden_id and change_id > p_end.change_id and change in ('removed', 'revived')
    order by change_id limit 1;
    known_at := ingest.shown_between(hidden_id, v_run.subject_id, p_end.changed_at,
      least(ingest.taken_up_again_at(p_end), case when v_state.change = 'removed' then v_state.changed_at end));
  end if;
  if known_at is not null then
    reason := 'unfollowed';
  elsif v_state.change = 'removed' then
    reason := ingest.class_of_departure(v_state.gone_reason);
    known_at := v_state.changed_at;
  else
    reason := 'unknown';
  end if;
end;
$$;
comment on function ingest.reason_of_end(graph.follow_changes) is
  'Why a follow ended. unfollowed: an event said so, or X showed the user since, and not in the list. suspended, deleted (X finds no such account: deleted or deactivated), protected: X does not show hidden_id, for that reason. unknown: nothing says it; ingest.look_up_leavers finds out. known_at: since when that is known.';

-- source: db/functions/ingest/reason_to_read_all.sql
create or replace function ingest.reason_to_read_all(
    p_sync_kind text, p_subject_id bigint, p_full_at timestamptz, p_list_count bigint, p_doubt_count bigint)
  returns text
  language plpgsql
  stable
as $$
declare
  v_windows record;
begin
  select * into v_windows from ingest.windows_of(p_sync_kind, p_subject_id);
  return case
    when p_full_at is null then 'first'
    when ingest.reconcile_at(p_full_at, v_windows.fresh_within, v_windows.reconcile_within) <= base.now() then 'reconcile'
    when p_doubt_count >= greatest(1, p_list_count * v_windows.reconcile_doubt / 100) then 'doubt'
    -- All but what a short look would buy too.
    when p_doubt_count > 0 and ingest.is_bought_today(p_sync_kind, p_subject_id, p_list_count - base.setting_integer('page.small')) then 'free' end;
end;
$$;
comment on function ingest.reason_to_read_all(text, bigint, timestamptz, bigint, bigint) is
  'Why a list that is due is read in full: first, reconcile (by age), doubt, or free (bought today, and something left it unseen); null: only what is new is read (I3, I9).';

-- source: db/functions/ingest/receive_events.sql
create or replace function ingest.receive_events(p_events jsonb)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_results jsonb;
begin
  if jsonb_typeof(p_events) is distinct from 'array' or jsonb_path_exists(p_events, '$[*] ? (@.type() != "object")') then
    raise exception 'events are not an array of objects' using errcode = 'RK040', hint = 'Give [{"source": "new_follower", "body": "…"}].';
  end if;
  with sent as materialized (
    select e.place, e.source, e.body, p.payload, p.event_type, c.field, c.message,
           case when c.field is null then ingest.event_key(e.source, p.event_type, p.payload, e.body) end as event_key
    from rows from (jsonb_to_recordset(p_events) as (source text, body text)) with ordinality as e (source, body, place)
    cross join lateral ingest.read_event_body(e.source, e.body) as p
    cross join lateral ingest.check_event(e.source, p.payload) as c
  ), proposed as materialized (
    select s.*, nextval('ingest.event_ids') as event_id
    from (select distinct on (event_key) * from sent where event_key is not null order by event_key, place) as s
    order by s.place
  ), keyed as (
    -- In the order of keys, so that two batches of the same events wait for each other, and not in a circle.
    insert into ingest.event_keys as k (event_key, event_id, expires_at)
    select p.event_key, p.event_id, case when p.event_key ~ '^\w+ sha256 ' then base.now() + base.setting_interval('webhook.digest_window') end
    from proposed as p
    order by p.event_key
    on conflict (event_key) do update set
      event_id = case when k.expires_at <= base.now() then excluded.event_id else k.event_id end,
      expires_at = case when k.expires_at <= base.now() then excluded.expires_at else k.expires_at end,
      repeat_count = case when k.expires_at <= base.now() then 0 else k.repeat_count + 1 end
    returning k.event_key, k.event_id
  ), stored as (
    insert into ingest.webhook_events (event_id, source, event_type, event_key, payload, received_at, happened_at)
    select p.event_id, p.source, p.event_type, p.event_key, p.payload, base.now(), ingest.event_time(p.source, p.payload)
    from proposed as p join keyed as k using (event_key, event_id)
  )
  select jsonb_agg(case when s.field is null
    then jsonb_build_object('event_id', k.event_id, 'is_duplicate', p.place is null)
    else jsonb_build_object('code', 'RK040', 'field', s.field, 'message', s.message) end order by s.place)
  into v_results
  from sent as s
  left join keyed as k using (event_key)
  left join proposed as p on p.place = s.place and p.event_id = k.event_id;
  return coalesce(v_results, '[]');
end;
$$;
comment on function ingest.receive_events(jsonb) is
  'Stores a batch of events: see api.webhook_receive. Duplicates are found by a unique key, so also those that arrive at the same moment. Error RK040.';

-- source: db/functions/ingest/reconcile_at.sql
create or replace function ingest.reconcile_at(p_full_at timestamptz, p_fresh_within interval, p_reconcile_within interval)
  returns timestamptz
  language sql
  stable
as $$
  -- A little early, since reading takes time and removals are to be seen within that age: by a look, but no more than a twentieth of it. An age
  -- below the window of freshness makes every look a full one, but brings none nearer: that would buy more than anybody asked for.
  select p_full_at + greatest(p_reconcile_within - least(p_fresh_within, p_reconcile_within / 20), p_fresh_within) where p_reconcile_within is not null;
$$;
comment on function ingest.reconcile_at(timestamptz, interval, interval) is 'When a list that was read in full at a time is to be read in full again, by its age (I3); null for what is no list.';

-- source: db/functions/ingest/record_answer.sql
create or replace function ingest.record_answer(p_call_id bigint, p_status integer, p_headers jsonb, p_body text, p_worker text default null)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_endpoint constant text := (select endpoint from ingest.calls where call_id = p_call_id);
  v_call ingest.calls;
  v_answer ingest.answer;
  v_objection text;
  v_before ingest.ledger;
  v_after ingest.ledger;
begin
  perform base.forget_notes();
  -- Before the answer is read: rows that are known already are not read again, and what is known must not move until the others are stored.
  -- (A 403 may be about its subject, whose state is then recorded.)
  if p_status in (200, 403) then
    perform graph.lock_writer();
  end if;
  if v_endpoint is not null then
    v_answer := ingest.x_v2_answer(v_endpoint, p_status, p_headers, p_body);
  end if;
  v_call := ingest.lock_call(p_call_id);
  v_objection := ingest.objection_to(v_call, v_answer.answer_class, p_worker);
  if v_objection is not null then
    return jsonb_build_object('recorded', false, 'class', v_answer.answer_class, 'run_id', v_call.run_id, 'why', v_objection);
  end if;
  perform ingest.read_window(v_call, v_answer);
  v_before := ingest.entry_of(p_call_id);
  v_after := ingest.settle_call(v_call, v_before, v_answer);
  perform ingest.take_answer(v_call, p_status, v_answer);
  perform ingest.settle_budgets(v_before, v_after);
  perform ingest.count_outcome(v_call.endpoint, p_status, v_answer, v_after);
  return jsonb_build_object('recorded', true, 'class', v_answer.answer_class, 'run_id', v_call.run_id,
                            'resources', v_answer.resource_count, 'rejected', coalesce(cardinality(v_answer.rejects), 0))
         || base.report_decisions();
end;
$$;
comment on function ingest.record_answer(bigint, integer, jsonb, text, text) is
  'Records what a call brought: once (I7), and in one transaction with all that follows of it (I4). Says what it was, or why it changes nothing. RK010 for an unknown call.';

-- source: db/functions/ingest/record_held_calls.sql
create or replace function ingest.record_held_calls()
  returns void
  language plpgsql
  volatile
as $$
begin
  perform base.decide('rate_limit', 'endpoint ' || w.endpoint, 'the rate window is used up', w.reset_at,
                     jsonb_build_object('limit', w.limit_count))
  from (
    -- Whoever has the window in hand says it: a tick waits for no other one.
    select * from ingest.windows as w
    where w.remaining_count = 0 and w.reset_at > base.now()
      and exists (select from ingest.calls where endpoint = w.endpoint and state = 'ready')
      and not exists (
        select from base.decisions
        where decision_kind = 'rate_limit' and about = 'endpoint ' || w.endpoint and until_at = w.reset_at)
    order by w.endpoint for no key update skip locked
  ) as w;
end;
$$;
comment on function ingest.record_held_calls() is 'One decision for each window that holds calls back, once a window (E3).';

-- source: db/functions/ingest/record_missing.sql
create or replace function ingest.record_missing(p_run ingest.runs, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_resource constant text := case p_run.sync_kind when 'users' then 'user' when 'handles' then 'handle' else 'post' end;
  v_keys text[];
  v_reasons text[];
begin
  -- What was asked for and did not come, or could not be read, with X's reason where it gave one. A protected user's profile does come.
  select array_agg(asked.item_key), array_agg(coalesce(m.reason, 'not_returned'))
  into v_keys, v_reasons
  from (select i::text as item_key from unnest(p_run.item_ids) as i union all select lower(h) from unnest(p_run.handles) as h) as asked
  left join (select distinct on (lower(item_key collate "C")) lower(item_key collate "C") as item_key, reason
             from unnest(p_answer.missing_keys, p_answer.missing_reasons) as m (item_key, reason)) as m using (item_key)
  where asked.item_key not in (select u.user_id::text from unnest(p_answer.profiles) as u)
    and asked.item_key not in (select p.post_id::text from unnest(p_answer.posts) as p)
    and asked.item_key not in (select lower(u.handle) from unnest(p_answer.profiles) as u where u.handle is not null);

  delete from ingest.missing as m
  using (select i::text as item_key from unnest(p_answer.item_ids) as i where v_resource <> 'handle'
         union all select lower(u.handle) from unnest(p_answer.profiles) as u where v_resource = 'handle') as found
  where m.resource = v_resource and m.item_key = found.item_key;
  insert into ingest.missing as m (resource, item_key, reason, first_at, last_at, ask_again_at)
  select v_resource, k.item_key, k.reason, base.now(), base.now(), base.now() + base.setting_interval('subject.recheck')
  from unnest(v_keys, v_reasons) as k (item_key, reason)
  on conflict (resource, item_key) do update set reason = excluded.reason, last_at = excluded.last_at, ask_again_at = excluded.ask_again_at;

  if v_resource = 'user' then
    perform graph.mark_users_gone(array_agg(k.item_key::bigint), array_agg(k.reason), p_run.run_id)
    from unnest(v_keys, v_reasons) as k (item_key, reason) where k.reason in ('suspended', 'not_found')
    having count(*) > 0;
  elsif v_resource = 'post' then
    update ingest.runs set removed_count = removed_count + graph.remove_posts(
      array(select k.item_key::bigint from unnest(v_keys, v_reasons) as k (item_key, reason) where k.reason = 'not_found'), p_run.run_id)
    where run_id = p_run.run_id;
  end if;
end;
$$;
comment on function ingest.record_missing(ingest.runs, ingest.answer) is
  'Of a look-up: what X did not return, and why (I6); users it names as gone are marked (G4), and posts it does not find die (G4).';

-- source: db/functions/ingest/record_purchases.sql
create or replace function ingest.record_purchases(p_resource text, p_item_ids bigint[], p_sent_at timestamptz)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_today constant date := (base.now() at time zone 'UTC')::date;
  v_sent_on constant date := (p_sent_at at time zone 'UTC')::date;
  v_new_ids bigint[];
  v_old_ids bigint[];
begin
  -- A call that was out at midnight was billed on the one day or the other: then nothing is taken for paid, and what it brought is marked with the
  -- day before.
  select array_agg(i.item_id order by i.item_id) filter (where p.bought_on is null),
         array_agg(i.item_id) filter (where p.bought_on is not null and (p.bought_on < v_today or v_sent_on < v_today))
  into v_new_ids, v_old_ids
  from (select distinct item_id from unnest(p_item_ids) as u (item_id)) as i
  left join lateral (select bought_on from ingest.purchases where resource = p_resource and item_id = i.item_id limit 1) as p on true;
  if v_new_ids is not null then
    insert into ingest.purchases (resource, item_id, bought_on) select p_resource, item_id, v_sent_on from unnest(v_new_ids) as item_id;
  end if;
  if v_old_ids is not null then
    update ingest.purchases set bought_on = v_sent_on where resource = p_resource and item_id = any (v_old_ids) and bought_on < v_sent_on;
  end if;
  return coalesce(cardinality(v_new_ids), 0) + coalesce(cardinality(v_old_ids), 0);
end;
$$;
comment on function ingest.record_purchases(text, bigint[], timestamptz) is
  'Marks resources as bought on the UTC day on which the call was sent, and returns how many of them X bills: each once a day (I9). In doubt, near midnight, one more rather than one less. The caller holds graph.lock_writer().';

-- source: db/functions/ingest/record_silence.sql
create or replace function ingest.record_silence(p_call_id bigint, p_class text, p_detail text, p_worker text)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_call ingest.calls;
  v_answer ingest.answer;
  v_objection text;
  v_before ingest.ledger;
  v_after ingest.ledger;
begin
  perform base.forget_notes();
  v_call := ingest.lock_call(p_call_id);
  v_objection := ingest.objection_to(v_call, p_class, p_worker);
  if v_objection is not null then
    return jsonb_build_object('recorded', false, 'class', p_class, 'run_id', v_call.run_id, 'why', v_objection);
  end if;
  v_answer.answer_class := p_class;
  v_answer.detail := left(p_detail, 500);
  v_before := ingest.entry_of(p_call_id);
  v_after := ingest.settle_call(v_call, v_before, v_answer);
  perform ingest.take_answer(v_call, null, v_answer);
  perform ingest.settle_budgets(v_before, v_after);
  perform ingest.count_outcome(v_call.endpoint, 0, v_answer, v_after);
  return jsonb_build_object('recorded', true, 'class', p_class, 'run_id', v_call.run_id) || base.report_decisions();
end;
$$;
comment on function ingest.record_silence(bigint, text, text, text) is
  'Records that a call got no answer. Only a call that is out can fail, and only for the worker that has it (null: whichever): who comes late changes nothing. RK010 for an unknown call.';

-- source: db/functions/ingest/refuse_run.sql
create or replace function ingest.refuse_run(p_run_id bigint, p_class text, p_status integer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_position constant bigint := graph.last_change_id();
  v_until constant timestamptz := base.now() + base.setting_interval('subject.recheck');
begin
  v_run := ingest.close_run(p_run_id, p_class, p_status, null, v_until);
  insert into ingest.subjects as s (sync_kind, subject_id, refused_class, refused_at)
  values (v_run.sync_kind, v_run.subject_id, p_class, base.now())
  on conflict (sync_kind, subject_id) do update set
    refused_class = excluded.refused_class, refused_at = excluded.refused_at, retry_at = null, failure_count = 0;
  if p_class in ('subject_suspended', 'subject_not_found') and p_status is not null then
    perform graph.mark_users_gone(array[v_run.subject_id], array[replace(p_class, 'subject_', '')], v_run.run_id);
  end if;
  if p_class = 'subject_protected' and p_status is not null then
    perform graph.mark_users_protected(array[v_run.subject_id], v_run.run_id);
  end if;
  if graph.last_change_id() > v_position then
    perform ingest.keep_runs(array[p_run_id]);
  end if;
  perform base.decide('subject_refused', v_run.sync_kind || ' of ' || v_run.subject_id, p_class, v_until, jsonb_build_object('run_id', p_run_id));
  perform ingest.end_run(v_run);
end;
$$;
comment on function ingest.refuse_run(bigint, text, integer) is
  'X does not show the subject: the run ends, edges and posts stay as they are, and it is asked for again after a slow re-check. With a status, the caller holds graph.lock_writer().';

-- source: db/functions/ingest/refuse_waiting_runs.sql
create or replace function ingest.refuse_waiting_runs(p_user_ids bigint[], p_reason text)
  returns void
  language sql
  volatile
as $$
  -- A user who is here and not gone may only have been left out: the list itself will tell.
  select ingest.refuse_run(r.run_id, ingest.class_of_missing(p_reason), null)
  from (
    select run_id from ingest.runs
    where subject_id = any (p_user_ids) and is_waiting and not exists (select from graph.users where user_id = subject_id and deleted_at is null)
    order by run_id for no key update skip locked
  ) as r;
$$;
comment on function ingest.refuse_waiting_runs(bigint[], text) is 'Ends the runs that waited for users that X does not show; one that somebody has in hand is tended by the next tick.';

-- source: db/functions/ingest/release_calls.sql
create or replace function ingest.release_calls(p_worker text)
  returns integer
  language sql
  volatile
as $$
  with given_back as (
    -- They were not sent, so they are no attempts.
    update ingest.calls set state = 'ready', lease_until = null, not_before = base.now(), attempt_count = attempt_count - 1
    where call_id in (
      -- Whoever has one in hand, with its answer or since its lease has run out, sees to it.
      select call_id from ingest.calls where state = 'claimed' and worker = p_worker order by call_id for no key update skip locked)
    returning call_id
  )
  select count(*)::integer from given_back;
$$;
comment on function ingest.release_calls(text) is 'Gives back what a worker that stops still holds, and did not send; returns how many.';

-- source: db/functions/ingest/report_event.sql
create or replace function ingest.report_event(p_event_id bigint, p_lead text)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('event', p_lead || ingest.name_origin(null, p_event_id) || coalesce(', received at ' || base.format_time(e.received_at), ''),
    jsonb_strip_nulls(jsonb_build_object('event_id', p_event_id, 'source', e.source, 'event_type', e.event_type, 'received_at', e.received_at, 'cost_usd', e.cost_usd)))
  from (values (p_event_id)) as asked (event_id)
  left join ingest.webhook_events as e using (event_id);
$$;
comment on function ingest.report_event(bigint, text) is 'A webhook event as a reason, kept or not: from whom, of what, when, and what it cost.';

-- source: db/functions/ingest/report_handle_change.sql
create or replace function ingest.report_handle_change(p_change graph.handle_changes)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('handle_change',
    format('user %s went from %s to %s at %s by ', p_change.user_id, coalesce('@' || p_change.old_handle, 'no handle'),
           coalesce('@' || p_change.new_handle, 'no handle'), base.format_time(p_change.changed_at))
    || ingest.name_origin(p_change.run_id, p_change.event_id),
    jsonb_strip_nulls(jsonb_build_object(
      'user_id', p_change.user_id::text, 'change_id', p_change.change_id, 'run_id', p_change.run_id,
      'event_id', p_change.event_id, 'changed_at', p_change.changed_at))
    || jsonb_build_object('old_handle', p_change.old_handle, 'new_handle', p_change.new_handle));
$$;
comment on function ingest.report_handle_change(graph.handle_changes) is 'A transition of a handle as a reason.';

-- source: db/functions/ingest/report_run.sql
create or replace function ingest.report_run(p_run ingest.runs, p_prefix text default '', p_because jsonb default null)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('run',
    p_prefix || ingest.name_run(p_run) || ': ' || concat_ws(', ', p_run.reason, p_run.mode, replace(p_run.status, '_', ' '),
      'pages ' || nullif(p_run.page_count, 0), 'resources ' || nullif(p_run.resource_count, 0), 'USD ' || trim_scale(nullif(p_run.cost_usd, 0)),
      'changed ' || nullif(p_run.changed_count, 0), 'removed ' || nullif(p_run.removed_count, 0)),
    jsonb_strip_nulls(jsonb_build_object(
      'run_id', p_run.run_id, 'sync_kind', p_run.sync_kind, 'subject_id', p_run.subject_id::text,
      'item_ids', (select jsonb_agg(i::text) from unnest(p_run.item_ids) as i), 'handles', to_jsonb(p_run.handles),
      'mode', p_run.mode, 'reason', p_run.reason, 'status', p_run.status, 'cursor_exhausted', p_run.cursor_exhausted,
      'pages', p_run.page_count, 'resources', p_run.resource_count, 'cost_usd', p_run.cost_usd, 'changed', p_run.changed_count,
      'removed', p_run.removed_count, 'rejected', p_run.rejected_count, 'restarts', p_run.restart_count,
      'http_status', p_run.http_status, 'error_class', p_run.error_class, 'error_detail', p_run.error_detail, 'retry_at', p_run.retry_at,
      'started_at', p_run.started_at, 'completed_at', p_run.completed_at)),
    p_because);
$$;
comment on function ingest.report_run(ingest.runs, text, jsonb) is 'A run as a reason: what, why, how it went. Ids of X are strings (G1).';

-- source: db/functions/ingest/request_handles.sql
create or replace function ingest.request_handles(p_handles text[])
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_handles text[];
  v_bad text;
  v_run_id bigint;
begin
  select array_agg(distinct lower(ltrim(h collate "C", '@'))), min(h) filter (where ltrim(h, '@') !~ '^[A-Za-z0-9_]{1,15}$')
  into v_handles, v_bad
  from unnest(p_handles) as h;
  if v_bad is not null or coalesce(cardinality(v_handles), 0) not between 1 and 100 or array_position(p_handles, null) is not null then
    raise exception 'these are not handles to look up: %', coalesce(quote_literal(v_bad), 'none, a null, or more than 100')
      using errcode = 'RK011', hint = 'Give 1 to 100 handles, each of 1 to 15 letters, digits and underscores.';
  end if;
  insert into ingest.runs (sync_kind, handles, mode, reason, started_at)
  values ('handles', v_handles, 'full', 'requested', base.now())
  returning run_id into v_run_id;
  perform ingest.open_calls(array[v_run_id]);
  return v_run_id;
end;
$$;
comment on function ingest.request_handles(text[]) is 'Looks up to 100 users up by their handles; returns the run. RK011 for what is no handle.';

-- source: db/functions/ingest/request_sync.sql
create or replace function ingest.request_sync(p_sync_kind text, p_subject_id bigint, p_mode text)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  if p_sync_kind is null or p_sync_kind not in ('followers', 'following', 'posts', 'users') then
    raise exception 'there is no sync kind %', coalesce(quote_literal(p_sync_kind), 'null')
      using errcode = 'RK008', hint = 'The sync kinds are followers, following, posts, users.';
  end if;
  if p_mode is null or p_mode not in ('full', 'incremental') then
    raise exception 'there is no sync mode %', coalesce(quote_literal(p_mode), 'null')
      using errcode = 'RK008', hint = 'The modes are full and incremental.';
  end if;
  perform base.check_id(p_subject_id, 'subject');
  select r.* into v_run from ingest.runs as r where r.run_id = ingest.open_run_of(p_sync_kind, p_subject_id) and r.sync_kind = 'search';
  if found and p_mode = 'incremental' then
    return v_run.run_id;
  end if;
  delete from ingest.due where sync_kind = p_sync_kind and subject_id = p_subject_id;
  if p_sync_kind = 'users' then
    perform ingest.start_lookups('users', array[p_subject_id], 'requested');
  else
    perform ingest.start_list_runs(p_sync_kind, array[p_subject_id], p_mode);
    perform ingest.tend_waiting_runs(p_subject_id);
  end if;
  select * into strict v_run from ingest.runs
  where sync_kind = p_sync_kind and subject_id = p_subject_id order by run_id desc limit 1;
  if v_run.status = 'in_progress' and p_mode = 'full' and v_run.mode = 'incremental' then
    perform ingest.widen_run(v_run.run_id);
  end if;
  return v_run.run_id;
end;
$$;
comment on function ingest.request_sync(text, bigint, text) is
  'An ad-hoc run; returns its id, or that of the run that is in progress already (which is made full when a full one is asked for). Errors RK003, RK008.';

-- source: db/functions/ingest/reschedule.sql
create or replace function ingest.reschedule(p_sync_kind text, p_subject_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  -- When each subject is due by what is known of it now. No row for what nobody needs, or what is being synced.
  with wanted as (
    select i.subject_id,
           greatest(coalesce(s.retry_at, s.refused_at + base.setting_interval('subject.recheck'), least(s.fresh_at + n.fresh_within, c.reconcile_at), base.now()),
                    s.cancelled_at + n.fresh_within) as due_at
    from (select distinct subject_id from unnest(p_subject_ids) as i (subject_id)) as i
    join lateral ingest.windows_of(p_sync_kind, i.subject_id) as n on n.fresh_within is not null
    left join lateral (
      select * from ingest.subjects where sync_kind = p_sync_kind and subject_id = i.subject_id limit 1
    ) as s on true
    left join lateral (
      select ingest.reconcile_at(s.full_at, n.fresh_within, n.reconcile_within) as reconcile_at
    ) as c on c.reconcile_at > s.fresh_at -- A run that was to read all and could not has had its turn.
    left join lateral (
      select run_id from ingest.runs where sync_kind = p_sync_kind and subject_id = i.subject_id and status = 'in_progress' limit 1
    ) as r on true
    where r.run_id is null and i.subject_id not in (
      select unnest(b.item_ids)
      from ingest.sync_kinds as k
      join ingest.runs as b on b.sync_kind = k.sync_kind and b.status = 'in_progress'
      where k.serves = p_sync_kind and k.is_batched
    )
  ), dropped as (
    -- A join: as a condition, a long array is searched from its start for every row.
    delete from ingest.due as d using unnest(p_subject_ids) as i (subject_id)
    where d.sync_kind = p_sync_kind and d.subject_id = i.subject_id and i.subject_id not in (select subject_id from wanted)
  )
  insert into ingest.due as d (sync_kind, subject_id, due_at)
  select p_sync_kind, subject_id, due_at from wanted order by subject_id
  on conflict (sync_kind, subject_id) do update set due_at = excluded.due_at where d.due_at <> excluded.due_at;
end;
$$;
comment on function ingest.reschedule(text, bigint[]) is 'Sets when these subjects are due next, from who needs them (the smallest window wins, A5) and how their last sync went.';

-- source: db/functions/ingest/reschedule_all.sql
create or replace function ingest.reschedule_all()
  returns void
  language plpgsql
  volatile
as $$
declare
  v_sync_kind text;
  v_subject_ids bigint[];
begin
  for v_sync_kind, v_subject_ids in
    select sync_kind, array_agg(subject_id)
    from (
      select sync_kind, subject_id, row_number() over (partition by sync_kind order by subject_id) / 10000 as piece
      from (select distinct sync_kind, subject_id from ingest.needs) as d
    ) as n
    group by sync_kind, piece order by sync_kind, piece
  loop
    perform ingest.reschedule(v_sync_kind, v_subject_ids);
  end loop;
end;
$$;
comment on function ingest.reschedule_all() is 'Moves every due time, after a setting that they follow from was changed.';

-- source: db/functions/ingest/reschedule_needs.sql
create or replace function ingest.reschedule_needs()
  returns trigger
  language plpgsql
  volatile
as $$
declare
  v_sync_kind text;
  v_subject_ids bigint[];
begin
  -- In bounded pieces: a consumer may need as many subjects as a segment has members.
  for v_sync_kind, v_subject_ids in
    select sync_kind, array_agg(subject_id)
    from (
      select sync_kind, subject_id, row_number() over (partition by sync_kind order by subject_id) / 10000 as piece
      from moved
    ) as m
    group by sync_kind, piece order by sync_kind, piece
  loop
    perform ingest.reschedule(v_sync_kind, v_subject_ids);
  end loop;
  return null;
end;
$$;
comment on function ingest.reschedule_needs() is 'Whoever needs a subject, needs it no more, or needs it within another window has moved its due time (A5).';

create or replace trigger a_new_need_is_due
  after insert on ingest.needs referencing new table as moved
  for each statement execute function ingest.reschedule_needs();
comment on trigger a_new_need_is_due on ingest.needs is 'A5.';

create or replace trigger a_changed_need_is_due_anew
  after update on ingest.needs referencing new table as moved
  for each statement execute function ingest.reschedule_needs();
comment on trigger a_changed_need_is_due_anew on ingest.needs is 'A5.';

create or replace trigger a_dropped_need_is_not_due
  after delete on ingest.needs referencing old table as moved
  for each statement execute function ingest.reschedule_needs();
comment on trigger a_dropped_need_is_not_due on ingest.needs is 'A5.';

-- source: db/functions/ingest/reserve.sql
create or replace function ingest.reserve(p_quote ingest.quote)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_usd constant numeric := p_quote.unit_usd * p_quote.asked_count;
  v_budget ingest.budgets;
begin
  -- Of several that have no room, the one that holds it longest.
  select * into v_budget from ingest.budgets_of(p_quote.endpoint, p_quote.payer_ids) as b
  where ingest.share_of(v_usd, b.payer_id, p_quote.payer_ids) > ingest.room_in(b)
  order by ingest.period_end(period, began_at) desc, budget_id limit 1;
  if found then
    -- Of several who share a batch, one alone may have to wait.
    if v_budget.payer_id is null or cardinality(p_quote.payer_ids) = 1 or not ingest.split_run(p_quote.call_id, p_quote.run_id) then
      perform ingest.hold_call(p_quote, v_budget);
    end if;
    return false;
  end if;
  update ingest.budgets as b set spent_usd = b.spent_usd + ingest.share_of(v_usd, b.payer_id, p_quote.payer_ids)
  from ingest.budgets_of(p_quote.endpoint, p_quote.payer_ids) as o
  where b.budget_id = o.budget_id;
  return true;
end;
$$;
comment on function ingest.reserve(ingest.quote) is 'Reserves a call''s worst price in every budget that counts it (I8), or holds the call where one has no room, unless it can be parted among who wait for it; returns whether it may go. The caller holds those budgets.';

-- source: db/functions/ingest/resolve_user.sql
create or replace function ingest.resolve_user(p_name text, out user_id bigint, out refusal text)
  language plpgsql
  stable
as $$
declare
  v_resource constant text := split_part(p_name, ' ', 1);
  v_key constant text := split_part(p_name, ' ', 2);
begin
  if v_resource = 'user' then
    select u.user_id into user_id from graph.users as u where u.user_id = v_key::bigint;
  else
    select u.user_id into user_id from graph.users as u where lower(u.handle) = v_key;
  end if;
  if user_id is null then
    select m.reason into refusal from ingest.missing as m
    where m.resource = v_resource and m.item_key = v_key and m.ask_again_at > base.now();
  end if;
end;
$$;
comment on function ingest.resolve_user(text) is
  'The user behind `user 12` or `handle name`; or why X did not show it when it was asked lately (I6). Nulls: nobody knows yet.';

-- source: db/functions/ingest/restart_refused_run.sql
create or replace function ingest.restart_refused_run(p_call ingest.calls, p_status integer, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  select * into strict v_run from ingest.runs where run_id = p_call.run_id;
  if p_call.page_token is null or v_run.restart_count >= 3 then
    perform ingest.fail_run(v_run.run_id, p_answer.answer_class, p_status, p_answer.detail);
    return;
  end if;
  perform ingest.restart_run(v_run.run_id);
  perform base.decide('run_restarted', 'run ' || v_run.run_id, 'X refused the cursor', null,
                      jsonb_build_object('pages_bought_again', v_run.page_count, 'resources_bought_again', v_run.resource_count, 'cost_usd', v_run.cost_usd));
end;
$$;
comment on function ingest.restart_refused_run(ingest.calls, integer, ingest.answer) is 'X refused a cursor: the run starts over and says so (I4); the fourth time it fails.';

-- source: db/functions/ingest/restart_run.sql
create or replace function ingest.restart_run(p_run_id bigint)
  returns void
  language sql
  volatile
as $$
  update ingest.runs set restart_count = restart_count + 1, first_page = page_count + 1, newest_id = null, is_partial = false
  where run_id = p_run_id;
  -- The open call ends and a new one is made: an answer to the old one, late, is no page of the new sweep.
  update ingest.calls set state = 'cancelled', lease_until = null, answered_at = base.now()
  where run_id = p_run_id and state in ('ready', 'claimed');
  insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at)
  select r.run_id, k.endpoint, r.first_page, base.now(), base.now()
  from ingest.runs as r join ingest.sync_kinds as k using (sync_kind)
  where r.run_id = p_run_id;
$$;
comment on function ingest.restart_run(bigint) is 'The run begins anew; its pages so far stay as receipts, but prove nothing of what was not seen.';

-- source: db/functions/ingest/resume_events.sql
create or replace function ingest.resume_events(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- After a look-up that failed they wait on, until retry_at: another one now would most likely fail too.
  update ingest.webhook_events set retry_at = base.now()
  where state = 'waiting' and retry_at > base.now()
    and waits_for = any (array(select 'user ' || i from unnest(p_run.item_ids) as i where p_run.sync_kind = 'users')
                         || array(select 'handle ' || lower(h) from unnest(p_run.handles) as h))
    and exists (select from ingest.runs where run_id = p_run.run_id and status = 'success');
end;
$$;
comment on function ingest.resume_events(ingest.runs) is 'After a look-up: the events that waited for it are taken in by the next tick.';

-- source: db/functions/ingest/resume_provider.sql
create or replace function ingest.resume_provider(p_provider text)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_stopped_at timestamptz;
begin
  select stopped_at into v_stopped_at from ingest.providers where provider = p_provider for no key update;
  if not found then
    raise exception 'there is no provider %', coalesce(quote_literal(p_provider), 'null')
      using errcode = 'RK029', hint = format('The providers are %s.', (select string_agg(provider, ', ' order by provider) from ingest.providers));
  end if;
  update ingest.providers set stopped_class = null, stopped_at = null, probe_at = null where provider = p_provider and stopped_at is not null;
  return v_stopped_at is not null;
end;
$$;
comment on function ingest.resume_provider(text) is 'Buying goes on at once; returns whether it had stopped. RK029 for an unknown provider.';

-- source: db/functions/ingest/resume_waiting_runs.sql
create or replace function ingest.resume_waiting_runs(p_user_ids bigint[], p_was_looked_up boolean)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run_ids bigint[];
begin
  -- Whoever has one of them in hand sees to it, or leaves it to the next tick.
  select array_agg(run_id order by run_id) into v_run_ids
  from (
    select run_id from ingest.runs
    where is_waiting and subject_id = any (p_user_ids)
      and case when p_was_looked_up then exists (select from graph.users where user_id = subject_id)
               else not ingest.is_look_wanted(sync_kind, subject_id) end
    order by run_id for no key update skip locked
  ) as r;
  if v_run_ids is not null then
    perform ingest.size_runs(v_run_ids);
    perform ingest.open_calls(ingest.compare_with_events(v_run_ids));
  end if;
end;
$$;
comment on function ingest.resume_waiting_runs(bigint[], boolean) is
  'Runs that wait for these users begin to read: those that need no look at them any more or, after a look, all whose subject is a user here, whatever it brought.';

-- source: db/functions/ingest/retry_held_calls.sql
create or replace function ingest.retry_held_calls(p_budget_id bigint default null)
  returns void
  language sql
  volatile
as $$
  -- A list of which no page was asked for yet can be read in smaller ones. (Who is just taking a call takes none that waits.)
  update ingest.runs as r set page_size = base.setting_integer('page.follows')
  from ingest.calls as c
  where c.state = 'ready' and c.held_by is not null and (p_budget_id is null or c.held_by = p_budget_id) and c.not_before > base.now()
    and c.page_token is null and c.claimed_at is null and r.run_id = c.run_id and r.page_size > base.setting_integer('page.follows');
  update ingest.calls set not_before = base.now(), held_by = null, held_usd = null
  where state = 'ready' and held_by is not null and (p_budget_id is null or held_by = p_budget_id);
$$;
comment on function ingest.retry_held_calls(bigint) is
  'The calls that a budget (null: any) holds are judged anew, since something has changed of what they may cost; lists that were to begin, in pages no larger than is set now.';

-- source: db/functions/ingest/return_call.sql
create or replace function ingest.return_call(p_call_id bigint, p_not_before timestamptz)
  returns void
  language sql
  volatile
as $$
  update ingest.calls set state = 'ready', lease_until = null, not_before = p_not_before where call_id = p_call_id;
$$;
comment on function ingest.return_call(bigint, timestamptz) is 'The same call goes out again, not before a time.';

-- source: db/functions/ingest/roll_budgets.sql
create or replace function ingest.roll_budgets(p_budget_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_budget ingest.budgets;
  v_start timestamptz;
begin
  for v_budget in
    select * from ingest.budgets where budget_id = any (p_budget_ids) and ingest.period_end(period, began_at) <= base.now() order by budget_id
  loop
    v_start := ingest.period_start(v_budget.period, base.now());
    -- What is out may be billed in the new period. An entry that is being settled just now is none of these: its budgets see it as it was booked.
    update ingest.ledger as l set counted_at = v_start
    from (
      select o.call_id, o.attempt_no
      from ingest.calls as c join ingest.ledger as o using (call_id)
      where c.state = 'claimed' and o.closed_at is null and o.counted_at < v_start
      for no key update of o skip locked
    ) as o
    where l.call_id = o.call_id and l.attempt_no = o.attempt_no;
    update ingest.budgets set began_at = v_start, spent_usd = ingest.spent_since(v_budget, v_start) where budget_id = v_budget.budget_id;
  end loop;
end;
$$;
comment on function ingest.roll_budgets(bigint[]) is 'Begins a new period in those of these budgets whose last one is over: with what is out, at its worst price. The caller holds them.';

-- source: db/functions/ingest/room_in.sql
create or replace function ingest.room_in(p_budget ingest.budgets)
  returns numeric
  language sql
  stable
as $$
  select p_budget.cap_usd - p_budget.spent_usd - ingest.delivered_since(p_budget, p_budget.began_at);
$$;
comment on function ingest.room_in(ingest.budgets) is
  'How much more calls may cost in the present period of a budget (I8). Negative where webhook events took more than there was: they come whether or not there is room.';

-- source: db/functions/ingest/runs_for.sql
create or replace function ingest.runs_for(p_consumer_id bigint, p_limit integer)
  returns table (run_id bigint)
  language sql
  stable
as $$
  with needs as materialized (
    select n.sync_kind, n.subject_id from ingest.needs as n where n.consumer_id = p_consumer_id order by n.consumer_id, n.sync_kind, n.subject_id limit 500
  ), alone as (
    select r.run_id
    from needs as n
    cross join lateral (
      select run_id from ingest.runs where sync_kind = n.sync_kind and subject_id = n.subject_id order by run_id desc limit p_limit
    ) as r
  ), among_others as (
    -- Batches are found by nothing but their kind: of the latest of each, those that hold somebody who is needed.
    select r.run_id
    from ingest.sync_kinds as k
    cross join lateral (select array_agg(n.subject_id) as ids from needs as n where n.sync_kind = k.serves) as n
    cross join lateral (
      select run_id, item_ids from ingest.runs where sync_kind = k.sync_kind and subject_id is null order by run_id desc limit 200
    ) as r
    where k.is_batched and r.item_ids && n.ids
  )
  select run_id from alone union select run_id from among_others
  order by run_id desc
  limit p_limit;
$$;
comment on function ingest.runs_for(bigint, integer) is
  'The latest runs of the syncs that a consumer needs, of the first five hundred of these; of runs for many at once those among the latest two hundred of their kind.';

-- source: db/functions/ingest/set_strangers_aside.sql
create or replace function ingest.set_strangers_aside(p_run ingest.runs, inout p_answer ingest.answer)
  language plpgsql
  stable
as $$
declare
  v_posts graph.post[];
  v_strange jsonb[];
begin
  if p_answer.posts is null then
    return;
  end if;
  -- A timeline's author is known from its path; a post that is known has its author already.
  select array_agg(row(p.post_id, a.author_id, p.posted_at, p.text, p.lang, p.conversation_id, p.in_reply_to_user_id, p.like_count,
                       p.repost_count, p.reply_count, p.quote_count)::graph.post) filter (where u.user_id is not null),
         array_agg(jsonb_build_object('reason', case when a.author_id is null then 'its author is not named' else 'its author is not hydrated' end,
                                      'author_id', a.author_id, 'raw', to_jsonb(p) || jsonb_build_object('author_id', a.author_id)))
           filter (where u.user_id is null)
  into v_posts, v_strange
  from unnest(p_answer.posts) as p
  left join lateral (select author_id from graph.posts where post_id = p.post_id limit 1) as known on true
  cross join lateral (select coalesce(known.author_id, p.author_id, p_run.subject_id)) as a (author_id)
  left join lateral (select user_id from graph.users where user_id = a.author_id limit 1) as u on true;
  p_answer.posts := v_posts;
  p_answer.rejects := p_answer.rejects || v_strange;
end;
$$;
comment on function ingest.set_strangers_aside(ingest.runs, ingest.answer) is 'The answer with every post''s author filled in; posts by authors that are no users here are among its rejects (I5, G2).';

-- source: db/functions/ingest/set_subscription.sql
create or replace function ingest.set_subscription(p_user_id bigint, p_event_types text[])
  returns text[]
  language plpgsql
  volatile
as $$
declare
  v_strange text;
  -- One of the two alone tells of half the changes, and so of no list.
  v_lists constant text[] := case when p_event_types @> '{follow.follow,follow.unfollow}' then array['followers', 'following'] else array[]::text[] end;
begin
  perform base.check_id(p_user_id, 'user');
  select coalesce(t, 'null') into v_strange from unnest(p_event_types) as t
  where (t in ('follow.follow', 'follow.unfollow', 'post.create', 'post.delete') or t ~ '^profile\.update\.[a-z_]+$') is not true limit 1;
  if p_event_types is null or v_strange is not null then
    raise exception 'there is no type of event %', coalesce(quote_literal(v_strange), 'null')
      using errcode = 'RK041', hint = 'The types are follow.follow, follow.unfollow, post.create, post.delete and profile.update.*; {} is none of them.';
  end if;
  delete from ingest.subscriptions where subject_id = p_user_id and sync_kind <> all (v_lists);
  insert into ingest.subscriptions (sync_kind, subject_id, connected_at)
  select l, p_user_id, base.now() from unnest(v_lists) as l
  on conflict (sync_kind, subject_id) do nothing;
  return v_lists;
end;
$$;
comment on function ingest.set_subscription(bigint, text[]) is 'See api.subscription_set.';

-- source: db/functions/ingest/settle_budgets.sql
create or replace function ingest.settle_budgets(p_before ingest.ledger, p_after ingest.ledger)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_payer_ids bigint[];
  v_budget ingest.budgets;
begin
  if p_before.booked_usd is not distinct from p_after.booked_usd then
    return;
  end if;
  select payer_ids into v_payer_ids from ingest.runs where run_id = p_after.run_id;
  perform ingest.share_books();
  for v_budget in
    -- The table itself: what a function returns is not locked, though it may be asked for.
    select * from ingest.budgets
    where budget_id = any (array(select budget_id from ingest.budgets_of(p_after.endpoint, v_payer_ids)))
    order by budget_id for no key update
  loop
    if p_after.counted_at >= v_budget.began_at then
      update ingest.budgets set
        spent_usd = spent_usd + ingest.share_of(p_after.booked_usd, payer_id, v_payer_ids) - ingest.share_of(p_before.booked_usd, payer_id, v_payer_ids)
      where budget_id = v_budget.budget_id
      returning * into v_budget;
      perform ingest.free_held_calls(v_budget);
    end if;
  end loop;
end;
$$;
comment on function ingest.settle_budgets(ingest.ledger, ingest.ledger) is
  'An entry of the ledger counts for less than it did: its budgets are told, and calls that wait for that room may go. Last in its transaction, since claims need these rows.';

-- source: db/functions/ingest/settle_call.sql
create or replace function ingest.settle_call(p_call ingest.calls, p_entry ingest.ledger, p_answer ingest.answer)
  returns ingest.ledger
  language plpgsql
  volatile
as $$
declare
  v_resource_count constant integer := coalesce(p_answer.resource_count, 0);
  v_billed_count integer := 0;
begin
  if p_entry.call_id is null or (select is_perhaps_billed from ingest.answer_classes where answer_class = p_answer.answer_class) then
    return p_entry;
  end if;
  if v_resource_count > 0 then
    -- Rows without an id that can be read were billed too.
    v_billed_count := greatest(v_resource_count - cardinality(p_answer.item_ids), 0) + ingest.record_purchases(
      (select resource from ingest.endpoints where endpoint = p_call.endpoint), p_answer.item_ids,
      (select least(min(booked_at), p_entry.booked_at) from ingest.ledger where call_id = p_call.call_id and billed_count is null));
  end if;
  update ingest.ledger set resource_count = v_resource_count, billed_count = v_billed_count, closed_at = coalesce(closed_at, base.now())
  where call_id = p_entry.call_id and attempt_no = p_entry.attempt_no
  returning * into p_entry;
  if v_billed_count > 0 then
    update ingest.runs set billed_count = billed_count + v_billed_count, cost_usd = cost_usd + p_entry.booked_usd where run_id = p_call.run_id;
  end if;
  return p_entry;
end;
$$;
comment on function ingest.settle_call(ingest.calls, ingest.ledger, ingest.answer) is
  'Enters the real price of what a call brought into the ledger, and into its run: X bills rows only, each once a UTC day (I9). Returns the entry as it is then; as it was where rows may have been lost on the way: the worst price stands (I8). The caller holds the run and the call, and with rows graph.lock_writer().';

-- source: db/functions/ingest/settle_departures.sql
create or replace function ingest.settle_departures(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
begin
  update ingest.departures as d set
    known_at = base.now(),
    reason = case
      when u.deleted_at is not null then ingest.class_of_departure(u.gone_reason)
      when m.reason is not null then ingest.class_of_departure(m.reason)
      when ingest.taken_up_again_at(c) < 'infinity' then 'unknown'
      else 'unfollowed' end
  from graph.users as u
  left join ingest.missing as m on m.resource = 'user' and m.item_key = u.user_id::text
  cross join graph.follow_changes as c
  where d.user_id = any (p_run.item_ids) and d.reason is null and u.user_id = d.user_id
    and c.target_id = d.target_id and c.change_id = d.change_id;
end;
$$;
comment on function ingest.settle_departures(ingest.runs) is 'After a look-up: why those left whom a sweep had missed (see ingest.departures).';

-- source: db/functions/ingest/settle_profiles.sql
create or replace function ingest.settle_profiles(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_missing record;
begin
  perform ingest.settle_departures(p_run);
  for v_missing in
    select m.reason, array_agg(i) as user_ids
    from unnest(p_run.item_ids) as i
    join ingest.missing as m on m.resource = 'user' and m.item_key = i::text
    group by m.reason
  loop
    update ingest.subjects set refused_class = ingest.class_of_missing(v_missing.reason), refused_at = base.now()
    where sync_kind = 'users' and subject_id = any (v_missing.user_ids);
    perform base.decide('subject_refused', 'users of ' || i, ingest.class_of_missing(v_missing.reason),
                        base.now() + base.setting_interval('subject.recheck'), jsonb_build_object('run_id', p_run.run_id))
    from unnest(v_missing.user_ids) as i
    -- Whoever was looked up only to know why they had left is nobody's business further.
    where exists (select from ingest.needs where sync_kind = 'users' and subject_id = i)
       or not exists (select from ingest.departures where user_id = i and known_at = base.now());
    perform ingest.refuse_waiting_runs(v_missing.user_ids, v_missing.reason);
  end loop;
  perform ingest.resume_waiting_runs(p_run.item_ids, true);
end;
$$;
comment on function ingest.settle_profiles(ingest.runs) is 'After a look at profiles: runs that waited for one end where X does not show it, and go on otherwise.';

-- source: db/functions/ingest/settle_search.sql
create or replace function ingest.settle_search(p_run ingest.runs, p_cursor_exhausted boolean)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_asked_at constant timestamptz := ingest.asked_at(p_run);
  v_was_cut boolean;
begin
  select next_token is not null into v_was_cut from ingest.pages where run_id = p_run.run_id and page_no = p_run.page_count;
  -- A post that came to the index late may have a smaller id than one that was there: no timeline begins behind it.
  with newest as (
    select p.author_id, max(p.post_id) as post_id
    from ingest.pages as g
    cross join unnest(g.item_ids) as i (post_id)
    join graph.posts as p using (post_id)
    where g.run_id = p_run.run_id and g.page_no >= p_run.first_page
      and p.post_id < ingest.x_v2_id_at(v_asked_at - base.setting_interval('search.overlap'))
    group by p.author_id
  )
  update ingest.subjects as s set
    fresh_at = base.now(),
    since_id = case when p_cursor_exhausted then greatest(s.since_id, n.post_id) else s.since_id end,
    polled_at = case when p_cursor_exhausted then greatest(s.polled_at, v_asked_at) when not v_was_cut then s.polled_at end,
    refused_class = null, refused_at = null, retry_at = null, failure_count = 0
  from unnest(p_run.item_ids) as a (author_id)
  left join newest as n using (author_id)
  where s.sync_kind = 'posts' and s.subject_id = a.author_id;
end;
$$;
comment on function ingest.settle_search(ingest.runs, boolean) is
  'After a search: each author''s posts are as if polled. One that was cut short is followed by timelines, one whose end is not proven by a search from the same place.';

-- source: db/functions/ingest/share_books.sql
create or replace function ingest.share_books()
  returns void
  language sql
  volatile
as $$
  select pg_catalog.pg_advisory_xact_lock_shared(7766, 3);
$$;
comment on function ingest.share_books() is 'Waits until no operator is just changing the budgets, and keeps that so until the end of the transaction. Taken before entries of the ledger are booked, or budgets touched; a tick only tries (ingest.try_books).';

-- source: db/functions/ingest/share_of.sql
create or replace function ingest.share_of(p_usd numeric, p_payer_id bigint, p_payer_ids bigint[])
  returns numeric
  language sql
  immutable
as $$
  -- Nobody in particular has no share: nullif, since the planner may divide before it looks.
  select case when p_payer_id is null then p_usd else round(p_usd / nullif(cardinality(p_payer_ids), 0), 9) end;
$$;
comment on function ingest.share_of(numeric, bigint, bigint[]) is 'What of an amount a budget counts: a payer''s an even share, any other all of it (I8). Rounded always alike, so that sums stay exact.';

-- source: db/functions/ingest/shown_between.sql
create or replace function ingest.shown_between(p_user_id bigint, p_subject_id bigint, p_from timestamptz, p_until timestamptz)
  returns timestamptz
  language plpgsql
  stable
as $$
declare
  v_shown_at timestamptz;
begin
  select min(s.at) into v_shown_at
  from (
    select fresh_at as at from ingest.subjects where sync_kind = 'users' and subject_id = p_user_id and refused_class is null
    union all
    select r.started_at from graph.user_counts as c join ingest.runs as r using (run_id) where c.user_id = p_user_id
  ) as s
  where s.at >= p_from and s.at < p_until;
  if v_shown_at is not null or base.setting_integer('absent_sweeps') > 1 then
    return v_shown_at;
  end if;
  -- A list that was read to its end without taking the user off it has shown the user: those whom the subject follows, and lists of followers.
  select min(r.completed_at) into v_shown_at
  from (
    select 'following' as sync_kind, follower_id as subject_id, change_id
    from graph.follows where target_id = p_user_id and follower_id = p_subject_id and deleted_at is null
    union all
    select 'followers', target_id, change_id from graph.follows where follower_id = p_user_id and deleted_at is null
  ) as f
  cross join lateral (
    select l.completed_at from ingest.runs as l
    where l.sync_kind = f.sync_kind and l.subject_id = f.subject_id and l.status = 'success' and l.mode = 'full' and l.cursor_exhausted
      and not l.is_partial and l.start_position > f.change_id and l.completed_at >= p_from and l.completed_at < p_until
    order by l.run_id limit 1
  ) as r;
  return v_shown_at;
end;
$$;
comment on function ingest.shown_between(bigint, bigint, timestamptz, timestamptz) is
  'When X is known to have shown a user, from one time on and before another; null where nothing that is kept here says so: the last look-up, the last payload that moved the counts, full reads of lists that the user is in.';

-- source: db/functions/ingest/size_runs.sql
create or replace function ingest.size_runs(p_run_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  -- A run that somebody asked for is what was asked for, and one that was widened stays full; for what is due, the counts decide.
  with judged as (
    select w.run_id, w.sync_kind, e.subject_count, e.list_count, e.new_count, e.doubt_count, d.reason,
           case when w.mode = 'full' or d.reason is not null then 'full' else 'incremental' end as mode
    from ingest.runs as w
    left join ingest.subjects as s on s.sync_kind = w.sync_kind and s.subject_id = w.subject_id
    cross join lateral ingest.estimate_list(w.sync_kind, w.subject_id) as e
    cross join lateral (
      select case when w.reason <> 'requested' and coalesce(s.full_retry_at <= base.now(), true)
        then ingest.reason_to_read_all(w.sync_kind, w.subject_id, s.full_at, e.list_count, e.doubt_count) end as reason
    ) as d
    where w.run_id = any (p_run_ids) and w.is_waiting
  )
  update ingest.runs as r set
    is_waiting = false,
    mode = j.mode,
    reason = coalesce(j.reason, r.reason),
    since_id = case when j.mode = 'incremental' then r.since_id end,
    subject_count = j.subject_count,
    expected_count = case when j.mode = 'incremental' then j.new_count else coalesce(j.list_count, j.subject_count) end,
    doubt_count = j.doubt_count,
    page_size = case when j.sync_kind <> 'posts' then ingest.page_size(j.mode, j.new_count) end
  from judged as j
  where r.run_id = j.run_id;
end;
$$;
comment on function ingest.size_runs(bigint[]) is
  'Of runs that wait, and whose subjects are users here: decides by the counts whether they read all or what is new, and in pages of which size (I9). They wait no more.';

-- source: db/functions/ingest/spent_since.sql
create or replace function ingest.spent_since(p_budget ingest.budgets, p_since timestamptz)
  returns numeric
  language sql
  stable
as $$
  select coalesce(sum(ingest.share_of(l.booked_usd, p_budget.payer_id, r.payer_ids)), 0)
  from ingest.ledger as l
  join ingest.runs as r using (run_id)
  where l.counted_at >= p_since
    and (p_budget.endpoint is null or l.endpoint = p_budget.endpoint)
    and (p_budget.payer_id is null or p_budget.payer_id = any (r.payer_ids));
$$;
comment on function ingest.spent_since(ingest.budgets, timestamptz) is 'What the ledger counts in a budget''s scope since a time, in US dollars: calls that are out, or got no answer, at their worst price.';

-- source: db/functions/ingest/split_run.sql
create or replace function ingest.split_run(p_call_id bigint, p_run_id bigint)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_ids bigint[];
  v_new_ids bigint[];
begin
  -- A call that was sent may still be answered; what a page leads to belongs to the query that brought it.
  if exists (select from ingest.calls where call_id = p_call_id and claimed_at is not null) then
    return false;
  end if;
  select * into v_run from ingest.runs where run_id = p_run_id for no key update skip locked;
  if not found then
    return true;
  end if;
  with waiting as (
    select i.id, array(
      select distinct n.consumer_id
      from ingest.needs as n
      where n.sync_kind = any (case when v_run.sync_kind = 'users' then '{followers,following,posts,users}' else '{posts}' end::text[])
        and n.subject_id = case when v_run.sync_kind = 'post_lookup' then (select author_id from graph.posts where post_id = i.id) else i.id end
      order by n.consumer_id) as consumer_ids
    from unnest(v_run.item_ids) as i (id)
  ), parts as (
    select array_agg(id order by id) as ids, row_number() over (order by min(id)) as place from waiting group by consumer_ids
  ), started as (
    insert into ingest.runs (sync_kind, item_ids, mode, reason, since_id, started_at)
    select v_run.sync_kind, ids, v_run.mode, v_run.reason, v_run.since_id, base.now() from parts where place > 1 order by place
    returning run_id
  )
  select (select ids from parts where place = 1), array(select run_id from started order by run_id) into v_ids, v_new_ids;
  if v_new_ids = '{}' then
    return false;
  end if;
  update ingest.runs set item_ids = v_ids, payer_ids = null where run_id = p_run_id;
  perform ingest.open_calls(v_new_ids);
  return true;
end;
$$;
comment on function ingest.split_run(bigint, bigint) is
  'Parts a batch by who waits for what, so that nobody waits for the budget of another (I8): a run for each, whose payers are said anew. False where all wait for all of it, or its call was sent; also true where somebody else has the run in hand. The caller holds the call.';

-- source: db/functions/ingest/start_handle_lookups.sql
create or replace function ingest.start_handle_lookups(p_handles text[], p_reason text)
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_under_way ingest.runs[];
  v_run_ids bigint[];
begin
  v_under_way := array(select r from ingest.runs as r where r.sync_kind = 'handles' and r.status = 'in_progress' and r.handles && p_handles order by r.run_id);
  with started as (
    insert into ingest.runs (sync_kind, handles, mode, reason, started_at)
    select 'handles', array_agg(h.handle order by h.handle), 'full', p_reason, base.now()
    from (
      select handle, (row_number() over (order by handle) - 1) / 100 as batch
      from (select distinct handle from unnest(p_handles) as i (handle)
            where handle not in (select h from unnest(v_under_way) as u cross join unnest(u.handles) as h)) as d
    ) as h
    group by h.batch order by h.batch
    returning run_id
  )
  select array_agg(run_id order by run_id) into v_run_ids from started;
  perform ingest.open_calls(v_run_ids);
  return array(select u.run_id from unnest(v_under_way) as u) || v_run_ids;
end;
$$;
comment on function ingest.start_handle_lookups(text[], text) is
  'Has the users behind these handles (in lower case) looked up, a hundred a run (I6), but for those that are being looked up; returns the runs, of these too.';

-- source: db/functions/ingest/start_list_runs.sql
create or replace function ingest.start_list_runs(p_sync_kind text, p_subject_ids bigint[], p_mode text default null)
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_run_ids bigint[];
begin
  -- The first run of a subject is full (I3). What is due waits for the counts to say whether it reads all or what is new.
  with started as (
    insert into ingest.runs (sync_kind, subject_id, mode, reason, since_id, is_waiting, started_at)
    select p_sync_kind, i.subject_id, m.mode,
           case when p_mode is not null then 'requested' when m.mode = 'full' then 'first' else 'due' end,
           case when m.mode = 'incremental' then s.since_id end,
           true, base.now()
    from unnest(p_subject_ids) as i (subject_id)
    left join lateral (select * from ingest.subjects where sync_kind = p_sync_kind and subject_id = i.subject_id limit 1) as s on true
    cross join lateral (
      select case when p_mode = 'full' or (s.full_at is null and coalesce(s.full_retry_at <= base.now(), true)) then 'full' else 'incremental' end
    ) as m (mode)
    on conflict (sync_kind, subject_id) where status = 'in_progress' do nothing
    returning run_id
  )
  select array_agg(run_id order by run_id) into v_run_ids from started;
  perform ingest.resume_waiting_runs(p_subject_ids, false);
  return v_run_ids;
end;
$$;
comment on function ingest.start_list_runs(text, bigint[], text) is
  'Starts a run of each subject''s list that has none in progress, and returns the runs. p_mode null: by what is due. Those whose subject must be looked at first wait; ingest.tend_waiting_runs sees to them.';

-- source: db/functions/ingest/start_lookups.sql
create or replace function ingest.start_lookups(p_sync_kind text, p_ids bigint[], p_reason text)
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_ids bigint[];
  v_filled_ids bigint[];
  v_run_ids bigint[];
begin
  select coalesce(array_agg(distinct id order by id), '{}') into v_ids
  from unnest(p_ids) as i (id)
  where p_reason = 'requested'
     or id not in (select unnest(item_ids) from ingest.runs where sync_kind = p_sync_kind and status = 'in_progress');
  -- Who is being looked up is not due. What the planner has in hand just now it reckons itself.
  delete from ingest.due
  where sync_kind = p_sync_kind and subject_id = any (array(
    select subject_id from ingest.due where sync_kind = p_sync_kind and subject_id = any (v_ids) order by subject_id for update skip locked));
  if p_reason <> 'requested' and v_ids <> '{}' then
    select f.p_ids, f.p_run_ids into v_ids, v_filled_ids from ingest.fill_lookups(p_sync_kind, v_ids) as f;
  end if;
  with started as (
    insert into ingest.runs (sync_kind, subject_id, item_ids, mode, reason, started_at)
    select p_sync_kind, case when p_reason = 'requested' then min(id) end, array_agg(id order by id), 'full', p_reason, base.now()
    from unnest(v_ids) with ordinality as i (id, place)
    group by (place - 1) / 100 order by (place - 1) / 100
    on conflict (sync_kind, subject_id) where status = 'in_progress' do nothing
    returning run_id
  )
  select array_agg(run_id order by run_id) into v_run_ids from started;
  perform ingest.open_calls(v_run_ids);
  return v_filled_ids || v_run_ids;
end;
$$;
comment on function ingest.start_lookups(text, bigint[], text) is
  'Has these ids looked up, a hundred a run (I6), but for those that are under way: in look-ups that were not sent yet, then in new ones; returns both. A requested one is of a single id, its subject.';

-- source: db/functions/ingest/start_polls.sql
create or replace function ingest.start_polls(p_author_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_searched_ids bigint[] := array(select author_id from ingest.find_searchable(p_author_ids));
  v_soon_ids bigint[];
begin
  if v_searched_ids <> '{}' then
    -- An early poll costs nothing, and who is polled together stays together.
    v_soon_ids := array(
      select subject_id from ingest.due
      where sync_kind = 'posts' and due_at > base.now() and due_at <= base.now() + base.setting_interval('search.spread')
      order by due_at, subject_id limit base.setting_integer('tick.items') for update skip locked);
    v_soon_ids := array(select author_id from ingest.find_searchable(v_soon_ids));
    delete from ingest.due where sync_kind = 'posts' and subject_id = any (v_soon_ids);
    perform ingest.start_searches(v_searched_ids || v_soon_ids);
  end if;
  perform ingest.start_list_runs('posts', array(select i from unnest(p_author_ids) as i where i <> all (v_searched_ids) order by i));
end;
$$;
comment on function ingest.start_polls(bigint[]) is
  'Starts syncs of these authors'' posts: searches for many at once where that can be (I5), and brings along who is due soon; timelines for the rest.';

-- source: db/functions/ingest/start_provider.sql
create or replace function ingest.start_provider(p_call ingest.calls)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- Only a probe tells: a call that was out already when the provider stopped was sold before.
  update ingest.providers as p set stopped_class = null, stopped_at = null, probe_at = null
  from ingest.endpoints as e
  where e.endpoint = p_call.endpoint and p.provider = e.provider and p.stopped_at < p_call.claimed_at;
end;
$$;
comment on function ingest.start_provider(ingest.calls) is 'A call was answered well: its provider sells again, if it had stopped before the call was sent.';

-- source: db/functions/ingest/start_search.sql
create or replace function ingest.start_search(p_author_ids bigint[], p_polled_at timestamptz)
  returns bigint
  language sql
  volatile
as $$
  insert into ingest.runs (sync_kind, item_ids, mode, reason, since_id, started_at)
  values ('search', p_author_ids, 'incremental', 'due', ingest.x_v2_id_at(p_polled_at - base.setting_interval('search.overlap')), base.now())
  returning run_id;
$$;
comment on function ingest.start_search(bigint[], timestamptz) is
  'Starts one search for these authors and returns the run. It begins at a time, the last poll, and not at the newest post known: of who was silent for long that is stale.';

-- source: db/functions/ingest/start_searches.sql
create or replace function ingest.start_searches(p_author_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_limit constant integer := base.setting_integer('search.query_length');
  v_run_ids bigint[];
  v_batch bigint[] := array[]::bigint[];
  v_since timestamptz;
  v_share timestamptz;
  v_next record;
begin
  -- What a search brings again because others were polled before is free where it was bought on this UTC day.
  for v_next in
    select s.author_id, s.polled_at,
           case when s.polled_at >= date_trunc('day', base.now(), 'UTC') then 'infinity'
                else date_bin(base.setting_interval('search.spread'), s.polled_at, 'epoch') end as share
    from ingest.find_searchable(p_author_ids) as s
    order by share, s.polled_at, s.author_id
  loop
    if v_next.share <> v_share or cardinality(v_batch) = 100 or length(ingest.x_v2_search_query(v_batch || v_next.author_id)) > v_limit then
      v_run_ids := v_run_ids || ingest.start_search(v_batch, v_since);
      v_batch := '{}';
    end if;
    if v_batch = '{}' then
      v_since := v_next.polled_at;
      v_share := v_next.share;
    end if;
    v_batch := v_batch || v_next.author_id;
  end loop;
  if v_batch <> '{}' then
    v_run_ids := v_run_ids || ingest.start_search(v_batch, v_since);
  end if;
  perform ingest.open_calls(v_run_ids);
end;
$$;
comment on function ingest.start_searches(bigint[]) is
  'Starts searches for the posts of those of these authors who can be searched for, as few as search.query_length and the times of their last polls allow.';

-- source: db/functions/ingest/stop_provider.sql
create or replace function ingest.stop_provider(p_call ingest.calls, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_probe_at constant timestamptz :=
    base.now() + base.setting_interval(case p_answer.answer_class when 'no_token' then 'provider.token_probe' else 'provider.probe' end);
  v_provider text;
begin
  update ingest.calls set attempt_count = attempt_count - 1 where call_id = p_call.call_id;
  perform ingest.return_call(p_call.call_id, base.now());
  -- Calls that were out already when it stopped bring no news.
  update ingest.providers as p set stopped_class = p_answer.answer_class, stopped_at = coalesce(p.stopped_at, base.now()), probe_at = v_probe_at
  from ingest.endpoints as e
  where e.endpoint = p_call.endpoint and p.provider = e.provider and (p.stopped_at is null or p.stopped_at < p_call.claimed_at)
  returning p.provider into v_provider;
  if found then
    perform base.decide('provider_stopped', 'provider ' || v_provider, p_answer.answer_class, v_probe_at,
                        jsonb_build_object('call_id', p_call.call_id, 'detail', p_answer.detail));
  end if;
end;
$$;
comment on function ingest.stop_provider(ingest.calls, ingest.answer) is
  'All buying stops: no call goes out but one probe now and then, until one is answered well or an operator says so. One decision for the stop, counted up by each probe.';

-- source: db/functions/ingest/store_page.sql
create or replace function ingest.store_page(p_call ingest.calls, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_position bigint;
  v_changed_count integer;
begin
  select * into strict v_run from ingest.runs where run_id = p_call.run_id;
  p_answer := ingest.set_strangers_aside(v_run, p_answer);
  v_position := graph.last_change_id();
  v_changed_count := ingest.store_rows(v_run, p_answer, p_call.claimed_at);

  insert into ingest.pages (run_id, page_no, call_id, item_ids, next_token, changed_count, received_at)
  values (v_run.run_id, p_call.page_no, p_call.call_id, p_answer.item_ids, p_answer.next_token, v_changed_count, base.now());
  update ingest.calls set state = 'answered', lease_until = null, http_status = 200, answer_class = 'page', answer_detail = null, answered_at = base.now()
  where call_id = p_call.call_id;
  update ingest.runs as r set
    page_count = p_call.page_no,
    resource_count = r.resource_count + p_answer.resource_count,
    changed_count = r.changed_count + v_changed_count,
    rejected_count = r.rejected_count + coalesce(cardinality(p_answer.rejects), 0),
    is_partial = r.is_partial or p_answer.is_partial,
    is_named = r.is_named or graph.last_change_id() > v_position,
    newest_id = case when r.sync_kind = 'posts' and p_call.page_no = r.first_page then (select max(id) from unnest(p_answer.item_ids) as i (id)) else r.newest_id end
  where r.run_id = v_run.run_id
  returning r.* into v_run;

  if p_answer.rejects is not null then
    perform ingest.keep_rejects(v_run, p_call.page_no, p_answer.rejects);
  end if;
  perform ingest.continue_run(v_run, p_call, p_answer, v_changed_count);
end;
$$;
comment on function ingest.store_page(ingest.calls, ingest.answer) is 'A page''s rows, its receipt and what comes next, together (I4). The caller holds graph.lock_writer(), the run and the call.';

-- source: db/functions/ingest/store_rows.sql
create or replace function ingest.store_rows(p_run ingest.runs, p_answer ingest.answer, p_asked_at timestamptz)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_ended_ids constant bigint[] := ingest.ended_since(p_run, p_answer.item_ids, p_asked_at);
  v_ids bigint[];
  v_subject_ids bigint[];
begin
  if p_answer.profiles is not null then
    perform graph.write_users(p_answer.profiles, p_run.run_id);
    perform ingest.adopt_posts(array(select user_id from unnest(p_answer.profiles)), p_run.run_id);
  end if;
  if p_run.sync_kind in ('followers', 'following') then
    -- The ids of rows that were set aside come last; they are no users here.
    v_ids := p_answer.item_ids[:p_answer.resource_count - coalesce(cardinality(p_answer.rejects), 0)];
    if v_ended_ids <> '{}' then
      v_ids := array(select i from unnest(v_ids) as i where i <> all (v_ended_ids));
    end if;
    v_subject_ids := array_fill(p_run.subject_id, array[cardinality(v_ids)]);
  end if;
  if v_ended_ids <> '{}' and p_answer.posts is not null then
    p_answer.posts := array(select p from unnest(p_answer.posts) as p where p.post_id <> all (v_ended_ids));
  end if;
  if p_run.sync_kind <> 'search' and num_nonnulls(p_run.item_ids, p_run.handles) > 0 then
    perform ingest.record_missing(p_run, p_answer);
  end if;
  return case p_run.sync_kind
    when 'followers' then graph.write_follows(v_subject_ids, v_ids, p_run.run_id)
    when 'following' then graph.write_follows(v_ids, v_subject_ids, p_run.run_id)
    when 'posts' then graph.write_posts(p_answer.posts, p_run.run_id)
    when 'search' then graph.write_posts(p_answer.posts, p_run.run_id)
    when 'post_lookup' then graph.write_posts(p_answer.posts, p_run.run_id)
    else 0
  end;
end;
$$;
comment on function ingest.store_rows(ingest.runs, ingest.answer, timestamptz) is
  'Writes a page, asked for at a time, into the graph, but what events have ended since; returns how many edges or posts changed.';

-- source: db/functions/ingest/sum_up_spend.sql
create or replace function ingest.sum_up_spend(p_sums ingest.spend_sums[])
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into ingest.spend_sums as s
  select utc_day, call, payer_ids, sum(sent_count), sum(resource_count), sum(billed_count), sum(settled_usd), sum(booked_usd)
  from unnest(p_sums)
  group by utc_day, call, payer_ids
  on conflict (utc_day, call, payer_ids) do update set
    sent_count = s.sent_count + excluded.sent_count,
    resource_count = s.resource_count + excluded.resource_count,
    billed_count = s.billed_count + excluded.billed_count,
    settled_usd = s.settled_usd + excluded.settled_usd,
    booked_usd = s.booked_usd + excluded.booked_usd;
end;
$$;
comment on function ingest.sum_up_spend(ingest.spend_sums[]) is 'Adds what was spent on calls that are cleared away to the sums of their days, so that nothing which was spent is forgotten (W7).';

-- source: db/functions/ingest/sweep_follows.sql
create or replace function ingest.sweep_follows(p_run ingest.runs)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_first constant ingest.runs := ingest.first_sweep_of(p_run);
  v_removed_count integer;
begin
  if v_first.run_id is null then
    return 0;
  end if;
  -- EXCEPT hashes or sorts, whatever the planner believes of the receipts' length. Seen by any run of this list since the first sweep began
  -- to read: also by one in between that was no sweep.
  with unseen as (
    select f.target_id, f.follower_id
    from graph.follows as f
    where f.deleted_at is null
      and ((p_run.sync_kind = 'followers' and f.target_id = p_run.subject_id)
        or (p_run.sync_kind = 'following' and f.follower_id = p_run.subject_id))
    except
    select case p_run.sync_kind when 'followers' then p_run.subject_id else s.user_id end,
           case p_run.sync_kind when 'followers' then s.user_id else p_run.subject_id end
    from ingest.runs as r
    join ingest.pages as p using (run_id)
    cross join lateral unnest(p.item_ids) as s (user_id)
    where r.sync_kind = p_run.sync_kind and r.subject_id = p_run.subject_id and r.run_id >= v_first.run_id
      and (r.run_id > v_first.run_id or p.page_no >= v_first.first_page)
  )
  select graph.remove_follows(array_agg(u.target_id), array_agg(u.follower_id), p_run.run_id) into v_removed_count
  from unseen as u
  where not ingest.is_follow_confirmed(u.target_id, u.follower_id, v_first)
  having count(*) > 0;
  return coalesce(v_removed_count, 0);
end;
$$;
comment on function ingest.sweep_follows(ingest.runs) is
  'Soft-deletes the edges that a full, exhausted run did not see, nor the sweeps before it that absent_sweeps asks for, and that nothing else confirmed since the first of them began (I2); returns how many.';

-- source: db/functions/ingest/sweep_posts.sql
create or replace function ingest.sweep_posts(p_run ingest.runs, p_cursor_exhausted boolean)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_gone_ids bigint[];
  v_doubted_ids bigint[];
begin
  with seen as materialized (
    select distinct unnest(item_ids) as post_id from ingest.pages where run_id = p_run.run_id and page_no >= p_run.first_page
  ), oldest as (
    select min(post_id) as post_id from seen
  )
  select array_agg(p.post_id) filter (where p.post_id > o.post_id), array_agg(p.post_id) filter (where p.post_id > o.post_id is not true)
  into v_gone_ids, v_doubted_ids
  from graph.posts as p
  cross join oldest as o
  where p.author_id = p_run.subject_id and p.deleted_at is null
    and not exists (select from seen where post_id = p.post_id)
    and not exists (select from graph.post_changes as c
                    where c.author_id = p.author_id and c.change_id = p.change_id and c.change_id > p_run.start_position and c.run_id is distinct from p_run.run_id)
    and not exists (select from ingest.webhook_events where post_id = p.post_id and event_type = 'post.create' and position > p_run.start_position);

  -- Not seen and not newer than the oldest one seen: no evidence either way. Where the list really ended, a look-up by id settles it.
  if p_cursor_exhausted and v_doubted_ids is not null then
    perform ingest.start_lookups('post_lookup', v_doubted_ids, 'evidence');
  end if;
  return case when v_gone_ids is null then 0 else graph.remove_posts(v_gone_ids, p_run.run_id) end;
end;
$$;
comment on function ingest.sweep_posts(ingest.runs, boolean) is
  'Marks the posts that a full run to the end or the cap did not see and that are newer than the oldest it saw (G4); returns how many.';

-- source: db/functions/ingest/syncs_of.sql
create or replace function ingest.syncs_of(p_consumer_id bigint)
  returns table (
    sync_kind text, subject_id bigint, subject_count bigint, fresh_at timestamptz, due_at timestamptz, stale_count bigint, running_count bigint, refused_count bigint)
  language sql
  stable
as $$
  with needs as materialized (
    select n.*, ingest.default_freshness(n.sync_kind) as set_within
    from ingest.needs as n where n.consumer_id = p_consumer_id order by n.consumer_id, n.sync_kind, n.subject_id limit 1000
  )
  select n.sync_kind, case when count(*) = 1 then min(n.subject_id) end, count(*), min(coalesce(s.fresh_at, '-infinity')) filter (where s.refused_at is null),
         min(d.due_at),
         count(*) filter (where s.refused_at is null
                            and coalesce(s.fresh_at + least(n.fresh_within, case when n.or_default then n.set_within end) <= base.now(), true)),
         count(*) filter (where d.due_at is null), count(s.refused_at)
  from needs as n
  left join lateral (select * from ingest.subjects where sync_kind = n.sync_kind and subject_id = n.subject_id limit 1) as s on true
  left join lateral (select due_at from ingest.due where sync_kind = n.sync_kind and subject_id = n.subject_id limit 1) as d on true
  group by n.sync_kind
  order by n.sync_kind;
$$;
comment on function ingest.syncs_of(bigint) is
  'The syncs that a consumer needs itself, summed up by kind, of the first thousand: whose it is when it is one, how many, since when the oldest is fresh (-infinity: one never was), when the next is due, how many are not fresh, are under way (what is not due is), and are not shown by X.';

-- source: db/functions/ingest/take_answer.sql
create or replace function ingest.take_answer(p_call ingest.calls, p_status integer, p_answer ingest.answer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_action text;
begin
  select action into strict v_action from ingest.answer_classes where answer_class = p_answer.answer_class;
  if v_action in ('retry', 'reword') and p_call.attempt_count >= base.setting_integer('call.attempts') then
    v_action := 'fail';
  end if;
  if v_action in ('store', 'refuse') then
    perform ingest.start_provider(p_call);
  end if;
  if v_action = 'store' then
    perform ingest.store_page(p_call, p_answer);
    return;
  end if;

  update ingest.calls set http_status = p_status, answer_class = p_answer.answer_class, answer_detail = p_answer.detail
  where call_id = p_call.call_id;
  case v_action
    when 'retry' then
      perform ingest.return_call(p_call.call_id, base.now() + ingest.pause_after(p_call, p_answer));
    when 'wait' then
      perform ingest.return_call(p_call.call_id, ingest.wait_until(p_call, p_answer));
    when 'stop' then
      perform ingest.stop_provider(p_call, p_answer);
    when 'restart' then
      perform ingest.restart_refused_run(p_call, p_status, p_answer);
    when 'reword' then
      update ingest.providers set vocabulary = case when p_call.query ? 'post.fields' then 'tweet' else 'post' end where provider = 'x_v2';
      perform ingest.return_call(p_call.call_id, base.now());
    when 'refuse' then
      perform ingest.refuse_run(p_call.run_id, p_answer.answer_class, p_status);
    when 'fail' then
      perform ingest.fail_run(p_call.run_id, p_answer.answer_class, p_status, p_answer.detail);
  end case;
end;
$$;
comment on function ingest.take_answer(ingest.calls, integer, ingest.answer) is 'Does what ingest.answer_classes says about an answer. The call and its run are locked.';

-- source: db/functions/ingest/take_event.sql
create or replace function ingest.take_event(p_event ingest.webhook_events, p_is_guarded boolean)
  returns ingest.verdict
  language plpgsql
  volatile
as $$
declare
  v_verdict constant ingest.verdict := case when p_is_guarded then ingest.apply_guarded_event(p_event) else ingest.apply_event(p_event) end;
begin
  if v_verdict.state = 'malformed' or ingest.event_resource(p_event.event_type) is null then
    perform base.decide('event_set_aside', 'events of ' || coalesce(p_event.event_type, 'no type'), v_verdict.detail, null,
                        jsonb_build_object('event_id', p_event.event_id));
  elsif v_verdict.state = 'refused' then
    perform base.decide('event_refused', 'events of ' || p_event.source, v_verdict.detail, null, jsonb_build_object('event_id', p_event.event_id));
  end if;
  return v_verdict;
end;
$$;
comment on function ingest.take_event(ingest.webhook_events, boolean) is
  'Takes an event in, and returns what became of it, for ingest.write_verdicts(). The caller holds graph.lock_writer().';

-- source: db/functions/ingest/take_event_batch.sql
create or replace function ingest.take_event_batch(p_limit integer, p_deadline timestamptz, p_are_guarded boolean)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_event ingest.webhook_events;
  v_verdict ingest.verdict;
  v_event_ids bigint[] := array[]::bigint[];
  v_verdicts ingest.verdict[] := array[]::ingest.verdict[];
  v_positions bigint[] := array[]::bigint[];
  v_names text[] := array[]::text[];
  v_count integer := 0;
begin
  for v_event in
    select e.*
    from ingest.webhook_events as e
    where e.event_id = any (array(
      (select event_id from ingest.webhook_events where state = 'received' order by happened_at, event_id limit p_limit)
      union all
      (select event_id from ingest.webhook_events where state = 'waiting' and retry_at <= base.now() order by retry_at limit p_limit)))
    order by e.happened_at, e.event_id
    for no key update skip locked
  loop
    v_verdict := ingest.take_event(v_event, p_are_guarded);
    v_event_ids := v_event_ids || v_event.event_id;
    v_verdicts := v_verdicts || v_verdict;
    v_positions := v_positions || case when v_verdict.state = 'applied' then nextval('graph.change_ids') end;
    v_names := v_names || v_verdict.waits_for;
    v_count := v_count + 1;
    -- Who tells of the same post later in this batch finds it there (ingest.apply_post). A follow asks only for what happened after it.
    if v_event.event_type = 'post.delete' then
      perform ingest.write_verdicts(v_event_ids, v_verdicts, v_positions);
      v_event_ids := array[]::bigint[];
      v_verdicts := array[]::ingest.verdict[];
      v_positions := array[]::bigint[];
    end if;
    -- Elapsed time, hence the wall clock.
    exit when v_count >= p_limit or pg_catalog.clock_timestamp() >= p_deadline;
  end loop;
  perform ingest.write_verdicts(v_event_ids, v_verdicts, v_positions);
  perform ingest.look_up_names(array_remove(v_names, null));
  return v_count;
end;
$$;
comment on function ingest.take_event_batch(integer, timestamptz, boolean) is
  'Takes in what lies in the inbox: at most p_limit events, none after the deadline but the first; returns how many. See ingest.take_events().';

-- source: db/functions/ingest/take_events.sql
create or replace function ingest.take_events(p_limit integer, p_deadline timestamptz)
  returns integer
  language plpgsql
  volatile
as $$
begin
  return ingest.take_event_batch(p_limit, p_deadline, false);
exception
  -- What no reader foresaw. Each event gets a guard of its own only now: guards of hundreds of events that lock the same user are slow.
  when data_exception or integrity_constraint_violation or program_limit_exceeded then
    -- Elapsed time, hence the wall clock.
    return ingest.take_event_batch(p_limit, pg_catalog.clock_timestamp() + base.setting_interval('tick.budget'), true);
end;
$$;
comment on function ingest.take_events(integer, timestamptz) is
  'Takes in what lies in the inbox, in the order in which it happened: at most p_limit events, none after the deadline but the first; returns how many. Whom they name and nobody knows is looked up. The caller holds graph.lock_writer().';

-- source: db/functions/ingest/take_events_word.sql
create or replace function ingest.take_events_word(p_sync_kind text, p_subject_ids bigint[])
  returns bigint[]
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_told_ids bigint[] := array[]::bigint[];
begin
  -- By age a list is read in full all the same (I3), and so is one of which nobody knows how the last run went.
  for v_run in
    insert into ingest.runs (sync_kind, subject_id, mode, reason, page_size, started_at)
    select s.sync_kind, s.subject_id, 'incremental', 'told', base.setting_integer('page.small'), base.now()
    from ingest.subscriptions as e
    join ingest.subjects as s using (sync_kind, subject_id)
    cross join lateral ingest.windows_of(e.sync_kind, e.subject_id) as w
    where e.sync_kind = p_sync_kind and e.subject_id = any (p_subject_ids)
      and e.agreed_at > base.now() - base.setting_interval('webhook.heartbeat')
      and s.refused_class is null and s.failure_count = 0
      and ingest.reconcile_at(s.full_at, w.fresh_within, w.reconcile_within) > base.now()
    on conflict (sync_kind, subject_id) where status = 'in_progress' do nothing
    returning *
  loop
    perform ingest.finish_run(v_run, false, false);
    v_told_ids := v_told_ids || v_run.subject_id;
  end loop;
  return array(select i from unnest(p_subject_ids) as i where i <> all (v_told_ids));
end;
$$;
comment on function ingest.take_events_word(text, bigint[]) is
  'Of lists that are due, those that X tells of, and whose counts agreed lately, are fresh without being read (W3, I9): each gets a run that says so. Returns the others.';

-- source: db/functions/ingest/taken_up_again_at.sql
create or replace function ingest.taken_up_again_at(p_end graph.follow_changes)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  if (select change_id from graph.follows where target_id = p_end.target_id and follower_id = p_end.follower_id) = p_end.change_id then
    return 'infinity'::timestamptz;
  end if;
  return (
    select changed_at from graph.follow_changes
    where follower_id = p_end.follower_id and target_id = p_end.target_id and change_id > p_end.change_id
    order by change_id limit 1);
end;
$$;
comment on function ingest.taken_up_again_at(graph.follow_changes) is 'When a follow that was found ended was there again; infinity: not yet.';

-- source: db/functions/ingest/tend_waiting_runs.sql
create or replace function ingest.tend_waiting_runs(p_subject_id bigint default null)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_user_ids bigint[];
begin
  -- Once for all kinds of lists, so that their subjects share look-ups. One that ended while such a run was being started, or in somebody's hand, did
  -- not see it: whoever ticks next puts that right.
  select array_agg(distinct subject_id) into v_user_ids
  from (
    select subject_id from ingest.runs
    where is_waiting and (p_subject_id is null or subject_id = p_subject_id)
      and subject_id not in (select unnest(item_ids) from ingest.runs where sync_kind = 'users' and status = 'in_progress')
    order by run_id for no key update skip locked
  ) as r;
  if v_user_ids is not null then
    perform ingest.resume_waiting_runs(v_user_ids, false);
    perform ingest.hydrate_subjects(array_agg(distinct subject_id)) from ingest.runs
    where is_waiting and subject_id = any (v_user_ids) and ingest.is_look_wanted(sync_kind, subject_id) having count(*) > 0;
  end if;
end;
$$;
comment on function ingest.tend_waiting_runs(bigint) is
  'Runs that wait for a look at their subject (null: all of them) for which none is under way: those that can go on do, and the others'' subjects are looked up.';

-- source: db/functions/ingest/trace_absence.sql
create or replace function ingest.trace_absence(p_sync_kind text, p_target_id bigint, p_follower_id bigint)
  returns jsonb
  language sql
  stable
as $$
  -- As ingest.sweep_follows judges it: of the last sweeps, those since which nothing has shown the follow.
  select coalesce(jsonb_agg(a.reason), '[]')
  from (
    select base.build_reason('absence',
             format('missing from the last %s of the %s sweeps in a row that must miss it before it is taken for gone (absent_sweeps)',
                    count(*), base.setting_integer('absent_sweeps')),
             jsonb_build_object('run_ids', jsonb_agg((s.run).run_id order by (s.run).run_id), 'absent_sweeps', base.setting_integer('absent_sweeps'))) as reason
    from (select case p_sync_kind when 'followers' then p_target_id else p_follower_id end as subject_id,
                 case p_sync_kind when 'followers' then p_follower_id else p_target_id end as item_id) as i
    cross join lateral (
      select r as run from ingest.runs as r
      where r.sync_kind = p_sync_kind and r.subject_id = i.subject_id and r.status = 'success' and r.mode = 'full' and r.cursor_exhausted
      order by r.run_id desc limit base.setting_integer('absent_sweeps')
    ) as s
    where not ingest.is_follow_confirmed(p_target_id, p_follower_id, s.run)
      and not exists (
        select from ingest.runs as l join ingest.pages as p using (run_id)
        where l.sync_kind = p_sync_kind and l.subject_id = i.subject_id and l.run_id >= (s.run).run_id
          and (l.run_id > (s.run).run_id or p.page_no >= l.first_page) and i.item_id = any (p.item_ids))
    having count(*) > 0
  ) as a;
$$;
comment on function ingest.trace_absence(text, bigint, bigint) is
  'How many of a list''s last sweeps did not show a follow that is not yet taken for gone, as a list of at most one reason.';

-- source: db/functions/ingest/trace_changes.sql
create or replace function ingest.trace_changes(p_item_kind text, p_item_id bigint, p_follower_id bigint default null)
  returns jsonb
  language sql
  stable
as $$
  -- The first change, and the last five.
  select coalesce(jsonb_agg(base.build_reason('change',
    format('%s%s at %s by ', case when c.from_first = 1 then 'first ' else '' end, c.change, base.format_time(c.changed_at))
    || ingest.name_origin(c.run_id, c.event_id),
    jsonb_strip_nulls(jsonb_build_object(
      'change_id', c.change_id, 'change', c.change, 'run_id', c.run_id, 'event_id', c.event_id, 'changed_at', c.changed_at)))
    order by c.change_id), '[]')
  from (
    select *, row_number() over (order by change_id) as from_first, row_number() over (order by change_id desc) as from_last
    from graph.changes_of_item(p_item_kind, p_item_id, p_follower_id)
  ) as c
  where c.from_first = 1 or c.from_last <= 5;
$$;
comment on function ingest.trace_changes(text, bigint, bigint) is 'The first change and the last five of a user, post or follow, and whose doing they were, as a list of reasons.';

-- source: db/functions/ingest/trace_follow.sql
create or replace function ingest.trace_follow(p_target_id bigint, p_follower_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('follow',
    format('%s %s %s, seen first at %s', f.follower_id, case when f.deleted_at is null then 'follows' else 'followed' end, f.target_id,
           base.format_time(f.first_seen_at))
    || case when f.deleted_at is null then '' else format(', gone since %s', base.format_time(f.deleted_at)) end,
    jsonb_strip_nulls(jsonb_build_object('target_id', f.target_id::text, 'follower_id', f.follower_id::text, 'deleted_at', f.deleted_at)),
    ingest.trace_changes('follow', p_target_id, p_follower_id)
    || ingest.trace_sight('followers', p_target_id, p_follower_id)
    || ingest.trace_sight('following', p_follower_id, p_target_id)
    || case when f.deleted_at is null then
         ingest.trace_absence('followers', p_target_id, p_follower_id) || ingest.trace_absence('following', p_target_id, p_follower_id)
       else '[]' end)
  from graph.follows as f
  where f.target_id = p_target_id and f.follower_id = p_follower_id;
$$;
comment on function ingest.trace_follow(bigint, bigint) is 'Where the row of a follow comes from, as a reason; null for one that is not known.';

-- source: db/functions/ingest/trace_handle.sql
create or replace function ingest.trace_handle(p_handle text)
  returns jsonb
  language sql
  stable
as $$
  -- Who lost it is found by index; who took it, through those who lost it and who holds it now.
  with holder as (
    select user_id, handle from graph.users where lower(handle) = lower(ltrim(p_handle collate "C", '@'))
  ), touched as (
    select user_id from holder
    union
    (select user_id from graph.handle_changes where lower(old_handle) = lower(ltrim(p_handle collate "C", '@')) limit 100)
  ), moves as (
    select h as change
    from touched as t
    join graph.handle_changes as h using (user_id)
    where lower(h.old_handle) = lower(ltrim(p_handle collate "C", '@')) or lower(h.new_handle) = lower(ltrim(p_handle collate "C", '@'))
  )
  select base.build_reason('handle',
    coalesce((select format('@%s is user %s', handle, user_id) from holder), format('nobody here is @%s now', ltrim(p_handle, '@'))),
    jsonb_build_object('handle', ltrim(p_handle, '@'), 'user_id', (select user_id::text from holder)),
    coalesce((select jsonb_agg(ingest.report_handle_change(change) order by (change).change_id) from moves), '[]')
    || coalesce((select ingest.trace_changes('user', user_id) from holder), '[]'))
  where exists (select from touched);
$$;
comment on function ingest.trace_handle(text) is 'Who has a handle, and everyone who took or lost it (G3), as a reason; null for one that nobody ever had.';

-- source: db/functions/ingest/trace_item.sql
create or replace function ingest.trace_item(p_item_kind text, p_key jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_id constant bigint := base.parse_id(case p_item_kind when 'follow' then p_key ->> 'target_id' else p_key #>> '{}' end);
  v_follower_id constant bigint := base.parse_id(p_key ->> 'follower_id');
  v_reason jsonb;
begin
  if p_item_kind = 'handle' and jsonb_typeof(p_key) = 'string' then
    v_reason := ingest.trace_handle(p_key #>> '{}');
  elsif p_item_kind in ('user', 'post') and v_id is not null or p_item_kind = 'follow' and num_nulls(v_id, v_follower_id) = 0 then
    v_reason := case p_item_kind
      when 'user' then ingest.trace_user(v_id)
      when 'post' then ingest.trace_post(v_id)
      else ingest.trace_follow(v_id, v_follower_id) end;
  else
    raise exception 'that names no item: % %', coalesce(p_item_kind, 'null'), coalesce(p_key::text, 'null')
      using errcode = 'RK019',
            hint = 'Like this: ''user'', ''"123"''; ''post'', ''"123"''; ''handle'', ''"x"''; ''follow'', ''{"target_id": "1", "follower_id": "2"}''.';
  end if;
  if v_reason is null then
    raise exception 'no % % was ever seen', p_item_kind, p_key
      using errcode = 'RK018', hint = 'Only what a payload of X showed is known here.';
  end if;
  return v_reason;
end;
$$;
comment on function ingest.trace_item(text, jsonb) is 'Where a user, post, follow or handle comes from (G7), as a reason. RK018 for one that is not known, RK019 for a key that names none.';

-- source: db/functions/ingest/trace_post.sql
create or replace function ingest.trace_post(p_post_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('post',
    format('post %s by %s of %s', p.post_id, p.author_id, base.format_time(p.posted_at))
    || case when p.deleted_at is null then '' else format(', gone since %s', base.format_time(p.deleted_at)) end,
    jsonb_strip_nulls(jsonb_build_object('post_id', p.post_id::text, 'author_id', p.author_id::text, 'deleted_at', p.deleted_at)),
    ingest.trace_changes('post', p_post_id) || ingest.trace_sight('posts', p.author_id, p_post_id))
  from graph.posts as p
  where p.post_id = p_post_id;
$$;
comment on function ingest.trace_post(bigint) is 'Where a post''s row comes from, as a reason; null for one that is not known.';

-- source: db/functions/ingest/trace_sight.sql
create or replace function ingest.trace_sight(p_sync_kind text, p_subject_id bigint, p_item_id bigint)
  returns jsonb
  language sql
  stable
as $$
  -- Receipts are arrays: the last three runs of this one list, and at most a hundred pages of them, are searched; an older sight is not found.
  select coalesce(jsonb_agg(s.reason), '[]')
  from (
    select base.build_reason('sight', format('last seen at %s on page %s of %s', base.format_time(p.received_at), p.page_no, p.name),
             jsonb_build_object('run_id', p.run_id, 'page', p.page_no, 'seen_at', p.received_at)) as reason
    from (
      select g.*, r.name
      from (
        select l.run_id, ingest.name_run(l) as name
        from (
          (select * from ingest.runs where sync_kind = p_sync_kind and subject_id = p_subject_id order by run_id desc limit 3)
          union all
          -- Of an author's posts, also the last searches: no further back than a thousand of all authors'.
          (select s.* from (
             select * from ingest.runs
             where p_sync_kind = 'posts' and sync_kind = 'search' and subject_id is null order by run_id desc limit 1000) as s
           where p_subject_id = any (s.item_ids) order by s.run_id desc limit 3)
        ) as l
      ) as r
      join ingest.pages as g using (run_id)
      order by g.run_id desc, g.page_no desc
      limit 100
    ) as p
    where p_item_id = any (p.item_ids)
    order by p.run_id desc, p.page_no desc
    limit 1
  ) as s;
$$;
comment on function ingest.trace_sight(text, bigint, bigint) is 'The last page of a subject''s list that showed an item, as a list of at most one reason; searched no further back than a hundred pages.';

-- source: db/functions/ingest/trace_user.sql
create or replace function ingest.trace_user(p_user_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('user',
    format('user %s, %s', u.user_id, coalesce('@' || u.handle, 'whose handle is not known'))
    || case when u.deleted_at is null then ''
            else format(', gone since %s (%s)', base.format_time(u.deleted_at), coalesce(u.gone_reason, 'no reason given')) end,
    jsonb_strip_nulls(jsonb_build_object('user_id', u.user_id::text, 'handle', u.handle, 'deleted_at', u.deleted_at, 'gone_reason', u.gone_reason)),
    ingest.trace_changes('user', p_user_id)
    || coalesce((select jsonb_agg(base.build_reason('counts', 'counts last changed by ' || ingest.name_origin(c.run_id, null),
                                                    jsonb_build_object('run_id', c.run_id)))
                 from graph.user_counts as c
                 where c.user_id = p_user_id and c.run_id is not null), '[]')
    || coalesce((select jsonb_agg(base.build_reason('sight', 'looked up last at ' || base.format_time(s.fresh_at),
                                                    jsonb_build_object('seen_at', s.fresh_at)))
                 from ingest.subjects as s where s.sync_kind = 'users' and s.subject_id = p_user_id and s.fresh_at is not null), '[]')
    || coalesce((select jsonb_agg(ingest.report_handle_change(h.change) order by (h.change).change_id)
                 from (select c as change from graph.handle_changes as c where c.user_id = p_user_id order by c.change_id desc limit 10) as h), '[]'))
  from graph.users as u
  where u.user_id = p_user_id;
$$;
comment on function ingest.trace_user(bigint) is
  'Where a user''s row comes from, and its handles, as a reason; null for one that is not known. Lists that showed the user are not searched: any list may have.';

-- source: db/functions/ingest/try_books.sql
create or replace function ingest.try_books()
  returns boolean
  language sql
  volatile
as $$
  select pg_catalog.pg_try_advisory_xact_lock_shared(7766, 3);
$$;
comment on function ingest.try_books() is 'Whether no operator is just changing the budgets; see ingest.share_books().';

-- source: db/functions/ingest/unmet_needs.sql
create or replace function ingest.unmet_needs(p_consumer_id bigint, p_limit integer)
  returns table (sync_kind text, subject_id bigint, run_id bigint, look_at timestamptz)
  language sql
  stable
as $$
  with windows as materialized (
    select sync_kind, ingest.default_freshness(sync_kind) as fresh_within from ingest.sync_kinds
  )
  select n.sync_kind, n.subject_id, r.run_id, d.due_at
  from ingest.needs as n
  join windows as w using (sync_kind)
  left join lateral (
    select * from ingest.subjects where sync_kind = n.sync_kind and subject_id = n.subject_id limit 1
  ) as s on true
  cross join lateral (select ingest.open_run_of(n.sync_kind, n.subject_id)) as r (run_id)
  left join ingest.due as d on d.sync_kind = n.sync_kind and d.subject_id = n.subject_id
  where n.consumer_id = p_consumer_id
    and not coalesce(case when s.refused_at is not null then n.tolerates_refusal
                          else s.fresh_at + least(n.fresh_within, case when n.or_default then w.fresh_within end) > base.now() end, false)
  order by n.sync_kind, n.subject_id
  limit p_limit;
$$;
comment on function ingest.unmet_needs(bigint, integer) is
  'What a consumer needs and does not have fresh: the run that is under way for it, or when it is due. Empty: it can go on (A5, I10).';

-- source: db/functions/ingest/wait_for_user.sql
create or replace function ingest.wait_for_user(p_name text, p_refusal text)
  returns ingest.verdict
  language sql
  immutable
as $$
  select case when p_refusal is null then row('waiting', p_name || ' is not known yet', p_name, null, null, null)::ingest.verdict
              else row('refused', format('X does not show %s: %s', p_name, p_refusal), null, null, null, null)::ingest.verdict end;
$$;
comment on function ingest.wait_for_user(text, text) is 'What becomes of an event that names a user who is not known here: it waits for a look-up, or X has refused one (p_refusal).';

-- source: db/functions/ingest/wait_until.sql
create or replace function ingest.wait_until(p_call ingest.calls, p_answer ingest.answer)
  returns timestamptz
  language plpgsql
  volatile
as $$
declare
  v_last constant integer := base.setting_integer('call.attempts') - 1;
begin
  if p_answer.answer_class = 'too_fast' then
    -- The attempt counts, so that the next wait is longer, but never as the last one: waiting fails no run.
    update ingest.calls set attempt_count = least(p_call.attempt_count, v_last) where call_id = p_call.call_id;
    return base.now() + ingest.pause_after(p_call, p_answer);
  end if;
  -- Neither a window that is spent nor a worker that stops is a failed attempt.
  update ingest.calls set attempt_count = p_call.attempt_count - 1 where call_id = p_call.call_id;
  return case p_answer.answer_class
    when 'aborted' then base.now()
    else (select reset_at from ingest.windows where endpoint = p_call.endpoint) end;
end;
$$;
comment on function ingest.wait_until(ingest.calls, ingest.answer) is 'When a call that came too early, or was dropped, may go out again; as often as it takes.';

-- source: db/functions/ingest/widen_run.sql
create or replace function ingest.widen_run(p_run_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  update ingest.runs set
    mode = 'full', since_id = null, expected_count = subject_count,
    page_size = case when not is_waiting and sync_kind <> 'posts' then ingest.page_size('full', null) end
  where run_id = p_run_id and status = 'in_progress' and mode = 'incremental'
  returning * into v_run;
  if exists (select from ingest.calls where run_id = p_run_id and (claimed_at is not null or page_no > 1)) then
    -- Its cursor, or a call that went out, belongs to a query that began at since_id, or to smaller pages. Its answer may come, however late.
    perform ingest.restart_run(v_run.run_id);
  end if;
end;
$$;
comment on function ingest.widen_run(bigint) is 'Makes a run in progress a full one: it reads to the end, from the top.';

-- source: db/functions/ingest/window_opens_at.sql
create or replace function ingest.window_opens_at(p_window ingest.windows)
  returns timestamptz
  language plpgsql
  stable
as $$
declare
  v_burst constant numeric := base.setting_integer('window.burst') / 100.0;
  v_share numeric;
begin
  if ingest.window_room(p_window) > 0 then
    return base.now();
  elsif p_window.remaining_count = 0 then
    return p_window.reset_at;
  end if;
  -- Where the line of ingest.window_room has risen to one call more than went out; a moment later, since times are rounded.
  v_share := (1 - (p_window.limit_count - p_window.remaining_count + 1)::numeric / p_window.limit_count) / (1 - v_burst);
  return (
    select least(p_window.reset_at, p_window.reset_at - window_length * v_share::double precision + interval '1 millisecond')
    from ingest.endpoints where endpoint = p_window.endpoint);
end;
$$;
comment on function ingest.window_opens_at(ingest.windows) is 'When the next call may go out: now where there is room, else when the spread allows one more, or when the window ends.';

-- source: db/functions/ingest/window_room.sql
create or replace function ingest.window_room(p_window ingest.windows)
  returns integer
  language plpgsql
  stable
as $$
declare
  v_burst constant numeric := base.setting_integer('window.burst') / 100.0;
  v_left numeric;
begin
  -- A window that nobody has begun, or that is over, is a whole one.
  if coalesce(p_window.reset_at <= base.now(), true) then
    return greatest(1, floor(p_window.limit_count * v_burst));
  end if;
  -- The share of the window's length that is left. A reset further ahead than that (a clock is off) leaves all of it.
  select least(1, extract(epoch from p_window.reset_at - base.now()) / extract(epoch from window_length)) into strict v_left
  from ingest.endpoints where endpoint = p_window.endpoint;
  return least(p_window.remaining_count, greatest(0,
    greatest(1, floor(p_window.limit_count * (1 - (1 - v_burst) * v_left))) - (p_window.limit_count - p_window.remaining_count)));
end;
$$;
comment on function ingest.window_room(ingest.windows) is
  'How many calls may go out now (I8): a share of the window (window.burst) at once, the rest spread evenly over the time until it ends, and never more than are left.';

-- source: db/functions/ingest/windows_of.sql
create or replace function ingest.windows_of(p_sync_kind text, p_subject_id bigint)
  returns table (fresh_within interval, reconcile_within interval, reconcile_doubt numeric)
  language sql
  stable
as $$
  select min(least(fresh_within, case when or_default then ingest.default_freshness(p_sync_kind) end)),
         min(least(reconcile_within, case when reconcile_or_default then ingest.default_reconcile(p_sync_kind) end)),
         min(least(reconcile_doubt, case when doubt_or_default then base.setting_text('reconcile.doubt')::numeric end))
  from ingest.needs
  where sync_kind = p_sync_kind and subject_id = p_subject_id;
$$;
comment on function ingest.windows_of(text, bigint) is
  'How fresh a subject is needed, how often its list is read in full, and at which doubt, in percent: of all who need it, the smallest (A5, I3). All null when nobody does.';

-- source: db/functions/ingest/write_verdicts.sql
create or replace function ingest.write_verdicts(p_event_ids bigint[], p_verdicts ingest.verdict[], p_positions bigint[])
  returns void
  language plpgsql
  volatile
as $$
declare
  v_retry_at constant timestamptz := base.now() + base.setting_interval('webhook.retry');
begin
  with told as materialized (
    select v.*, e.received_at, e.event_type,
           -- X bills a delivery once, however often the event is looked at here.
           case when e.state <> 'received' then e.cost_usd when e.source = 'x_activity' then coalesce(p.usd, 0) else 0 end as usd,
           e.state = 'received' as is_new
    from rows from (unnest(p_event_ids), unnest(p_verdicts), unnest(p_positions)) as
      v (event_id, state, detail, waits_for, target_id, follower_id, post_id, position)
    cross join lateral (select * from ingest.webhook_events where event_id = v.event_id limit 1) as e
    left join ingest.prices as p on p.resource = ingest.event_resource(e.event_type)
  ), booked as (
    insert into ingest.deliveries as d (utc_day, event_type, event_count, cost_usd)
    select (received_at at time zone 'UTC')::date, event_type, count(*), sum(usd) from told where is_new and usd > 0 group by 1, 2 order by 1, 2
    on conflict on constraint deliveries_pkey do update set event_count = d.event_count + excluded.event_count, cost_usd = d.cost_usd + excluded.cost_usd
  )
  update ingest.webhook_events as e set
    state = t.state, detail = t.detail, waits_for = t.waits_for, target_id = t.target_id, follower_id = t.follower_id, post_id = t.post_id,
    position = t.position, cost_usd = t.usd,
    retry_at = case when t.state = 'waiting' then v_retry_at end,
    ended_at = case when t.state <> 'waiting' then base.now() end
  from told as t
  where e.event_id = t.event_id and e.event_id = any (p_event_ids);
end;
$$;
comment on function ingest.write_verdicts(bigint[], ingest.verdict[], bigint[]) is
  'Writes on events what became of them, and into the books what X bills for those that are taken in for the first time (I9). One statement for many: an event by itself costs eight times as much.';

-- source: db/functions/providers/x_activity.sql
-- X's Activity API: what it sends to a webhook. The door is ingest.x_activity_tidings(); nothing else in the database knows how X says it.
-- Facts from X's documentation of July 2026: user objects come bare or in a `data` of their own, numbers with a copy named …_str, follows
-- without a time.

create or replace function ingest.x_activity_unwrap(p_object jsonb)
  returns jsonb
  language sql
  immutable
as $$
  select case when jsonb_typeof(p_object -> 'data') = 'object' then p_object -> 'data' else p_object end;
$$;
comment on function ingest.x_activity_unwrap(jsonb) is 'An object, out of the `data` that may be around it.';

create or replace function ingest.x_activity_envelope(p_payload jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
declare
  v_once constant jsonb := ingest.x_activity_unwrap(p_payload);
begin
  return case when v_once ? 'event_type' then v_once else ingest.x_activity_unwrap(v_once) end;
end;
$$;
comment on function ingest.x_activity_envelope(jsonb) is 'The object with event_uuid, event_type, filter and payload, out of one `data` or two.';

create or replace function ingest.x_activity_time(p_payload jsonb)
  returns text
  language plpgsql
  immutable
as $$
declare
  v_envelope constant jsonb := ingest.x_activity_envelope(p_payload);
begin
  return case when v_envelope ->> 'event_type' = 'post.create' then ingest.x_activity_unwrap(v_envelope -> 'payload') ->> 'created_at' end;
end;
$$;
comment on function ingest.x_activity_time(jsonb) is 'When it happened, as X writes it; null where X does not say.';

create or replace function ingest.x_activity_profiles(p_payload jsonb)
  returns graph.profile[]
  language plpgsql
  stable
as $$
declare
  v_envelope constant jsonb := ingest.x_activity_envelope(p_payload);
  v_included constant jsonb := coalesce(v_envelope #> '{includes,users}', p_payload #> '{includes,users}');
  v_rows jsonb;
begin
  select coalesce(jsonb_agg(ingest.x_activity_unwrap(u.object) order by u.place), '[]')
  into v_rows
  from (
    select object, place from jsonb_array_elements(case when jsonb_typeof(v_included) = 'array' then v_included end) with ordinality as i (object, place)
    union all
    select v_envelope #> '{payload,source}', 1000001 where v_envelope ->> 'event_type' like 'follow.%'
    union all
    select v_envelope #> '{payload,target}', 1000002 where v_envelope ->> 'event_type' like 'follow.%'
  ) as u
  -- A bare id is no profile.
  where ingest.x_activity_unwrap(u.object) ? 'username';
  return ingest.x_v2_profiles(v_rows);
exception
  when data_exception then
    return ingest.x_v2_profiles((ingest.x_v2_sort_rows(v_rows, false)).good);
end;
$$;
comment on function ingest.x_activity_profiles(jsonb) is 'The users that an event shows whole: they are paid for with it. Those that cannot be read are passed over.';

create or replace function ingest.x_activity_post(p_envelope jsonb)
  returns graph.post
  language plpgsql
  stable
as $$
declare
  v_object jsonb := ingest.x_activity_unwrap(p_envelope -> 'payload');
begin
  if p_envelope ->> 'event_type' = 'post.delete' then
    v_object := jsonb_build_object('id', v_object -> 'id', 'text', '');
  elsif not v_object ? 'author_id' then
    -- Only posts of the filtered user are told.
    v_object := v_object || jsonb_build_object('author_id', p_envelope #> '{filter,user_id}');
  end if;
  return (ingest.x_v2_posts(jsonb_build_array(v_object)))[1];
exception
  when data_exception then
    return null;
end;
$$;
comment on function ingest.x_activity_post(jsonb) is 'The post that was made, or of one that was deleted its id; null when it cannot be read.';

create or replace function ingest.x_activity_tidings(p_payload jsonb)
  returns ingest.tidings
  language plpgsql
  stable
as $$
declare
  v_envelope constant jsonb := ingest.x_activity_envelope(p_payload);
  v_type constant text := v_envelope ->> 'event_type';
  v_tidings ingest.tidings;
begin
  v_tidings.profiles := ingest.x_activity_profiles(p_payload);
  if v_type is null then
    v_tidings.fault := 'it names no event_type';
  elsif v_type in ('follow.follow', 'follow.unfollow') then
    v_tidings.subject := 'user ' || base.parse_id(ingest.x_activity_unwrap(v_envelope #> '{payload,source}') ->> 'id');
    v_tidings.object := 'user ' || base.parse_id(ingest.x_activity_unwrap(v_envelope #> '{payload,target}') ->> 'id');
    v_tidings.fault := case when num_nulls(v_tidings.subject, v_tidings.object) > 0 then 'source or target has no id'
                            when v_tidings.subject = v_tidings.object then 'source and target are the same' end;
  elsif v_type = 'post.create' and (ingest.x_v2_skip_retweets(jsonb_build_array(ingest.x_activity_unwrap(v_envelope -> 'payload')))).kept = '[]' then
    v_tidings.field := 'retweet';
  elsif v_type in ('post.create', 'post.delete') then
    v_tidings.post := ingest.x_activity_post(v_envelope);
    v_tidings.subject := 'user ' || (v_tidings.post).author_id;
    v_tidings.fault := case when (v_tidings.post).post_id is null then 'its post cannot be read'
                            when v_type = 'post.create' and v_tidings.subject is null then 'its post has no author' end;
  elsif v_type like 'profile.update.%' then
    v_tidings.subject := 'user ' || base.parse_id(v_envelope #>> '{filter,user_id}');
    v_tidings.field := substr(v_type, 16);
    v_tidings.value := nullif(v_envelope #>> '{payload,after}', '');
    v_tidings.fault := case when v_tidings.subject is null then 'its filter names no user'
                            when coalesce(jsonb_typeof(v_envelope #> '{payload,after}'), 'null') not in ('string', 'null') then 'payload.after is no text' end;
  end if;
  return v_tidings;
end;
$$;
comment on function ingest.x_activity_tidings(jsonb) is 'Reads what X sent. Raises nothing: what cannot be read has a fault, and of an unknown type only the users are read.';

-- source: db/functions/providers/x_v2.sql
-- X's own API, version 2. Two doors: ingest.x_v2_request() says how to ask, ingest.x_v2_answer() what was answered. Nothing else in the database
-- knows X's paths, parameters, JSON or errors. Facts from X's OpenAPI document 2.167 and its documentation of August 2026.

create or replace function ingest.x_v2_vocabulary(p_endpoint text)
  returns text
  language sql
  stable
as $$
  -- Under post.fields neither the author of a post nor what it refers to is a field any more; as expansions both may cost.
  select coalesce(nullif(base.setting_text('x_v2.vocabulary'), 'auto'), vocabulary,
                  case when p_endpoint = 'search' or (p_endpoint = 'timeline' and base.setting_text('posts.retweets') = 'exclude') then 'tweet' else 'post' end)
  from ingest.providers where provider = 'x_v2';
$$;
comment on function ingest.x_v2_vocabulary(text) is
  'post or tweet: the names that X is asked in, from the setting or as X was found to accept; else the new ones, where they can say what is needed.';

create or replace function ingest.x_v2_can_search()
  returns boolean
  language plpgsql
  stable
as $$
begin
  return ingest.x_v2_vocabulary('search') = 'tweet';
end;
$$;
comment on function ingest.x_v2_can_search() is 'Whether a search for several authors would say who wrote which post.';

create or replace function ingest.x_v2_search_query(p_author_ids bigint[])
  returns text
  language sql
  immutable
as $$
  -- The brackets matter: to X a blank binds closer than OR. By id, since handles move.
  select '(' || string_agg('from:' || i, ' OR ' order by n) || ') -is:retweet' from unnest(p_author_ids) with ordinality as a (i, n);
$$;
comment on function ingest.x_v2_search_query(bigint[]) is 'The query of a search for the posts of these authors, in the order given.';

create or replace function ingest.x_v2_id_at(p_at timestamptz)
  returns bigint
  language sql
  immutable
as $$
  select (floor(extract(epoch from p_at) * 1000)::bigint - 1288834974657) << 22;
$$;
comment on function ingest.x_v2_id_at(timestamptz) is 'The smallest id that X would give a post at this moment (a snowflake).';

create or replace function ingest.x_v2_request(p_call ingest.calls, p_run ingest.runs)
  returns table (path text, query jsonb)
  language sql
  stable
as $$
  select
    case p_call.endpoint
      when 'users' then '/2/users'
      when 'users_by_handle' then '/2/users/by'
      when 'followers' then format('/2/users/%s/followers', p_run.subject_id)
      when 'following' then format('/2/users/%s/following', p_run.subject_id)
      when 'timeline' then format('/2/users/%s/tweets', p_run.subject_id)
      when 'posts' then '/2/tweets'
      when 'search' then '/2/tweets/search/recent'
    end,
    jsonb_strip_nulls(jsonb_build_object(
      'ids', case when p_call.endpoint <> 'search' then array_to_string(p_run.item_ids, ',') end,
      'query', case when p_call.endpoint = 'search' then ingest.x_v2_search_query(p_run.item_ids) end,
      'sort_order', case when p_call.endpoint = 'search' then 'recency' end,
      'usernames', array_to_string(p_run.handles, ','),
      'max_results', case when p_call.endpoint in ('followers', 'following') then p_run.page_size::text
                          when p_call.endpoint = 'timeline' then base.setting_text('page.posts')
                          when p_call.endpoint = 'search' then greatest(base.setting_integer('page.posts'), 10)::text end,
      'pagination_token', p_call.page_token,
      'since_id', p_run.since_id::text,
      'user.fields', case when p_call.endpoint in ('users', 'users_by_handle', 'followers', 'following')
        then 'created_at,description,location,profile_image_url,protected,public_metrics,url,verified,verified_type' end,
      v.vocabulary || '.fields', case when p_call.endpoint in ('timeline', 'posts', 'search') then case v.vocabulary
        when 'post' then 'conversation_id,created_at,lang,note_post,public_metrics'
        else 'author_id,conversation_id,created_at,in_reply_to_user_id,lang,note_tweet,public_metrics' end
        || case when p_call.endpoint = 'timeline' and v.vocabulary = 'tweet' and base.setting_text('posts.retweets') = 'exclude'
             then ',referenced_tweets' else '' end end))
  from (select ingest.x_v2_vocabulary(p_call.endpoint) as vocabulary) as v;
$$;
comment on function ingest.x_v2_request(ingest.calls, ingest.runs) is
  'Path and query of a call. No expansions: X bills what they return. Under post.fields the author is no field any more; it is known from the path or from the post.';

create or replace function ingest.x_v2_row_limit(p_query jsonb)
  returns integer
  language plpgsql
  immutable
as $$
begin
  return coalesce((p_query ->> 'max_results')::integer, cardinality(string_to_array(coalesce(p_query ->> 'ids', p_query ->> 'usernames'), ',')));
end;
$$;
comment on function ingest.x_v2_row_limit(jsonb) is 'How many rows X returns at most for a query.';

create or replace function ingest.x_v2_header(p_headers jsonb, p_name text)
  returns bigint
  language plpgsql
  immutable
as $$
begin
  return (
    select max(value::bigint)
    from jsonb_each_text(case when jsonb_typeof(p_headers) = 'object' then p_headers end)
    where lower(key collate "C") = p_name and value ~ '^[0-9]{1,10}$');
end;
$$;
comment on function ingest.x_v2_header(jsonb, text) is 'A header that holds a whole number; null when absent or anything else.';

create or replace function ingest.x_v2_refusal(p_error jsonb)
  returns text
  language sql
  immutable
as $$
  -- Suspended and not found have the same type: only title and detail tell them apart. In brackets is what was asked for, which may be a handle.
  select case regexp_replace(p_error ->> 'type', '^.*/', '')
    when 'resource-not-found' then
      case when p_error ->> 'title' = 'Forbidden' or regexp_replace(p_error ->> 'detail', '\[.*\]', '') ilike '%suspended%' then 'suspended' else 'not_found' end
    when 'not-authorized-for-resource' then 'protected'
  end;
$$;
comment on function ingest.x_v2_refusal(jsonb) is 'Why X does not show what an entry of errors[] is about: suspended, not_found, protected; null for any other error.';

create or replace function ingest.x_v2_errors(p_body jsonb)
  returns setof jsonb
  language sql
  immutable
as $$
  select e
  from jsonb_array_elements(case when jsonb_typeof(p_body -> 'errors') = 'array' then p_body -> 'errors' end) as e
  where coalesce(e ->> 'section', 'data') = 'data';
$$;
comment on function ingest.x_v2_errors(jsonb) is 'The errors about the rows that were asked for; those about included objects say nothing of them.';

create or replace function ingest.x_v2_class_of_ok(p_endpoint text, p_body jsonb)
  returns text
  language plpgsql
  immutable
as $$
declare
  v_data constant jsonb := coalesce(p_body -> 'data', 'null');
begin
  if jsonb_typeof(v_data) in ('array', 'object') and v_data <> '[]' then
    return 'page';
  end if;
  return case
    when jsonb_typeof(p_body) is distinct from 'object' then 'not_json'
    -- Without rows it must look like a page of none: no problem document, nothing of the wrong type.
    when p_body ?| '{title,detail,status,message,error}' or v_data not in ('null', '[]')
      or coalesce(jsonb_typeof(p_body -> 'errors'), 'array') <> 'array' then 'api_error'
    when not exists (select from ingest.x_v2_errors(p_body)) then 'page'
    -- A search has many subjects: nothing that X says about one of them answers it.
    when p_endpoint = 'search' then 'api_error'
    when p_endpoint in ('users', 'users_by_handle', 'posts')
      then case when exists (select from ingest.x_v2_errors(p_body) as e where ingest.x_v2_refusal(e) is not null) then 'page' else 'api_error' end
    -- What is said of a post, or where the list goes on, is said of rows that were left out.
    else (select coalesce('subject_' || min(r.refusal) filter (where coalesce(r.about, 'user') = 'user' and nullif(p_body #>> '{meta,next_token}', '') is null),
                          case when count(r.refusal) > 0 then 'page' end, 'api_error')
          from (select ingest.x_v2_refusal(e) as refusal, e ->> 'resource_type' as about from ingest.x_v2_errors(p_body) as e) as r)
  end;
end;
$$;
comment on function ingest.x_v2_class_of_ok(text, jsonb) is 'The class of a 200: X says much of what goes wrong with one.';

create or replace function ingest.x_v2_class(p_endpoint text, p_status integer, p_headers jsonb, p_body jsonb)
  returns text
  language plpgsql
  immutable
as $$
declare
  -- What X does not take, without the names of all that it would.
  v_refused constant text := case when p_status = 400 then regexp_replace(p_body::text, 'is not one of \[[^]]*\]', '', 'g') end;
begin
  return case
    when p_status = 200 then ingest.x_v2_class_of_ok(p_endpoint, p_body)
    when p_status = 400 then case
      when v_refused ~ 'pagination_token|next_token' then 'cursor_refused'
      when v_refused ~ '(post|tweet)\.fields' then 'vocabulary_refused'
      else 'bad_request' end
    when p_status = 401 then 'unauthorized'
    when p_status = 402 then 'credits_depleted'
    when p_status = 403 then case
      when p_body::text ~* 'spend-?cap|spending' then 'spend_capped'
      when p_endpoint in ('followers', 'following', 'timeline') and ingest.x_v2_refusal(p_body) = 'protected' then 'subject_protected'
      else 'forbidden' end
    when p_status = 404 then 'not_found'
    when p_status = 429 then case
      when p_body::text ~* 'usage-?cap' then 'usage_capped'
      when 0 in (ingest.x_v2_header(p_headers, 'x-app-limit-24hour-remaining'), ingest.x_v2_header(p_headers, 'x-user-limit-24hour-remaining')) then 'rate_limited'
      when ingest.x_v2_header(p_headers, 'x-rate-limit-remaining') > 0 then 'too_fast'
      else 'rate_limited' end
    when p_status between 500 and 599 then 'server_error'
    else 'unexpected'
  end;
end;
$$;
comment on function ingest.x_v2_class(text, integer, jsonb, jsonb) is 'Which of ingest.answer_classes an answer of X is.';

create or replace function ingest.x_v2_profiles(p_rows jsonb)
  returns graph.profile[]
  language plpgsql
  stable
as $$
declare
  v_profiles graph.profile[];
  v_are_whole boolean;
begin
  select array_agg(row(r.id, r.username, r.name, r.description, r.location, nullif(r.url, ''), r.profile_image_url, r.verified, r.verified_type,
                       r.protected, r.created_at::timestamptz, (r.public_metrics).followers_count, (r.public_metrics).following_count,
                       coalesce((r.public_metrics).post_count, (r.public_metrics).tweet_count), (r.public_metrics).listed_count,
                       jsonb_hash_extended(r.payload, 0))::graph.profile),
         -- One match over all of them: a thousand small ones take as long as all the rest of the reading.
         bool_and((r.id > 0 and length(r.username) between 1 and 50) is true)
           and coalesce(string_agg(r.username, '') ~ '^[A-Za-z0-9_]*$', true)
           and coalesce(string_agg(r.created_at, '') ~ '^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)*$', true)
  into v_profiles, v_are_whole
  from rows from (
    jsonb_to_recordset(p_rows) as (
      id bigint, username text, name text, description text, location text, url text, profile_image_url text, verified boolean, verified_type text,
      protected boolean, created_at text, public_metrics ingest.x_v2_user_metrics),
    jsonb_array_elements(p_rows)
  ) as r (id, username, name, description, location, url, profile_image_url, verified, verified_type, protected, created_at, public_metrics, payload);
  if not v_are_whole then
    raise exception 'id, username or created_at is missing or malformed' using errcode = 'data_exception';
  end if;
  return v_profiles;
end;
$$;
comment on function ingest.x_v2_profiles(jsonb) is 'An array of X''s user objects as profiles; raises a data_exception when any of them is not whole.';

create or replace function ingest.x_v2_posts(p_rows jsonb)
  returns graph.post[]
  language plpgsql
  stable
as $$
declare
  v_posts graph.post[];
  v_are_whole boolean;
begin
  -- Without created_at the id itself tells the time (a snowflake: milliseconds since 2010-11-04T01:42:54.657Z).
  select array_agg(row(r.id, r.author_id, coalesce(r.created_at::timestamptz, to_timestamp(((r.id >> 22) + 1288834974657) / 1000.0)),
                       coalesce((r.note_post).text, (r.note_tweet).text, r.text), r.lang, r.conversation_id, r.in_reply_to_user_id,
                       (r.public_metrics).like_count, coalesce((r.public_metrics).repost_count, (r.public_metrics).retweet_count),
                       (r.public_metrics).reply_count, (r.public_metrics).quote_count)::graph.post),
         bool_and((r.id > 0 and r.text is not null) is true)
           and coalesce(string_agg(r.created_at, '') ~ '^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)*$', true)
  into v_posts, v_are_whole
  from jsonb_to_recordset(p_rows) as r (
    id bigint, author_id bigint, created_at text, text text, lang text, conversation_id bigint, in_reply_to_user_id bigint,
    note_post ingest.x_v2_note, note_tweet ingest.x_v2_note, public_metrics ingest.x_v2_post_metrics);
  if not v_are_whole then
    raise exception 'id, text or created_at is missing or malformed' using errcode = 'data_exception';
  end if;
  return v_posts;
end;
$$;
comment on function ingest.x_v2_posts(jsonb) is 'An array of X''s post objects, in either vocabulary; raises a data_exception when any of them is not whole.';

create or replace function ingest.x_v2_skip_retweets(p_rows jsonb, out kept jsonb, out skipped_ids bigint[])
  language plpgsql
  stable
as $$
begin
  kept := p_rows;
  if base.setting_text('posts.retweets') = 'exclude' then
    select coalesce(jsonb_agg(e.value order by e.position) filter (where not e.is_retweet), '[]'),
           array_agg(base.parse_id(e.value ->> 'id')) filter (where e.is_retweet and base.parse_id(e.value ->> 'id') is not null)
    into kept, skipped_ids
    from (
      select r.value, r.position,
             coalesce(r.value -> 'referenced_tweets', r.value -> 'referenced_posts') @? '$[*].type ? (@ == "retweeted" || @ == "reposted")' is true as is_retweet
      from jsonb_array_elements(p_rows) with ordinality as r (value, position)
    ) as e;
  end if;
end;
$$;
comment on function ingest.x_v2_skip_retweets(jsonb) is
  'The posts of a timeline that are taken, and the ids of those that are not: where posts.retweets is exclude, what X names as a retweet. X bills both: to ask for a timeline without retweets would cost posts, as a page of nothing but retweets comes empty and seems to be the last.';

create or replace function ingest.x_v2_skip_known(p_rows jsonb, out news jsonb, out user_ids bigint[])
  language plpgsql
  stable
as $$
declare
  v_are_known boolean[];
begin
  select array_agg(e.user_id), array_agg(coalesce(c.payload_hash = e.payload_hash, false))
  into user_ids, v_are_known
  from (
    select (r.value ->> 'id')::bigint as user_id, jsonb_hash_extended(r.value, 0) as payload_hash from jsonb_array_elements(p_rows) as r
  ) as e
  left join lateral (select payload_hash from graph.user_counts where user_id = e.user_id limit 1) as c on true;
  if true <> all (v_are_known) then
    news := p_rows;
  elsif false = any (v_are_known) then
    -- Where a user or a handle is seen twice, the order of the rows tells which is the truth (graph.settle_profiles): then all are read.
    select case when count(*) = count(distinct (e.value ->> 'id')::bigint)
                 and count(*) = count(distinct lower((e.value ->> 'username') collate "C"))
                then jsonb_agg(e.value order by e.position) filter (where not v_are_known[e.position])
                else p_rows end
    into news
    from jsonb_array_elements(p_rows) with ordinality as e (value, position);
  end if;
end;
$$;
comment on function ingest.x_v2_skip_known(jsonb) is
  'Of a page of users: those whose payload is not the very one that was stored last (null: none), and the ids of all. A full sweep meets mostly payloads that it knows. Raises a data_exception where an id is none.';

create or replace function ingest.x_v2_sort_rows(p_rows jsonb, p_are_posts boolean, out good jsonb, out rejects jsonb[])
  language plpgsql
  stable
as $$
declare
  v_row jsonb;
begin
  good := '[]';
  for v_row in select r from jsonb_array_elements(p_rows) as r loop
    begin
      if p_are_posts then
        perform ingest.x_v2_posts(jsonb_build_array(v_row));
      else
        perform ingest.x_v2_profiles(jsonb_build_array(v_row));
      end if;
      good := good || jsonb_build_array(v_row);
    exception
      when data_exception then
        rejects := rejects || jsonb_build_object('reason', left(sqlerrm, 200), 'raw', v_row);
    end;
  end loop;
end;
$$;
comment on function ingest.x_v2_sort_rows(jsonb, boolean) is 'The rows that can be read, and the others with the reason. For a page that could not be read as a whole.';

create or replace function ingest.x_v2_read_page(p_endpoint text, p_rows jsonb, inout answer ingest.answer)
  language plpgsql
  stable
as $$
declare
  v_are_posts constant boolean := p_endpoint in ('timeline', 'posts', 'search');
  v_good jsonb := p_rows;
  v_user_ids bigint[];
  v_skipped_ids bigint[];
begin
  answer.resource_count := jsonb_array_length(p_rows);
  if answer.resource_count = 0 then
    return;
  end if;
  if p_endpoint = 'timeline' then
    select s.kept, s.skipped_ids into p_rows, v_skipped_ids from ingest.x_v2_skip_retweets(p_rows) as s;
  end if;
  begin
    if v_are_posts then
      answer.posts := ingest.x_v2_posts(p_rows);
    elsif p_endpoint in ('followers', 'following') then
      select n.news, n.user_ids into v_good, v_user_ids from ingest.x_v2_skip_known(p_rows) as n;
      answer.profiles := case when v_good is not null then ingest.x_v2_profiles(v_good) end;
    else
      answer.profiles := ingest.x_v2_profiles(p_rows);
    end if;
  exception
    when data_exception then
      v_user_ids := null;
      select s.good, s.rejects into v_good, answer.rejects from ingest.x_v2_sort_rows(p_rows, v_are_posts) as s;
      if v_good <> '[]' and v_are_posts then
        answer.posts := ingest.x_v2_posts(v_good);
      elsif v_good <> '[]' then
        answer.profiles := ingest.x_v2_profiles(v_good);
      end if;
  end;
  -- A row that was set aside or skipped was seen all the same, where it has an id at all.
  answer.item_ids := coalesce(v_user_ids, array(select user_id from unnest(answer.profiles))) || array(select post_id from unnest(answer.posts)) || v_skipped_ids
    || array(select base.parse_id(r -> 'raw' ->> 'id') from unnest(answer.rejects) as r where base.parse_id(r -> 'raw' ->> 'id') is not null);
end;
$$;
comment on function ingest.x_v2_read_page(text, jsonb, ingest.answer) is 'The answer with the rows of its page filled in.';

create or replace function ingest.x_v2_answer(p_endpoint text, p_status integer, p_headers jsonb, p_body text)
  returns ingest.answer
  language plpgsql
  stable
as $$
declare
  v_body constant jsonb := base.parse_json(p_body);
  v_rows jsonb := v_body -> 'data';
  v_answer ingest.answer;
begin
  v_answer.answer_class := ingest.x_v2_class(p_endpoint, p_status, p_headers, v_body);
  -- By select, since least() of a null and a number is the number.
  select least(h, 1000000) into v_answer.limit_count from ingest.x_v2_header(p_headers, 'x-rate-limit-limit') as h where h is not null;
  select least(h, 1000000) into v_answer.remaining_count from ingest.x_v2_header(p_headers, 'x-rate-limit-remaining') as h where h is not null;
  v_answer.reset_at := to_timestamp(ingest.x_v2_header(p_headers, 'x-rate-limit-reset'));
  select least(h, 1000000) into v_answer.retry_after from ingest.x_v2_header(p_headers, 'retry-after') as h where h is not null;
  v_answer.item_ids := '{}';
  v_answer.resource_count := 0;
  if v_answer.answer_class <> 'page' then
    v_answer.detail := left(coalesce(v_body ->> 'detail', v_body -> 'errors' -> 0 ->> 'detail', v_body -> 'errors' -> 0 ->> 'message', v_body ->> 'title', p_body), 500);
    return v_answer;
  end if;
  if jsonb_typeof(v_rows) is distinct from 'array' then
    v_rows := case jsonb_typeof(v_rows) when 'object' then jsonb_build_array(v_rows) else '[]' end;
  end if;
  v_answer := ingest.x_v2_read_page(p_endpoint, v_rows, v_answer);
  v_answer.next_token := nullif(v_body -> 'meta' ->> 'next_token', '');
  -- It says how many rows it has, and has them.
  v_answer.end_is_proven := v_answer.next_token is null
    and coalesce((substring(v_body -> 'meta' ->> 'result_count' from '^[0-9]{1,9}$'))::integer <= v_answer.resource_count, false);
  select array_agg(coalesce(e ->> 'resource_id', e ->> 'value')) filter (where ingest.x_v2_refusal(e) is not null),
         array_agg(ingest.x_v2_refusal(e)) filter (where ingest.x_v2_refusal(e) is not null),
         coalesce(bool_or(coalesce(e ->> 'type' not like '%/field-hydration-failure', true)), false)
           or cardinality(v_answer.item_ids) < v_answer.resource_count
  into v_answer.missing_keys, v_answer.missing_reasons, v_answer.is_partial
  from ingest.x_v2_errors(v_body) as e;
  return v_answer;
end;
$$;
comment on function ingest.x_v2_answer(text, integer, jsonb, text) is 'Reads an answer of X. Raises nothing: whatever the text is, it is of some class.';

commit;
