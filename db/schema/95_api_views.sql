-- What one can look at. Columns are in the order in which one reads them.

create view api.kinds as
select kind, item_kind, param_types as params, description
from asset.kinds;
comment on view api.kinds is 'Every kind of asset that there is: what it holds, and which params it takes.';

create view api.roots as
select r.instance_id, i.kind, i.params, r.is_enabled as enabled, i.member_count as members, i.output_revision as revision, r.enabled_at, r.disabled_at,
       r.fresh_within, r.reconcile_within, r.reconcile_doubt, r.root_id
from asset.roots as r join asset.instances as i using (instance_id)
where r.target_kind is null;
comment on view api.roots is 'What is kept fresh, or was: an asset a row.';

create view api.fanout_roots as
select r.instance_id, i.kind as source_kind, i.params as source_params, r.target_kind, r.target_mode as mode, r.is_enabled as enabled,
       (select count(distinct w.via_id) from asset.wants as w where w.root_id = r.root_id and w.via_id <> r.instance_id) as targets,
       (select count(*) from asset.fanout_steps as s where s.root_id = r.root_id) as steps_ahead,
       r.enabled_at, r.disabled_at, r.fresh_within, r.reconcile_within, r.reconcile_doubt, r.root_id
from asset.roots as r join asset.instances as i using (instance_id)
where r.target_kind is not null;
comment on view api.fanout_roots is 'What is kept fresh for every member of a segment, or was: a source and a kind of target a row.';

create view api.instances as
select i.instance_id, i.kind, i.params, k.item_kind, exists (select from asset.wants as w where w.instance_id = i.instance_id) as wanted,
       i.member_count as members, i.output_revision as revision, i.checkpoint_id, m.completed_at as materialized_at, i.created_at
from asset.instances as i
join asset.kinds as k using (kind)
left join asset.materializations as m on m.instance_id = i.instance_id and m.materialization_id = i.checkpoint_id;
comment on view api.instances is 'Every asset that was ever asked for, itself or for another, and where its snapshot stands.';

create view api.materializations as
select m.materialization_id, m.instance_id, i.kind, m.status, m.output_revision as revision, m.enter_count as entered, m.exit_count as exited,
       m.member_count as members, m.causes, m.root_ids, m.reads_everything,
       (select coalesce(jsonb_object_agg(p.role, p.pinned_id), '{}') from asset.pins as p
        where p.instance_id = m.instance_id and p.materialization_id = m.materialization_id) as pins,
       encode(m.inputs_hash, 'hex') as inputs_hash, encode(m.dependencies_hash, 'hex') as dependencies_hash,
       m.started_at, m.completed_at, m.error_state, m.error_message, m.retry_at
from asset.materializations as m join asset.instances as i using (instance_id);
comment on view api.materializations is 'Every time an asset was brought up to its inputs: what entered and left, why, and what it read.';

create view api.runs as
select run_id, sync_kind, subject_id, mode, reason, status, page_count as pages, resource_count as resources, billed_count as billed, cost_usd, payer_ids as payer_root_ids,
       changed_count as changed,
       removed_count as removed, rejected_count as rejected, restart_count as restarts, cursor_exhausted, started_at, completed_at, http_status,
       error_class, error_detail, retry_at, item_ids, handles, subject_count, expected_count as expected, doubt_count as doubt, page_size
from ingest.runs;
comment on view api.runs is 'Every sync: of what, why, how it went, what it cost.';

create view api.calls as
select c.call_id, c.run_id, c.endpoint, c.page_no as page, c.state, c.attempt_count as attempts, c.worker, c.lease_until, c.not_before, c.http_status,
       c.answer_class as class, c.answer_detail as detail, c.path, c.query, c.created_at, c.claimed_at, c.answered_at
from ingest.calls as c;
comment on view api.calls is 'Every HTTP call, going out or answered.';

create view api.pages as
select p.run_id, p.page_no as page, p.call_id, cardinality(p.item_ids) as resources, p.changed_count as changed, p.next_token is null as is_last, p.received_at
from ingest.pages as p;
comment on view api.pages is 'Every page received: how many rows it had, how many of them said something new, and whether it was the last.';

create view api.due as
select sync_kind, subject_id as user_id, due_at
from ingest.due;
comment on view api.due is 'When each list or profile that is needed must be synced again; none while a run of it is under way.';

