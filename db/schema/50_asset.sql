-- Assets: sets of users or posts that are kept, with every entry and exit. A kind says how a set is made (db/functions/kinds/, a file each);
-- an instance is a kind with params; a root says that an instance is to be kept fresh.
--
-- A look at an instance is asked for by a mark. The planner, one at a time, takes the marks, pins what the instance depends on, and finds out
-- whether it waits for a sync, needs nothing, or is to be materialized. A first materialization may be long: it is queued for a tick of its own.
-- Whoever materializes an instance holds the lock of its row.

set local role rookery_owner;

create schema asset;
comment on schema asset is 'Kinds, instances, roots, their closure, materializations, events and members.';

create table asset.kinds (
  kind text collate "C" not null,
  item_kind text not null,
  param_types jsonb not null,
  description text not null,
  constraint kinds_pkey primary key (kind),
  constraint kind_is_an_identifier check (kind ~ '^[a-z][a-z0-9_]{2,40}$'),
  constraint item_kind_is_user_or_post check (item_kind in ('user', 'post')),
  constraint every_param_has_a_known_type check (
    jsonb_typeof(param_types) = 'object'
    and not jsonb_path_exists(param_types, '$.* ? (@ != "user_id" && @ != "name" && @ != "segment" && @ != "segments" && @ != "json")'))
);
comment on table asset.kinds is
  'The registry (A1). A kind is a row here and three functions: asset.<kind>_dependencies, asset.<kind>_needs, asset.<kind>_candidates. Two more are optional: asset.<kind>_canonical judges its params, asset.<kind>_watches says what it reads of its dependencies'' members.';
comment on column asset.kinds.param_types is
  'The params, all of them required, each with its type. user_id: an X id. name: a text of one line that is not blank. segment: {"kind": …, "params": {…}}, a set of users; segments: two or more of them, all different. json: anything, which the kind''s _canonical function judges.';

create table asset.instances (
  instance_id bigint generated always as identity,
  kind text collate "C" not null,
  params jsonb not null,
  params_hash bytea not null,
  identity_hash bytea not null,
  scope_hash bytea,
  depth smallint not null,
  input_revision bigint not null default 0,
  read_revision bigint,
  checkpoint_id bigint,
  output_revision bigint not null default 0,
  member_count bigint not null default 0,
  failure_count integer not null default 0,
  created_at timestamptz not null,
  constraint instances_pkey primary key (instance_id),
  constraint instances_kind_fkey foreign key (kind) references asset.kinds,
  constraint identity_is_structural unique (identity_hash),
  constraint hashes_are_sha256 check (length(params_hash) = 32 and length(identity_hash) = 32),
  constraint member_count_is_not_negative check (member_count >= 0),
  constraint what_was_read_has_a_checkpoint check (read_revision is null or checkpoint_id is not null)
) with (fillfactor = 70);
comment on table asset.instances is 'A kind with params, and where its snapshot stands.';
comment on column asset.instances.params is 'In canonical form; see asset.canonical_params().';
comment on column asset.instances.identity_hash is 'SHA-256 that is the same for the same kind and params on every database (A2); see asset.identity_hash().';
comment on column asset.instances.scope_hash is 'Of a target that belongs to the source of a fanout alone: that source''s params hash (A2).';
comment on column asset.instances.depth is '0 without dependencies, else one more than the deepest of them: the order of materialization.';
comment on column asset.instances.input_revision is 'The last change (of the graph, or of a specified set) that this instance reads.';
comment on column asset.instances.read_revision is 'The graph''s position up to which the snapshot has read its inputs; null: the next materialization reads everything.';
comment on column asset.instances.checkpoint_id is 'The materialization at which the snapshot stands (A10).';

