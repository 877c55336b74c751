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
