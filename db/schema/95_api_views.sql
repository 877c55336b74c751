-- What one can look at. Columns are in the order in which one reads them: what tells most stands in the first hundred characters of a line, and what is
-- long, or mostly empty, to its right.

create view api.kinds as
select kind, item_kind, param_types as params, description
from asset.kinds;
comment on view api.kinds is 'Every kind of asset that there is: what it holds, and which params it takes.';
comment on column api.kinds.item_kind is 'What it holds: user (a segment) or post (a corpus).';
comment on column api.kinds.params is 'Each param, and its type.';

create view api.roots as
select r.instance_id, i.kind, i.member_count as members, i.output_revision as revision, r.is_enabled as enabled, i.params, r.root_id, r.enabled_at, r.disabled_at,
       r.fresh_within, r.reconcile_within, r.reconcile_doubt
from asset.roots as r join asset.instances as i using (instance_id)
where r.target_kind is null;
comment on view api.roots is 'What is kept fresh, or was: an asset a row.';
comment on column api.roots.instance_id is 'What members, events, diff and why_not take.';
comment on column api.roots.members is 'How many there are now.';
comment on column api.roots.revision is 'Rises by one whenever somebody entered or left.';
comment on column api.roots.enabled is 'Whether it is kept fresh; what is not rests, with its history.';
comment on column api.roots.root_id is 'What a budget may be set on (root:12), and whose share spend_by_root tells.';
comment on column api.roots.fresh_within is 'Its own window of freshness; null: as the settings freshness.… say.';
comment on column api.roots.reconcile_within is 'How old the last full read of its lists may become; null: as the settings reconcile.after and reconcile.posts_after say.';
comment on column api.roots.reconcile_doubt is 'How many percent of a list may be in doubt before it is read in full; null: as the setting reconcile.doubt says.';

create view api.fanout_roots as
select r.instance_id, r.target_kind,
       (select count(distinct w.via_id) from asset.wants as w where w.root_id = r.root_id and w.via_id <> r.instance_id) as targets,
       r.is_enabled as enabled, i.kind as source_kind, i.params as source_params, r.target_mode as mode,
       (select count(*) from asset.fanout_steps as s where s.root_id = r.root_id) as steps_ahead,
       r.root_id, r.enabled_at, r.disabled_at, r.fresh_within, r.reconcile_within, r.reconcile_doubt
from asset.roots as r join asset.instances as i using (instance_id)
where r.target_kind is not null;
comment on view api.fanout_roots is 'What is kept fresh for every member of a segment, or was: a source and a kind of target a row.';
comment on column api.fanout_roots.instance_id is 'The source.';
comment on column api.fanout_roots.target_kind is 'What is kept fresh for each member of the source.';
comment on column api.fanout_roots.targets is 'How many there are now.';
comment on column api.fanout_roots.mode is 'global_per_item: shared with whoever asks for the same; scoped_by_source: the sources own.';
comment on column api.fanout_roots.steps_ahead is 'Members that entered or left, and whose targets have not followed yet.';

create view api.instances as
select i.instance_id, i.kind, i.member_count as members, i.output_revision as revision,
       -- offset 0: a page of instances would else be looked up in a hash of all wants.
       exists (select from asset.wants as w where w.instance_id = i.instance_id offset 0) as wanted, i.params, m.completed_at as materialized_at, k.item_kind,
       i.checkpoint_id, i.created_at
from asset.instances as i
join asset.kinds as k using (kind)
left join asset.materializations as m on m.instance_id = i.instance_id and m.materialization_id = i.checkpoint_id;
comment on view api.instances is 'Every asset that was ever asked for, itself or for another, and where its snapshot stands.';
comment on column api.instances.wanted is 'Whether an enabled root needs it; else it rests.';
comment on column api.instances.revision is 'Rises by one whenever somebody entered or left.';
comment on column api.instances.materialized_at is 'When its snapshot was made.';
comment on column api.instances.checkpoint_id is 'The materialization at which its snapshot stands.';