create table asset.roots (
  root_id bigint generated always as identity,
  instance_id bigint not null,
  target_kind text collate "C",
  target_mode text,
  fresh_within interval,
  reconcile_within interval,
  reconcile_doubt numeric,
  is_enabled boolean not null,
  enabled_at timestamptz not null,
  disabled_at timestamptz,
  followed_id bigint,
  constraint roots_pkey primary key (root_id),
  constraint an_instance_is_one_root_per_target unique nulls not distinct (instance_id, target_kind, target_mode),
  constraint roots_instance_id_fkey foreign key (instance_id) references asset.instances,
  constraint roots_target_kind_fkey foreign key (target_kind) references asset.kinds,
  constraint a_fanout_has_a_target_and_a_mode check (num_nonnulls(target_kind, target_mode) in (0, 2)),
  constraint target_mode_is_known check (target_mode in ('global_per_item', 'scoped_by_source')),
  constraint fresh_within_is_positive check (fresh_within > '0'),
  constraint reconcile_within_is_positive check (reconcile_within > '0'),
  constraint reconcile_doubt_is_a_percentage check (reconcile_doubt between 0 and 100),
  constraint a_disabled_root_says_since_when check (is_enabled = (disabled_at is null)),
  constraint only_a_fanout_follows_its_source check (followed_id is null or target_kind is not null)
);
comment on table asset.roots is
  'What operators want kept fresh (A3). Never deleted. One with a target kind is a fanout root: it keeps its instance fresh, and an instance of that kind for each member of it.';
comment on column asset.roots.fresh_within is 'The window of freshness for all that this root needs; null: the one that is set for each kind of sync.';
comment on column asset.roots.reconcile_within is 'How old the last full read of a list may become (I3); null: as set.';
comment on column asset.roots.reconcile_doubt is 'How much of a list, in percent, may be in doubt before it is read in full (I9); null: as set.';
comment on column asset.roots.followed_id is 'Of a fanout: the materialization of its source up to which members have become targets; null: none yet.';

create table asset.dependencies (
  instance_id bigint not null,
  role text not null,
  dependency_id bigint not null,
  pinned_id bigint,
  read_id bigint,
  watched text[] not null default '{}',
  constraint dependencies_pkey primary key (instance_id, role),
  constraint dependencies_instance_id_fkey foreign key (instance_id) references asset.instances,
  constraint dependencies_dependency_id_fkey foreign key (dependency_id) references asset.instances,
  constraint nothing_depends_on_itself check (instance_id <> dependency_id),
  constraint watched_facts_are_known check (watched <@ array['profile', 'counts', 'posts'])
) with (fillfactor = 80);
comment on table asset.dependencies is 'Which instance is made from which, in which role.';
comment on column asset.dependencies.pinned_id is 'The materialization of the dependency that the next materialization will read (A12).';
comment on column asset.dependencies.read_id is 'The one that the snapshot has read; null: the next materialization reads everything.';
comment on column asset.dependencies.watched is
  'What the instance reads of each member of the dependency, beside the membership: profile (graph.users), counts (graph.user_counts), posts.';
create index dependencies_dependency_id_idx on asset.dependencies (dependency_id);
create index watched_dependencies_idx on asset.dependencies (dependency_id) where watched <> '{}';

create table asset.wants (
  instance_id bigint not null,
  root_id bigint not null,
  via_id bigint not null,
  constraint wants_pkey primary key (instance_id, root_id, via_id),
  constraint wants_instance_id_fkey foreign key (instance_id) references asset.instances,
  constraint wants_root_id_fkey foreign key (root_id) references asset.roots
);
comment on table asset.wants is 'The closure of the enabled roots (A4), kept as rows: why an instance is kept fresh. An instance without a want rests.';
comment on column asset.wants.via_id is 'Which instance the root asks for, itself or among its targets, that is made from this one.';
create index wants_root_id_idx on asset.wants (root_id, via_id);

create table asset.moves (
  note_id bigint generated always as identity,
  instance_id bigint not null,
  materialization_id bigint not null,
  constraint moves_pkey primary key (note_id)
);
comment on table asset.moves is
  'Materializations that changed a membership, or were the first, for the planner: who materializes cannot see who asks for what is made from it at that moment. Whoever reads a note takes it away.';

create table asset.fanout_steps (
  root_id bigint not null,
  item_id bigint not null,
  is_enter boolean not null,
  constraint fanout_steps_pkey primary key (root_id, item_id),
  constraint fanout_steps_root_id_fkey foreign key (root_id) references asset.roots
);
comment on table asset.fanout_steps is 'Members that came or went, and whose targets are still to be asked for or let go: a bounded number a tick.';