create view api.decisions as
select d.decision_id, d.decision_kind as kind, d.about, d.reason, d.detail, d.repeat_count as repeats, d.first_at, d.last_at, d.until_at, k.meaning
from base.decisions as d join base.decision_kinds as k using (decision_kind);
comment on view api.decisions is 'Every time the engine held back or stepped in: what, for whom, why, until when.';

create view api.users as
select u.user_id, u.handle, u.name, c.followers_count, c.following_count, c.post_count, u.is_verified, u.is_protected, u.description, u.location, u.url,
       u.image_url, u.verified_type, c.listed_count, u.joined_at, u.deleted_at, u.gone_reason
from graph.users as u left join graph.user_counts as c using (user_id);
comment on view api.users is 'Users as last seen, gone ones too.';

create view api.handle_changes as
select user_id, old_handle, new_handle, run_id, event_id, changed_at, change_id
from graph.handle_changes;
comment on view api.handle_changes is 'Every transition of a handle.';

create view api.follows as
select target_id, follower_id, first_seen_at, deleted_at
from graph.follows;
comment on view api.follows is 'Who follows whom as last seen, ended follows too.';

create view api.posts as
select p.post_id, p.author_id, p.posted_at, p.text, p.lang, c.like_count, c.repost_count, c.reply_count, c.quote_count, p.conversation_id,
       p.in_reply_to_user_id, p.deleted_at
from graph.posts as p left join graph.post_counts as c using (post_id);
comment on view api.posts is 'Posts as last seen, deleted ones too.';

create view api.windows as
select w.endpoint, w.remaining_count as remaining, w.limit_count as "limit", w.reset_at, p.stopped_class, p.stopped_at, p.probe_at
from ingest.windows as w
join ingest.endpoints as e using (endpoint)
join ingest.providers as p using (provider);
comment on view api.windows is 'The rate window of each endpoint, and whether its provider sells just now.';

create view api.spend as
select s.utc_day, s.call, sum(s.sent_count)::bigint as sent, sum(s.resource_count)::bigint as resources, sum(s.billed_count)::bigint as billed,
       sum(s.settled_usd) as settled_usd, sum(s.booked_usd) as booked_usd
from ingest.spending as s
group by 1, 2;
comment on view api.spend is
  'What was spent, by the UTC day and the kind of the calls, or the type of the webhook events: X bills these too, and no budget can hold them back; the one on everything counts them. settled_usd: what X bills for what came. booked_usd: that, and the worst price of calls that are out or got no answer; budgets count this.';

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

create view api.prices as
select resource, usd, owned_usd
from ingest.prices;
comment on view api.prices is 'What X bills for one resource returned, in US dollars; owned_usd in the lists and the timeline of the own account.';

create view api.rejects as
select reject_id, run_id, page_no as page, reason, raw, rejected_at
from ingest.rejects;
comment on view api.rejects is 'Rows that X sent and that could not be stored.';

create view api.webhook_events as
select e.event_id, e.source, e.event_type, e.state, e.detail, e.waits_for, e.received_at, e.happened_at, e.ended_at, e.retry_at, e.target_id, e.follower_id,
       e.post_id, coalesce(k.repeat_count, 0) as repeats, e.cost_usd, e.payload
from ingest.webhook_events as e left join ingest.event_keys as k on k.event_key = e.event_key and k.event_id = e.event_id;
comment on view api.webhook_events is 'Every webhook event: from whom, what it says, how often it came again, and what became of it.';

create view api.subscriptions as
select s.sync_kind, s.subject_id, s.connected_at, s.agreed_at,
       s.agreed_at + (select value::interval from base.settings where name = 'webhook.heartbeat') as trusted_until, s.count_at_look
from ingest.subscriptions as s;
comment on view api.subscriptions is 'Lists of which X tells every follow and unfollow; until trusted_until they are not read, since at the last look the counts agreed.';

create view api.settings as
select name, value, unit, description, coalesce(default_value, value) as default_value, changed_by, changed_at
from base.settings;
comment on view api.settings is 'What an operator may turn, with setting_set; what each was by default, and who changed it last.';

create view api.error_codes as
select code, name, meaning, http_status, mended_by
from base.error_codes;
comment on view api.error_codes is 'The errors that the functions of this surface raise.';

create view api.decision_kinds as
select decision_kind as kind, meaning, needs_a_person
from base.decision_kinds;
comment on view api.decision_kinds is 'Every way in which the engine holds back or steps in, and what it means.';

create view api.workers as
select worker, started_at, seen_at
from engine.workers;
comment on view api.workers is 'Who ticks.';