create view api.materializations as
select m.materialization_id, m.instance_id, i.kind, m.enter_count as entered, m.exit_count as exited, m.member_count as members, m.status, m.completed_at,
       m.output_revision as revision, m.reads_everything, m.root_ids, m.causes,
       (select coalesce(jsonb_object_agg(p.role, p.pinned_id), '{}') from asset.pins as p
        where p.instance_id = m.instance_id and p.materialization_id = m.materialization_id) as pins,
       encode(m.inputs_hash, 'hex') as inputs_hash, encode(m.dependencies_hash, 'hex') as dependencies_hash,
       m.started_at, m.error_state, m.error_message, m.retry_at
from asset.materializations as m join asset.instances as i using (instance_id);
comment on view api.materializations is 'Every time an asset was brought up to its inputs: what entered and left, why, and what it read.';
comment on column api.materializations.status is 'in_progress, success or error.';
comment on column api.materializations.revision is 'The instances revision after it.';
comment on column api.materializations.reads_everything is 'Whether it looked at all items, or only at those that may have changed.';
comment on column api.materializations.root_ids is 'The enabled roots that wanted it.';
comment on column api.materializations.causes is 'What had moved; why(materialization_id) says it in words.';
comment on column api.materializations.pins is 'Which materialization of each asset that it is made from it read, by role.';
comment on column api.materializations.inputs_hash is 'Moves when the graph that it reads moves.';
comment on column api.materializations.dependencies_hash is 'Moves when an asset that it is made from moves.';
comment on column api.materializations.retry_at is 'After an error: when it is tried again.';

create view api.runs as
select run_id, sync_kind, subject_id, mode, reason, status, resource_count as resources, changed_count as changed, removed_count as removed, cost_usd,
       started_at, completed_at, error_class, error_detail, retry_at, http_status, page_count as pages, expected_count as expected, doubt_count as doubt,
       page_size, billed_count as billed, rejected_count as rejected, restart_count as restarts, cursor_exhausted, subject_count, payer_ids as payer_root_ids,
       item_ids, handles
from ingest.runs;
comment on view api.runs is 'Every sync: of what, why, how it went, what it cost.';
comment on column api.runs.subject_id is 'Whose list or timeline; null of look-ups and searches, which are of many.';
comment on column api.runs.mode is 'full: to the end of the list; incremental: until nothing is new.';
comment on column api.runs.reason is 'Why it was started; why_run(run_id) says more.';
comment on column api.runs.status is 'in_progress, success, error or cancelled.';
comment on column api.runs.resources is 'Rows received.';
comment on column api.runs.changed is 'Follows or posts that are new or came back.';
comment on column api.runs.removed is 'Follows or posts that were found gone.';
comment on column api.runs.cost_usd is 'What X bills for the pages that came; a call that got no answer is in spend alone.';
comment on column api.runs.retry_at is 'After an error: when its subject is asked for again.';
comment on column api.runs.expected is 'Rows it was expected to find: of a full run the whole list, else what is new; null: nobody could say.';
comment on column api.runs.doubt is 'How many must have left unseen, by the counts, when it began.';
comment on column api.runs.billed is 'Rows that X bills: not those bought before on the same UTC day.';
comment on column api.runs.rejected is 'Rows that could not be stored; see rejects.';
comment on column api.runs.restarts is 'How often X refused its cursor, so that it began anew.';
comment on column api.runs.cursor_exhausted is 'Whether the list was read to its end: only then is anybody gone who was not in it.';
comment on column api.runs.subject_count is 'What the subjects profile counted when it began.';
comment on column api.runs.payer_root_ids is 'The roots that share its cost evenly: who waited when it started.';
comment on column api.runs.item_ids is 'Of look-ups and searches: whom they ask about.';
comment on column api.runs.handles is 'Of a look-up by handle: which.';

create view api.calls as
select c.call_id, c.run_id, c.endpoint, c.page_no as page, c.state, c.attempt_count as attempts, c.http_status, c.answer_class as class,
       c.answer_detail as detail, c.not_before, c.worker, c.lease_until, c.created_at, c.claimed_at, c.answered_at, c.path, c.query