create table asset.materializations (
  instance_id bigint not null,
  materialization_id bigint generated always as identity,
  status text not null default 'in_progress',
  reads_everything boolean not null,
  inputs_hash bytea,
  dependencies_hash bytea,
  input_revision bigint,
  read_revision bigint,
  output_revision bigint,
  enter_count bigint,
  exit_count bigint,
  member_count bigint,
  causes jsonb not null default '[]',
  root_ids bigint[] not null default '{}',
  error_state text,
  error_message text,
  error_context text,
  retry_at timestamptz,
  started_at timestamptz not null,
  completed_at timestamptz,
  constraint materializations_pkey primary key (instance_id, materialization_id),
  constraint materializations_materialization_id_key unique (materialization_id),
  constraint materializations_instance_id_fkey foreign key (instance_id) references asset.instances,
  constraint status_is_known check (status in ('in_progress', 'success', 'error')),
  constraint only_one_in_progress_is_incomplete check ((status = 'in_progress') = (completed_at is null)),
  constraint an_error_has_a_state check ((status = 'error') = (error_state is not null)),
  constraint a_success_has_its_result check (
    (status = 'success') = (num_nulls(inputs_hash, dependencies_hash, read_revision, output_revision, enter_count, exit_count, member_count) = 0))
);
comment on table asset.materializations is 'Every time an instance was brought up to its inputs. Immutable once completed (A7).';
comment on column asset.materializations.reads_everything is 'Whether it looked at all items, or only at those that may have changed.';
comment on column asset.materializations.causes is 'Why now: [{"cause": "run", "id": 7}, …] as the marks said; an edit has a revision in place of an id.';
comment on column asset.materializations.root_ids is 'The enabled roots that wanted the instance then.';

create sequence asset.failures;
comment on sequence asset.failures is 'How many materializations failed. A sequence, because it counts without a lock.';

create table asset.pins (
  instance_id bigint not null,
  materialization_id bigint not null,
  role text not null,
  dependency_id bigint not null,
  pinned_id bigint not null,
  constraint pins_pkey primary key (instance_id, materialization_id, role),
  constraint pins_materialization_fkey foreign key (instance_id, materialization_id) references asset.materializations,
  constraint pins_pinned_fkey foreign key (dependency_id, pinned_id) references asset.materializations
);
comment on table asset.pins is 'The exact materializations of its dependencies that a materialization read (A12).';

alter table asset.instances add constraint checkpoint_is_one_of_its_own
  foreign key (instance_id, checkpoint_id) references asset.materializations;
alter table asset.dependencies add constraint a_pin_is_of_the_dependency
  foreign key (dependency_id, pinned_id) references asset.materializations;
alter table asset.dependencies add constraint what_was_read_is_of_the_dependency
  foreign key (dependency_id, read_id) references asset.materializations;

-- Snapshot and events: one shape for both kinds of item, a partition each, so that each has its own foreign key. What has no fixed width comes
-- last: what lies behind it is slow to find in a row.

create table asset.members (
  instance_id bigint not null,
  item_id bigint not null,
  moved_id bigint not null,
  first_entered_at timestamptz not null,
  entered_at timestamptz not null,
  left_at timestamptz,
  item_kind text not null,
  constraint members_pkey primary key (instance_id, item_id, item_kind)
) partition by list (item_kind);
comment on table asset.members is 'Who is in, and who was once: the snapshot (A10). Leaving marks a row, and entering again takes the mark away.';
comment on column asset.members.moved_id is 'The materialization in which it entered or left last: as of that one and later ones the row tells all (A11).';
create table asset.segment_members partition of asset.members (
  constraint segment_members_item_id_fkey foreign key (item_id) references graph.users
) for values in ('user') with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table asset.segment_members is 'Members that are users.';
-- Of users alone: nobody asks which corpora hold a post, and each first entry pays for it.
create index segment_members_item_id_idx on asset.segment_members (item_id);
create table asset.corpus_members partition of asset.members (
  constraint corpus_members_item_id_fkey foreign key (item_id) references graph.posts
) for values in ('post') with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table asset.corpus_members is 'Members that are posts.';