from ingest.calls as c;
comment on view api.calls is 'Every HTTP call, going out or answered.';
comment on column api.calls.page is 'Which page of its run.';
comment on column api.calls.state is 'ready (waits to go out), claimed (out), answered, failed or cancelled.';
comment on column api.calls.class is 'What the last answer was; see docs/model.md.';
comment on column api.calls.not_before is 'When it may go out: a rate window, a back-off or a budget holds it until then.';
comment on column api.calls.lease_until is 'When it goes to another worker, if no answer came.';

create view api.pages as
select p.run_id, p.page_no as page, p.call_id, cardinality(p.item_ids) as resources, p.changed_count as changed, p.next_token is null as is_last, p.received_at
from ingest.pages as p;
comment on view api.pages is 'Every page received: how many rows it had, how many of them said something new, and whether it was the last.';
comment on column api.pages.resources is 'Rows in it.';
comment on column api.pages.changed is 'How many of them said something new.';
comment on column api.pages.is_last is 'Whether it was the end of the list.';

create view api.due as
select sync_kind, subject_id as user_id, due_at
from ingest.due;
comment on view api.due is 'When each list or profile that is needed must be synced again; none while a run of it is under way.';

create view api.decisions as
select d.decision_id, d.decision_kind as kind, d.about, d.reason, d.repeat_count as repeats, d.last_at, d.until_at, d.first_at, d.detail, k.meaning
from base.decisions as d join base.decision_kinds as k using (decision_kind);
comment on view api.decisions is 'Every time the engine held back or stepped in: what, for whom, why, until when.';
comment on column api.decisions.about is 'For whom: instance 12, run 7, followers of 123, endpoint followers.';
comment on column api.decisions.repeats is 'How often it was taken; the same decision again is counted, not added.';
comment on column api.decisions.until_at is 'When it will be looked at again; null: when something changes.';

create view api.users as
select u.user_id, u.handle, u.name, c.followers_count, c.following_count, c.post_count, u.is_verified, u.is_protected, u.description, u.location, u.url,
       u.image_url, u.verified_type, c.listed_count, u.joined_at, u.deleted_at, u.gone_reason
from graph.users as u left join graph.user_counts as c using (user_id);
comment on view api.users is 'Users as last seen, gone ones too.';
comment on column api.users.handle is 'The name behind the @; null when somebody else was seen with it since, or they were forgotten.';
comment on column api.users.joined_at is 'When the account was made.';
comment on column api.users.deleted_at is 'When X was found not to show this user any more. From then on no text of theirs is kept.';
comment on column api.users.gone_reason is 'suspended, deactivated or not_found, where X said so.';

create view api.forgotten_users as
select user_id, forgotten_at
from graph.forgotten_users;
comment on view api.forgotten_users is 'Users of whom nothing but numbers is kept, since somebody asked for it (user_forget).';

create view api.handle_changes as
select user_id, old_handle, new_handle, run_id, event_id, changed_at, change_id
from graph.handle_changes;
comment on view api.handle_changes is 'Every transition of a handle.';
comment on column api.handle_changes.old_handle is 'Null: none was known.';
comment on column api.handle_changes.new_handle is 'Null: another user was seen with the old one.';
comment on column api.handle_changes.run_id is 'The run that saw it, or';
comment on column api.handle_changes.event_id is 'the webhook event that told of it.';

create view api.follows as
select target_id, follower_id, first_seen_at, deleted_at
from graph.follows;
comment on view api.follows is 'Who follows whom as last seen, ended follows too.';
comment on column api.follows.first_seen_at is 'X gives no date of a follow: when it was first seen here.';
comment on column api.follows.deleted_at is 'When it was found gone; null: it stands.';

create view api.posts as
select p.post_id, p.author_id, p.posted_at, p.text, p.lang, c.like_count, c.repost_count, c.reply_count, c.quote_count, p.conversation_id,
       p.in_reply_to_user_id, p.deleted_at
from graph.posts as p left join graph.post_counts as c using (post_id);
comment on view api.posts is 'Posts as last seen, deleted ones too.';
comment on column api.posts.text is 'Null once X shows it no more: deleted, or its author is gone, protected or forgotten.';
comment on column api.posts.deleted_at is 'When it was found gone; null: it stands.';

create view api.windows as
select w.endpoint, w.remaining_count as remaining, w.limit_count as "limit", w.reset_at, p.stopped_class, p.stopped_at, p.probe_at
from ingest.windows as w
join ingest.endpoints as e using (endpoint)
join ingest.providers as p using (provider);
comment on view api.windows is 'The rate window of each endpoint, and whether its provider sells just now.';
comment on column api.windows.remaining is 'Calls that it still takes before reset_at.';
comment on column api.windows.stopped_class is 'Why the provider does not sell: credits, a refused token; null: it does.';
comment on column api.windows.probe_at is 'While stopped: when one call is let through to see.';

create view api.spend as
select s.utc_day, s.call, sum(s.sent_count)::bigint as sent, sum(s.resource_count)::bigint as resources, sum(s.billed_count)::bigint as billed,
       sum(s.settled_usd) as settled_usd, sum(s.booked_usd) as booked_usd
from ingest.spending as s
group by 1, 2;
comment on view api.spend is
  'What was spent, by the UTC day and the kind of the calls, or the type of the webhook events: X bills these too, and no budget can hold them back; the one on everything counts them. settled_usd: what X bills for what came. booked_usd: that, and the worst price of calls that are out or got no answer; budgets count this.';
comment on column api.spend.call is 'The kind of call, as budgets name it (call:followers), or the type of the webhook events.';
comment on column api.spend.resources is 'Rows received.';
comment on column api.spend.billed is 'Rows that X bills: not those bought before on the same UTC day.';
comment on column api.spend.settled_usd is 'What X bills for what came.';
comment on column api.spend.booked_usd is 'That, and the worst price of calls that are out or got no answer; budgets count this.';

create view api.spend_by_root as
select s.utc_day, p.root_id, s.call, sum(s.sent_count)::bigint as sent,
       sum(round(s.settled_usd / p.payer_count, 9)) as settled_usd, sum(round(s.booked_usd / p.payer_count, 9)) as booked_usd
from ingest.spending as s
cross join lateral (
  select i as root_id, cardinality(s.payer_ids) as payer_count from unnest(s.payer_ids) as i
  union all
  select null, 1 where s.payer_ids = '{}'
) as p
group by 1, 2, 3;
comment on view api.spend_by_root is
  'What each root''s share was of what was spent: a run is split evenly among those that waited for it when it started. No root: nobody in particular asked, as with a sync that was requested by hand, or a webhook event.';
comment on column api.spend_by_root.call is 'The kind of call, as budgets name it (call:followers), or the type of the webhook events.';
comment on column api.spend_by_root.settled_usd is 'What X bills for what came.';
comment on column api.spend_by_root.booked_usd is 'That, and the worst price of calls that are out or got no answer; budgets count this.';

create view api.prices as
select resource, usd, owned_usd
from ingest.prices;
comment on view api.prices is 'What X bills for one resource returned, in US dollars; owned_usd in the lists and the timeline of the own account.';
comment on column api.prices.owned_usd is 'In lists and the timeline of the own account (setting x_v2.own_account).';

create view api.rejects as
select reject_id, run_id, page_no as page, reason, raw, rejected_at
from ingest.rejects;
comment on view api.rejects is 'Rows that X sent and that could not be stored.';
comment on column api.rejects.raw is 'The row as it came.';

create view api.webhook_events as
select e.event_id, e.source, e.event_type, e.state, e.detail, e.received_at, e.waits_for, e.happened_at, e.ended_at, e.retry_at, e.target_id, e.follower_id,
       e.post_id, coalesce(k.repeat_count, 0) as repeats, e.cost_usd, e.payload