create table asset.events (
  instance_id bigint not null,
  materialization_id bigint not null,
  item_id bigint not null,
  is_enter boolean not null,
  is_first_appearance boolean,
  item_kind text not null,
  constraint events_pkey primary key (instance_id, materialization_id, item_id, item_kind),
  constraint first_appearance_is_said_of_enters_only check (is_enter = (is_first_appearance is not null))
) partition by list (item_kind);
comment on table asset.events is 'Every enter and exit, at most one for an item in a materialization (A9). Append-only; the snapshot is their fold (A10).';
create table asset.segment_events partition of asset.events for values in ('user');
comment on table asset.segment_events is 'Events of segments.';
create table asset.corpus_events partition of asset.events for values in ('post');
comment on table asset.corpus_events is 'Events of corpora.';

-- Specified users --------------------------------------------------------------------------------------------------------------------------

create table asset.specified_users (
  stable_key text collate "C" not null,
  user_id bigint not null,
  is_listed boolean not null,
  revision bigint not null,
  constraint specified_users_pkey primary key (stable_key, user_id),
  constraint stable_key_is_not_blank check (stable_key ~ '\S'),
  constraint specified_id_is_an_x_id check (user_id > 0)
);
comment on table asset.specified_users is 'The sets that operators edit (A1), by stable key. Ids of X: no row of graph.users need exist (A14).';
comment on column asset.specified_users.is_listed is 'False once taken off the list, so that an edit is found by its revision.';
comment on column asset.specified_users.revision is 'The edit that wrote this row last, numbered like graph changes.';
create index specified_users_revision_idx on asset.specified_users (stable_key, revision);

-- What is to be looked at ------------------------------------------------------------------------------------------------------------------

create table asset.marks (
  mark_id bigint generated always as identity,
  instance_id bigint not null,
  cause text not null,
  cause_id bigint,
  subject_id bigint,
  revision bigint,
  look_at timestamptz not null,
  constraint marks_pkey primary key (mark_id),
  constraint cause_is_known check (cause in ('root', 'run', 'change', 'dependency', 'edit', 'retry', 'repair')),
  constraint a_revision_is_of_a_change_or_an_edit check ((revision is not null) = (cause in ('change', 'edit'))),
  constraint a_change_has_a_subject check ((subject_id is not null) = (cause = 'change'))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table asset.marks is 'Look at this instance, because. Written by whoever knows, without waiting for anybody; taken away by the materialization that follows.';
comment on column asset.marks.cause_id is 'Of root: the root. Of run and change: the run. Of dependency and retry: the materialization.';
comment on column asset.marks.subject_id is 'Whose part of the graph changed: what a delta looks at.';
comment on column asset.marks.revision is 'The last such change or edit.';
comment on column asset.marks.look_at is 'Infinity once looked at: it waits for another mark, and is kept as a cause.';
create index marks_look_at_idx on asset.marks (look_at, mark_id);
create index marks_instance_id_idx on asset.marks (instance_id, subject_id);

create table asset.queue (
  instance_id bigint not null,
  work text not null default 'materialize',
  queued_at timestamptz not null,
  constraint queue_pkey primary key (instance_id, work),
  constraint work_is_known check (work in ('materialize', 'verify'))
);
comment on table asset.queue is
  'Work on one instance that may take long, so each in a transaction that does nothing else: to materialize it from everything, or to verify it.';

create table asset.verifications (
  instance_id bigint not null,
  due_at timestamptz not null,
  constraint verifications_pkey primary key (instance_id),
  constraint verifications_instance_id_fkey foreign key (instance_id) references asset.instances
);
comment on table asset.verifications is 'When the snapshot of an instance is to be verified in full (A13). From its first success on; apart from it, so that the index is small and quiet.';
create index verifications_due_at_idx on asset.verifications (due_at, instance_id);

create type asset.finding as (
  finding text,
  materialization_id bigint,
  item_id bigint,
  expected text,
  found text,
  remedy text
);
comment on type asset.finding is 'Something that a verification found wrong, where, and what a repair does about it: rebuild (from the events), read_everything, or none.';

create table asset.log_position (
  is_only_row boolean not null default true,
  position bigint not null,
  constraint log_position_pkey primary key (is_only_row),
  constraint there_is_one_position check (is_only_row)
) with (fillfactor = 50);
comment on table asset.log_position is 'Up to which change the logs of the graph were read into marks.';
insert into asset.log_position (position) values (0);