from ingest.webhook_events as e left join ingest.event_keys as k on k.event_key = e.event_key and k.event_id = e.event_id;
comment on view api.webhook_events is 'Every webhook event: from whom, what it says, how often it came again, and what became of it.';
comment on column api.webhook_events.event_type is 'In Xs words, as follow.follow; null where the payload names none.';
comment on column api.webhook_events.state is 'received, waiting (for a look-up), applied, outdated (something newer was known), refused (X does not show who is named), ignored (says nothing that is kept) or malformed.';
comment on column api.webhook_events.waits_for is 'Whom a look-up is to bring: user 12, or handle name.';
comment on column api.webhook_events.happened_at is 'As far as the payload says so; else received_at.';
comment on column api.webhook_events.repeats is 'How often it came again.';
comment on column api.webhook_events.payload is 'As received; empty where it named a user who was forgotten.';

create view api.subscriptions as
select s.sync_kind, s.subject_id, s.connected_at, s.agreed_at,
       s.agreed_at + (select value::interval from base.settings where name = 'webhook.heartbeat') as trusted_until, s.count_at_look
from ingest.subscriptions as s;
comment on view api.subscriptions is 'Lists of which X tells every follow and unfollow; until trusted_until they are not read, since at the last look the counts agreed.';
comment on column api.subscriptions.sync_kind is 'Which list.';
comment on column api.subscriptions.agreed_at is 'The last look at the counts, if they have moved as the events told; null if not.';
comment on column api.subscriptions.trusted_until is 'Until then the list is not read.';
comment on column api.subscriptions.count_at_look is 'What the profile counted at the last look.';

create view api.settings as
select name, value, unit, description, coalesce(default_value, value) as default_value, changed_by, changed_at
from base.settings;
comment on view api.settings is 'What an operator may turn, with setting_set; what each was by default, and who changed it last.';
comment on column api.settings.default_value is 'What it is unless somebody chooses; setting_set(name, null) gives it back.';
comment on column api.settings.changed_by is 'The login that changed it last.';

create view api.error_codes as
select code, name, http_status, mended_by, meaning
from base.error_codes;
comment on view api.error_codes is 'The errors that the functions of this surface raise.';
comment on column api.error_codes.code is 'The SQLSTATE.';
comment on column api.error_codes.http_status is 'With which the web process answers.';
comment on column api.error_codes.mended_by is 'Who can do something about it: operator, driver (a clients code) or developer (a defect).';

create view api.decision_kinds as
select decision_kind as kind, needs_a_person, meaning
from base.decision_kinds;
comment on view api.decision_kinds is 'Every way in which the engine holds back or steps in, and what it means.';
comment on column api.decision_kinds.needs_a_person is 'Whether somebody should hear of it while it lasts: checks() tells.';

create view api.workers as
select worker, started_at, seen_at
from engine.workers;
comment on view api.workers is 'Who ticks.';
comment on column api.workers.seen_at is 'When it ticked last, give or take the setting worker.heartbeat.';

create view api.help as
select f.name, coalesce(substring(f.meaning, '^((?:[^().;:]|\([^)]*\)|[.;:](?!\s|$))*)'), f.meaning) as does, f.takes, f.gives
from (
  select p.proname::text as name, obj_description(p.oid, 'pg_proc') as meaning, regexp_replace(pg_get_function_arguments(p.oid), '\mp_', '', 'g') as takes,
         pg_get_function_result(p.oid) as gives, 1 as position
  from pg_catalog.pg_proc as p
  where p.pronamespace = to_regnamespace('api') and has_function_privilege(p.oid, 'execute')
  union all
  select c.relname::text, obj_description(c.oid, 'pg_class'), null, 'view', 2
  from pg_catalog.pg_class as c
  where c.relnamespace = to_regnamespace('api') and c.relkind = 'v' and has_table_privilege(c.oid, 'select')
) as f
order by f.position, f.name;
comment on view api.help is 'What whoever asks may call and look at: a line each, functions first; \df+ has the whole of what a function promises.';
comment on column api.help.does is 'The first sentence of its comment.';
comment on column api.help.takes is 'Its arguments; callers write p_kind => ….';
comment on column api.help.gives is 'What it returns.';
