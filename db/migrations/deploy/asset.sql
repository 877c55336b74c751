-- Deploy rookery:asset to pg

begin;
set local check_function_bodies = off;

-- source: db/schema/50_asset.sql
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

-- source: db/functions/asset/add_wants.sql
create or replace function asset.add_wants(p_root_id bigint, p_via_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance record;
begin
  for v_instance in
    with recursive closure as (
      select p_via_id as instance_id
      union
      select d.dependency_id
      from closure as c
      cross join lateral (select dependency_id from asset.dependencies where instance_id = c.instance_id offset 0) as d
    ), added as (
      insert into asset.wants (instance_id, root_id, via_id)
      select instance_id, p_root_id, p_via_id from closure
      on conflict do nothing
    )
    select i.instance_id, w.root_id is not null as was_wanted
    from closure as c
    cross join lateral (select instance_id, depth, kind, identity_hash from asset.instances where instance_id = c.instance_id limit 1) as i
    left join lateral (select root_id from asset.wants where instance_id = c.instance_id limit 1) as w on true
    order by i.depth, i.kind, i.identity_hash
  loop
    if v_instance.was_wanted then
      perform asset.set_freshness(v_instance.instance_id);
    else
      perform asset.wake_instance(v_instance.instance_id, p_root_id);
    end if;
  end loop;
end;
$$;
comment on function asset.add_wants(bigint, bigint) is 'A root asks for an instance: that, and all that it is made from, is wanted; what was not wanted before wakes.';

-- source: db/functions/asset/apply_candidates.sql
create or replace function asset.apply_candidates(p_instance asset.instances, p_materialization_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_reads_everything constant boolean := p_instance.read_revision is null;
  v_kind asset.kinds;
  v_position bigint;
  v_enter_count bigint;
  v_exit_count bigint;
begin
  select * into strict v_kind from asset.kinds where kind = p_instance.kind;
  -- What a delta may read is bounded by what the planner has marked; everything is everything there is.
  v_position := case when v_reads_everything then graph.last_change_id()
                     else greatest(p_instance.read_revision, (select position from asset.log_position)) end;
  if v_reads_everything and not exists (select from asset.members where item_kind = v_kind.item_kind and instance_id = p_instance.instance_id) then
    v_enter_count := asset.enter_candidates(p_instance, p_materialization_id, v_kind.item_kind, v_position);
    perform asset.complete_materialization(p_instance, p_materialization_id, v_position, v_enter_count, 0);
    return;
  end if;
  -- Dynamic: a kind's functions are named after it, and each kind of item has a partition of its own.
  execute format($sql$
    with candidates as materialized (
      select item_id, belongs from asset.%I($1, $2, $3, $4)
    ), toggles as materialized (
      select c.item_id, c.belongs, m.item_id is null as is_first
      from candidates as c
      left join lateral (select item_id, left_at from asset.%2$I where item_kind = $5 and instance_id = $1 and item_id = c.item_id limit 1) as m on true
      where c.belongs <> (m.item_id is not null and m.left_at is null)
      union all
      select m.item_id, false, false
      from asset.%2$I as m
      where $6 and m.item_kind = $5 and m.instance_id = $1 and m.left_at is null
        and not exists (select from candidates as c where c.item_id = m.item_id)
    ), moved as (
      -- No update joins the members: by an estimate of how many toggle it would read all of them.
      insert into asset.%2$I as m (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at, left_at)
      select $5, $1, item_id, $8, $7, $7, case when not belongs then $7 end from toggles
      on conflict (item_kind, instance_id, item_id) do update set
        moved_id = $8, entered_at = case when excluded.left_at is null then $7 else m.entered_at end, left_at = excluded.left_at
    ), logged as (
      insert into asset.%3$I (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance)
      select $5, $1, $8, item_id, belongs, case when belongs then is_first end from toggles
    )
    select count(*) filter (where belongs), count(*) filter (where not belongs) from toggles
  $sql$, p_instance.kind || '_candidates',
    case v_kind.item_kind when 'user' then 'segment_members' else 'corpus_members' end,
    case v_kind.item_kind when 'user' then 'segment_events' else 'corpus_events' end)
  into v_enter_count, v_exit_count
  using p_instance.instance_id, p_instance.params, p_instance.read_revision, v_position, v_kind.item_kind,
        v_reads_everything, base.now(), p_materialization_id;
  perform asset.complete_materialization(p_instance, p_materialization_id, v_position, v_enter_count, v_exit_count);
end;
$$;
comment on function asset.apply_candidates(asset.instances, bigint) is
  'Asks the kind which items may have changed and which of them belong, and turns the difference to the snapshot into members and events, in one statement.';

-- source: db/functions/asset/assign_payers.sql
create or replace function asset.assign_payers(p_limit integer)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
begin
  for v_run in
    select * from ingest.runs where payer_ids is null and status = 'in_progress' order by run_id limit p_limit for no key update skip locked
  loop
    update ingest.runs set payer_ids = asset.payers_of(v_run) where run_id = v_run.run_id;
  end loop;
end;
$$;
comment on function asset.assign_payers(integer) is 'Says of at most p_limit runs that have started who shares their cost (I8); their calls go out after that only.';

-- source: db/functions/asset/begin_materialization.sql
create or replace function asset.begin_materialization(p_instance asset.instances, p_mark_ids bigint[])
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_materialization_id bigint;
begin
  insert into asset.materializations (instance_id, reads_everything, causes, root_ids, started_at)
  values (p_instance.instance_id, p_instance.read_revision is null, asset.causes_of(p_mark_ids),
          array(select root_id from asset.wants where instance_id = p_instance.instance_id order by root_id), base.now())
  returning materialization_id into v_materialization_id;
  perform base.note('materializations', v_materialization_id);
  insert into asset.pins (instance_id, materialization_id, role, dependency_id, pinned_id)
  select instance_id, v_materialization_id, role, dependency_id, pinned_id
  from asset.dependencies where instance_id = p_instance.instance_id;
  return v_materialization_id;
end;
$$;
comment on function asset.begin_materialization(asset.instances, bigint[]) is 'The row of a materialization, with what asked for it and what it will read (A12); returns its id.';

-- source: db/functions/asset/canonical_json.sql
create or replace function asset.canonical_json(p_value jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  -- jsonb has sorted the keys already; 1, 1.0 and 1e0 are one number.
  return case jsonb_typeof(p_value)
    when 'number' then to_jsonb(trim_scale((p_value #>> '{}')::numeric))
    when 'object' then (select coalesce(jsonb_object_agg(e.key, asset.canonical_json(e.value)), '{}') from jsonb_each(p_value) as e)
    when 'array' then (select coalesce(jsonb_agg(asset.canonical_json(e.value) order by e.position), '[]')
                       from jsonb_array_elements(p_value) with ordinality as e (value, position))
    else p_value
  end;
end;
$$;
comment on function asset.canonical_json(jsonb) is 'JSON in its one form: the same value is the same text.';

-- source: db/functions/asset/canonical_name.sql
create or replace function asset.canonical_name(p_param text, p_value jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
begin
  -- A line feed would let two names pass for one and another param (asset.params_hash).
  if jsonb_typeof(p_value) <> 'string' or (p_value #>> '{}') !~ '\S' or (p_value #>> '{}') ~ '\n' or length(p_value #>> '{}') > 200 then
    raise exception '% cannot be %', p_param, p_value
      using errcode = 'RK002', hint = 'Give a name of 1 to 200 characters in one line that are not all blank.';
  end if;
  return p_value;
end;
$$;
comment on function asset.canonical_name(text, jsonb) is 'A name, as it was given; one line. Error RK002.';

-- source: db/functions/asset/canonical_params.sql
create or replace function asset.canonical_params(p_kind text, p_params jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_types jsonb;
  v_params jsonb;
begin
  select param_types into v_types from asset.kinds where kind = p_kind;
  if not found then
    raise exception 'there is no asset kind %', coalesce(quote_literal(p_kind), 'null')
      using errcode = 'RK001', hint = 'The kinds are ' || (select string_agg(kind, ', ' order by kind) from asset.kinds) || '.';
  end if;
  if jsonb_typeof(p_params) is distinct from 'object' or array(select jsonb_object_keys(p_params)) <> array(select jsonb_object_keys(v_types)) then
    raise exception 'the params of % cannot be %', p_kind, coalesce(p_params::text, 'null')
      using errcode = 'RK002', hint = format('It takes exactly: %s.', (select string_agg(k, ', ') from jsonb_object_keys(v_types) as k));
  end if;
  select coalesce(jsonb_object_agg(t.param, case t.type
    when 'user_id' then asset.canonical_user_id(t.param, p_params -> t.param)
    when 'name' then asset.canonical_name(t.param, p_params -> t.param)
    when 'segment' then asset.canonical_segment(p_kind, t.param, p_params -> t.param)
    when 'segments' then asset.canonical_segments(p_kind, t.param, p_params -> t.param)
    when 'json' then asset.canonical_json(p_params -> t.param) end), '{}')
  into v_params
  from jsonb_each_text(v_types) as t (param, type);
  if asset.has_hook(p_kind, 'canonical') then
    -- Dynamic: a kind's functions are named after it.
    execute format('select asset.%I($1)', p_kind || '_canonical') using v_params into v_params;
  end if;
  return v_params;
end;
$$;
comment on function asset.canonical_params(text, jsonb) is
  'Params in their one form (A2): ids as decimal strings without leading zeros, nothing else than what the kind takes. Errors RK001, RK002, RK003, RK007.';

-- source: db/functions/asset/canonical_segment.sql
create or replace function asset.canonical_segment(p_kind text, p_param text, p_value jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_params jsonb;
begin
  if jsonb_typeof(p_value) <> 'object' or not p_value ?& array['kind', 'params'] or p_value - 'kind' - 'params' <> '{}'
     or jsonb_typeof(p_value -> 'kind') <> 'string' then
    raise exception '% cannot be %', p_param, p_value
      using errcode = 'RK002', hint = 'Give {"kind": "…", "params": {…}}.';
  end if;
  v_params := asset.canonical_params(p_value ->> 'kind', p_value -> 'params');
  if (select item_kind from asset.kinds where kind = p_value ->> 'kind') <> 'user' then
    raise exception '% cannot be made of %', p_kind, p_value ->> 'kind'
      using errcode = 'RK007', hint = 'It is made of a segment: a kind whose items are users.';
  end if;
  return jsonb_build_object('kind', p_value ->> 'kind', 'params', v_params);
end;
$$;
comment on function asset.canonical_segment(text, text, jsonb) is 'A nested segment in its one form. Errors RK001, RK002, RK003, RK007.';

-- source: db/functions/asset/canonical_segments.sql
create or replace function asset.canonical_segments(p_kind text, p_param text, p_value jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_segments jsonb;
  v_count bigint;
begin
  if jsonb_typeof(p_value) <> 'array' or jsonb_array_length(p_value) < 2 then
    raise exception '% cannot be %', p_param, p_value
      using errcode = 'RK002', hint = 'Give a list of two or more segments.';
  end if;
  select jsonb_agg(s.segment order by s.position), count(distinct s.segment) into v_segments, v_count
  from (
    select asset.canonical_segment(p_kind, p_param, v.value) as segment, v.position
    from jsonb_array_elements(p_value) with ordinality as v (value, position)
  ) as s;
  if v_count < jsonb_array_length(p_value) then
    raise exception '% names a segment twice: %', p_param, p_value
      using errcode = 'RK002', hint = 'Name every segment once.';
  end if;
  return v_segments;
end;
$$;
comment on function asset.canonical_segments(text, text, jsonb) is 'Two or more nested segments, all different, in the order given. Errors RK001, RK002, RK003, RK007.';

-- source: db/functions/asset/canonical_user_id.sql
create or replace function asset.canonical_user_id(p_param text, p_value jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
declare
  v_text constant text := p_value #>> '{}';
begin
  if jsonb_typeof(p_value) not in ('string', 'number') or v_text !~ '^-?[0-9]+$' then
    raise exception '% cannot be %', p_param, p_value
      using errcode = 'RK002', hint = 'Give an X id, as a string of digits or a whole number.';
  end if;
  if base.parse_id(ltrim(v_text, '0')) is null then
    raise exception '% is out of range: %', p_param, v_text
      using errcode = 'RK003', hint = 'An X id is a whole number from 1 to 9223372036854775807.';
  end if;
  return to_jsonb(ltrim(v_text, '0'));
end;
$$;
comment on function asset.canonical_user_id(text, jsonb) is 'A user''s id as a decimal string. Errors RK002, RK003.';

-- source: db/functions/asset/cause_of_move.sql
create or replace function asset.cause_of_move(
    p_follows jsonb, p_item_id bigint, p_has_entered boolean, p_position bigint, out reason text, out by_whom text, out known_at timestamptz)
  language plpgsql
  stable
as $$
declare
  v_cause graph.follow_changes;
  v_hidden_id bigint;
begin
  -- Who left did so with the first of the follows that is wrong now, who entered with the last that came right.
  select c.* into v_cause
  from jsonb_to_recordset(p_follows) as f (subject_id bigint, item_follows boolean, is_wanted boolean)
  cross join lateral graph.last_change_of_follow(
    case when f.item_follows then f.subject_id else p_item_id end, case when f.item_follows then p_item_id else f.subject_id end, p_position) as c
  where c.change_id is not null and ((c.change <> 'removed') = f.is_wanted) = p_has_entered
  order by case when p_has_entered then -c.change_id else c.change_id end
  limit 1;
  if v_cause.change_id is null then
    return;
  end if;
  known_at := v_cause.changed_at;
  if v_cause.change = 'removed' then
    select r.reason, r.hidden_id, r.known_at into reason, v_hidden_id, known_at from ingest.reason_of_end(v_cause) as r;
  else
    select r.reason, r.hidden_id into reason, v_hidden_id from ingest.reason_of_begin(v_cause) as r;
  end if;
  by_whom := case
    when reason in ('followed', 'unfollowed') then case when v_cause.follower_id = p_item_id then 'item' else 'subject' end
    when reason in ('suspended', 'deleted', 'protected', 'returned') then case when v_hidden_id = p_item_id then 'item' else 'subject' end end;
end;
$$;
comment on function asset.cause_of_move(jsonb, bigint, boolean, bigint) is
  'Why an item entered or left by a position of the graph: see ingest.reason_of_end and ingest.reason_of_begin. by_whom: whose doing or account that is, the item''s or the subject''s. p_follows: asset.follows_of, as JSON. All null where no follow tells.';

-- source: db/functions/asset/causes_of.sql
create or replace function asset.causes_of(p_mark_ids bigint[])
  returns jsonb
  language plpgsql
  stable
as $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('cause', c.cause, 'id', c.cause_id, 'revision', c.edit))
                              order by c.cause, c.cause_id, c.edit), '[]')
    from (
      select distinct cause, cause_id, case cause when 'edit' then revision end as edit
      from asset.marks where mark_id = any (p_mark_ids)
    ) as c);
end;
$$;
comment on function asset.causes_of(bigint[]) is 'Why now, as JSON: each cause of these marks once, an edit by its revision.';

-- source: db/functions/asset/change_needs.sql
create or replace function asset.change_needs(p_instance_id bigint, p_only_moved boolean)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances;
begin
  select * into strict v_instance from asset.instances where instance_id = p_instance_id;
  -- Dynamic: a kind's functions are named after it.
  execute format($sql$
    with needs as materialized (
      select sync_kind, subject_id, is_needed, tolerates_refusal from asset.%I($1, $2, $3)
    ), dropped as (
      delete from ingest.needs as n using needs as d
      where not d.is_needed and n.sync_kind = d.sync_kind and n.subject_id = d.subject_id and n.consumer_id = $1
    )
    insert into ingest.needs (
      sync_kind, subject_id, consumer_id, tolerates_refusal,
      fresh_within, or_default, reconcile_within, reconcile_or_default, reconcile_doubt, doubt_or_default)
    select n.sync_kind, n.subject_id, $1, n.tolerates_refusal, f.*
    from needs as n cross join asset.freshness_of($1) as f
    where n.is_needed
    on conflict (sync_kind, subject_id, consumer_id) do nothing
  $sql$, v_instance.kind || '_needs') using p_instance_id, v_instance.params, p_only_moved;

  if not p_only_moved and v_instance.read_revision is not null then
    -- It rested: the changes since its last look were not marked.
    insert into asset.marks (instance_id, cause, subject_id, revision, look_at)
    select p_instance_id, 'change', n.subject_id, c.change_id, base.now()
    from ingest.needs as n
    cross join lateral graph.last_change_of(n.sync_kind, n.subject_id, 9223372036854775807) as c (change_id)
    where n.consumer_id = p_instance_id and c.change_id > v_instance.read_revision
    order by n.sync_kind, n.subject_id;
  end if;
end;
$$;
comment on function asset.change_needs(bigint, boolean) is
  'Brings an instance''s needs to what its kind says: all of them, or only where its pinned source or its set has moved (A5).';

-- source: db/functions/asset/check_closure.sql
create or replace function asset.check_closure(p_kind text, p_params jsonb, p_path bytea[] default '{}')
  returns void
  language plpgsql
  stable
as $$
declare
  v_params constant jsonb := asset.canonical_params(p_kind, p_params);
  v_hash constant bytea := asset.params_hash(p_kind, v_params);
begin
  if v_hash = any (p_path) then
    raise exception '% % would depend on itself', p_kind, v_params
      using errcode = 'RK006', hint = 'Choose a source that is not made from this asset.';
  end if;
  perform asset.check_closure(d.kind, d.params, p_path || v_hash) from asset.dependencies_of(p_kind, v_params) as d;
end;
$$;
comment on function asset.check_closure(text, jsonb, bytea[]) is
  'Whether an asset can be made: its params, and those of all that it is made from, are well formed, and nothing depends on itself (A4). Errors of asset.canonical_params, and RK006.';

-- source: db/functions/asset/check_days.sql
create or replace function asset.check_days(p_days integer)
  returns void
  language plpgsql
  immutable
as $$
begin
  if p_days is null or p_days not between 1 and 366 then
    raise exception 'one cannot look back % days', coalesce(p_days::text, 'null')
      using errcode = 'RK012', hint = 'Give a p_days from 1 to 366.';
  end if;
end;
$$;
comment on function asset.check_days(integer) is 'Refuses a number of days that cannot be. Error RK012.';

-- source: db/functions/asset/check_fanout.sql
create or replace function asset.check_fanout(p_source_kind text, p_source_params jsonb, p_target_kind text, p_mode text)
  returns void
  language plpgsql
  stable
as $$
begin
  if p_mode is null or p_mode not in ('global_per_item', 'scoped_by_source') then
    raise exception 'there is no fanout mode %', coalesce(quote_literal(p_mode), 'null')
      using errcode = 'RK015', hint = 'The modes are global_per_item and scoped_by_source.';
  end if;
  perform asset.check_closure(p_source_kind, p_source_params);
  if (select item_kind from asset.kinds where kind = p_source_kind) <> 'user' then
    raise exception '% has no users to fan out over', p_source_kind
      using errcode = 'RK007', hint = 'The source of a fanout is a segment.';
  end if;
  if not exists (select from asset.kinds where kind = p_target_kind) then
    raise exception 'there is no asset kind %', coalesce(quote_literal(p_target_kind), 'null')
      using errcode = 'RK001', hint = 'The kinds are ' || (select string_agg(kind, ', ' order by kind) from asset.kinds) || '.';
  end if;
  if asset.target_params(p_target_kind, 1) is null then
    raise exception '% cannot be made from one user', p_target_kind
      using errcode = 'RK007', hint = 'The target of a fanout is a kind whose only param is a user''s id.';
  end if;
  -- Whether a target could be made at all is known now, not only when the first member comes.
  perform asset.check_closure(p_target_kind, asset.target_params(p_target_kind, 1));
end;
$$;
comment on function asset.check_fanout(text, jsonb, text, text) is 'Whether a fanout can be made (A3, A4). Errors RK001, RK002, RK003, RK006, RK007, RK015.';

-- source: db/functions/asset/check_freshness.sql
create or replace function asset.check_freshness(p_fresh_within interval, p_reconcile_within interval, p_reconcile_doubt numeric)
  returns void
  language plpgsql
  immutable
as $$
begin
  if p_fresh_within <= '0' then
    raise exception 'nothing can be fresh within %', p_fresh_within
      using errcode = 'RK014', hint = 'Give an interval above zero, or null for the window that is set.';
  end if;
  if p_reconcile_within <= '0' then
    raise exception 'a list cannot be read in full every %', p_reconcile_within
      using errcode = 'RK014', hint = 'Give an interval above zero, or null for the one that is set.';
  end if;
  if greatest(p_fresh_within, p_reconcile_within) > '1000 years' then
    raise exception 'nothing is planned for longer than 1000 years, not for %', greatest(p_fresh_within, p_reconcile_within)
      using errcode = 'RK014', hint = 'Give a shorter interval, or null for what is set.';
  end if;
  if p_reconcile_doubt not between 0 and 100 then
    raise exception '% percent of a list cannot be in doubt', p_reconcile_doubt
      using errcode = 'RK014', hint = 'Give a number from 0 (any doubt is too much) to 100, or null for the one that is set.';
  end if;
end;
$$;
comment on function asset.check_freshness(interval, interval, numeric) is 'Whether a root can ask for these windows and this doubt; null is always good. Error RK014.';

-- source: db/functions/asset/check_moment.sql
create or replace function asset.check_moment(p_instance_id bigint, p_materialization_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
declare
  v_status text;
  v_is_ahead boolean;
begin
  perform asset.item_kind_of(p_instance_id);
  select m.status, m.materialization_id > coalesce(i.checkpoint_id, 0) into v_status, v_is_ahead
  from asset.materializations as m join asset.instances as i using (instance_id)
  where m.instance_id = p_instance_id and m.materialization_id = p_materialization_id;
  if not found then
    raise exception 'instance % has no materialization %', p_instance_id, coalesce(p_materialization_id::text, 'null')
      using errcode = 'RK016', hint = format('select * from api.materializations where instance_id = %s; lists them.', p_instance_id);
  end if;
  if v_status <> 'success' then
    raise exception 'materialization % has no membership: it ended in %', p_materialization_id, v_status
      using errcode = 'RK020', hint = 'Name one whose status is success.';
  end if;
  if v_is_ahead then
    raise exception 'materialization % is newer than the checkpoint of instance %', p_materialization_id, p_instance_id
      using errcode = 'RK020', hint = format('The checkpoint is broken: select * from api.repair(%s); mends it.', p_instance_id);
  end if;
  return p_materialization_id;
end;
$$;
comment on function asset.check_moment(bigint, bigint) is
  'The materialization itself, if the membership of the instance after it can be told (A11). RK004 for an unknown instance, RK016 for none of its materializations, RK020 for one that failed or is newer than the checkpoint.';

-- source: db/functions/asset/check_page.sql
create or replace function asset.check_page(p_limit integer, p_after_item_id bigint)
  returns void
  language plpgsql
  immutable
as $$
begin
  if p_limit < 1 or p_after_item_id is null then
    raise exception 'a page cannot have % members after %', coalesce(p_limit::text, 'all'), coalesce(p_after_item_id::text, 'null')
      using errcode = 'RK012', hint = 'Give a p_limit of 1 or more (null: all), and the last item_id of the page before (0: from the first).';
  end if;
end;
$$;
comment on function asset.check_page(integer, bigint) is 'Refuses a page of members that cannot be. Error RK012.';

-- source: db/functions/asset/check_span.sql
create or replace function asset.check_span(p_instance_id bigint, p_from bigint, p_to bigint)
  returns void
  language plpgsql
  stable
as $$
begin
  perform asset.check_moment(p_instance_id, p_to);
  if p_from is not null then
    perform asset.check_moment(p_instance_id, p_from);
  end if;
  if p_from > p_to then
    raise exception 'materialization % is newer than %', p_from, p_to
      using errcode = 'RK020', hint = 'Name the older one first.';
  end if;
end;
$$;
comment on function asset.check_span(bigint, bigint, bigint) is
  'Whether two materializations can be compared; the first may be null, before all. Errors of asset.check_moment; RK020 when the first is the newer one.';

-- source: db/functions/asset/complete_materialization.sql
create or replace function asset.complete_materialization(
    p_instance asset.instances, p_materialization_id bigint, p_position bigint, p_enter_count bigint, p_exit_count bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances := p_instance;
begin
  if p_instance.read_revision is null then
    v_instance.input_revision := asset.probe_input_revision(p_instance, p_position);
  end if;
  update asset.instances set
    input_revision = v_instance.input_revision,
    read_revision = p_position,
    checkpoint_id = p_materialization_id,
    output_revision = p_instance.output_revision + (p_enter_count + p_exit_count > 0)::integer,
    member_count = p_instance.member_count + p_enter_count - p_exit_count,
    failure_count = 0
  where instance_id = p_instance.instance_id
  returning * into v_instance;

  update asset.materializations set
    status = 'success', completed_at = base.now(),
    inputs_hash = asset.inputs_hash(v_instance), dependencies_hash = asset.dependencies_hash(v_instance),
    input_revision = v_instance.input_revision, read_revision = p_position, output_revision = v_instance.output_revision,
    enter_count = p_enter_count, exit_count = p_exit_count, member_count = v_instance.member_count
  where instance_id = p_instance.instance_id and materialization_id = p_materialization_id;

  update asset.dependencies set read_id = pinned_id where instance_id = p_instance.instance_id and read_id is distinct from pinned_id;
  if p_instance.checkpoint_id is null then
    perform asset.schedule_verification(v_instance);
  end if;
  perform asset.note_success(v_instance, p_instance.checkpoint_id is null or v_instance.output_revision > p_instance.output_revision);
  if v_instance.member_count = 0 and v_instance.params ? 'stable_key' then
    perform asset.warn_of_empty_set(v_instance.params ->> 'stable_key');
  end if;
end;
$$;
comment on function asset.complete_materialization(asset.instances, bigint, bigint, bigint, bigint) is
  'Moves the checkpoint to a materialization that has done its work; the revision rises if and only if the membership changed (A8).';

-- source: db/functions/asset/days_of.sql
create or replace function asset.days_of(p_instance_ids bigint[], p_days integer)
  returns table (instance_id bigint, utc_day date, members bigint, entered bigint, "left" bigint, began_with bigint)
  language plpgsql
  stable
as $$
#variable_conflict use_column
declare
  v_today constant date := (base.now() at time zone 'UTC')::date;
  v_since constant timestamptz := (v_today - p_days + 1)::timestamp at time zone 'UTC';
  -- What was started before may have ended since.
  v_from_id constant bigint := asset.first_materialization_since(v_since - interval '1 hour');
  v_until_id constant bigint := asset.first_materialization_since(v_since);
begin
  return query
  with moved as (
    select a.instance_id, (m.completed_at at time zone 'UTC')::date as utc_day, max(m.materialization_id) as last_id,
           sum(case when m.materialization_id = f.first_id then 0 else m.enter_count end)::bigint as entered, sum(m.exit_count)::bigint as exited,
           sum(case when m.materialization_id = f.first_id then m.enter_count end)::bigint as began_with
    from unnest(p_instance_ids) as a (instance_id)
    cross join lateral (select asset.first_success(a.instance_id)) as f (first_id)
    cross join lateral (
      select * from asset.materializations
      where instance_id = a.instance_id and materialization_id >= v_from_id and status = 'success' and completed_at >= v_since
      order by materialization_id desc limit 20000
    ) as m
    group by 1, 2
  ), days as (
    select a.instance_id, d::date as utc_day, v.entered, v.exited, v.began_with,
           -- With which materialization the day ended: its own last, or that of a day before.
           coalesce(max(v.last_id) over (partition by a.instance_id order by d), b.before_id) as stood_at
    from unnest(p_instance_ids) as a (instance_id)
    left join lateral (
      select materialization_id as before_id from asset.materializations
      where instance_id = a.instance_id and materialization_id < v_until_id and status = 'success' and completed_at < v_since
      order by materialization_id desc limit 1
    ) as b on true
    cross join generate_series((v_today - p_days + 1)::timestamp, v_today, interval '1 day') as d
    left join moved as v on v.instance_id = a.instance_id and v.utc_day = d::date
  )
  select d.instance_id, d.utc_day, m.member_count, coalesce(d.entered, 0), coalesce(d.exited, 0), d.began_with
  from days as d
  cross join lateral (
    select member_count from asset.materializations where instance_id = d.instance_id and materialization_id = d.stood_at limit 1
  ) as m
  order by d.instance_id, d.utc_day;
end;
$$;
comment on function asset.days_of(bigint[], integer) is 'See api.days.';

-- source: db/functions/asset/dependencies_hash.sql
create or replace function asset.dependencies_hash(p_instance asset.instances)
  returns bytea
  language plpgsql
  stable
as $$
begin
  return (
    select sha256(convert_to('dependencies 1' || coalesce(string_agg(
      chr(10) || d.role || ' ' || encode(i.identity_hash, 'hex') || ' ' || m.output_revision, '' order by d.role), ''), 'UTF8'))
    from asset.dependencies as d
    join asset.instances as i on i.instance_id = d.dependency_id
    join asset.materializations as m on m.instance_id = d.dependency_id and m.materialization_id = d.pinned_id
    where d.instance_id = p_instance.instance_id);
end;
$$;
comment on function asset.dependencies_hash(asset.instances) is 'The revisions of the pinned dependencies in one hash (A6).';

-- source: db/functions/asset/dependencies_of.sql
create or replace function asset.dependencies_of(p_kind text, p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language plpgsql
  stable
as $$
begin
  -- Dynamic: a kind is a row of asset.kinds, and its functions are named after it.
  return query execute format('select * from asset.%I($1)', p_kind || '_dependencies') using p_params;
end;
$$;
comment on function asset.dependencies_of(text, jsonb) is 'What an asset of this kind is made from, each in its role.';

-- source: db/functions/asset/describe_member.sql
create or replace function asset.describe_member(p_moved_id bigint, p_first_entered_at timestamptz, p_entered_at timestamptz, p_left_at timestamptz)
  returns text
  language sql
  stable
as $$
  select case when p_moved_id is null then 'never in'
    else format('%s by materialization %s, in since %s, first %s', case when p_left_at is null then 'in' else 'left ' || base.format_time(p_left_at) end,
                p_moved_id, base.format_time(p_entered_at), base.format_time(p_first_entered_at)) end;
$$;
comment on function asset.describe_member(bigint, timestamptz, timestamptz, timestamptz) is 'A row of asset.members in words.';

-- source: db/functions/asset/diff_page.sql
create or replace function asset.diff_page(
    p_item_kind text, p_instance_id bigint, p_from bigint, p_to bigint, p_limit integer, p_after_item_id bigint)
  returns table (item_id bigint, change text, at timestamptz, reason text, by_whom text, known_at timestamptz)
  language plpgsql
  stable
as $$
declare
  v_follows constant jsonb := (select jsonb_agg(to_jsonb(f)) from asset.follows_of(p_instance_id) as f);
begin
  return query
    select d.item_id, case when d.has_entered then 'entered' else 'left' end, m.completed_at,
           case when v_follows is not null then coalesce(c.reason, 'unknown')
                when p_item_kind = 'post' and not d.has_entered and p.deleted_at is not null then 'deleted' end,
           c.by_whom, coalesce(c.known_at, case when p_item_kind = 'post' and not d.has_entered then p.deleted_at end)
    from asset.net_moves(p_item_kind, p_instance_id, p_from, p_to, p_limit, p_after_item_id) as d
    join asset.materializations as m on m.instance_id = p_instance_id and m.materialization_id = d.moved_id
    left join graph.posts as p on p_item_kind = 'post' and p.post_id = d.item_id
    left join lateral asset.cause_of_move(v_follows, d.item_id, d.has_entered, m.read_revision) as c on v_follows is not null
    order by d.item_id;
end;
$$;
comment on function asset.diff_page(text, bigint, bigint, bigint, integer, bigint) is
  'A page of who entered and who left between two materializations, net, with when and why: see api.diff.';

-- source: db/functions/asset/disable_root.sql
create or replace function asset.disable_root(p_kind text, p_params jsonb, p_target_kind text, p_target_mode text)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_instance_id constant bigint := asset.find_instance(p_kind, p_params);
  v_root_id bigint;
begin
  perform asset.lock_planner();
  update asset.roots set is_enabled = false, disabled_at = base.now(), followed_id = null
  where instance_id = v_instance_id and is_enabled
    and (target_kind, target_mode) is not distinct from (p_target_kind, p_target_mode)
  returning root_id into v_root_id;
  if not found then
    raise exception 'that is no enabled root: % %', p_kind, p_params
      using errcode = 'RK005', hint = 'api.roots and api.fanout_roots list what is enabled.';
  end if;
  delete from asset.fanout_steps where root_id = v_root_id;
  perform asset.drop_wants(v_root_id, null);
  return v_root_id;
end;
$$;
comment on function asset.disable_root(text, jsonb, text, text) is
  'Stops keeping an instance (and, of a fanout, its targets) fresh; what no other enabled root needs rests, with its history (A3). Returns the root. RK005 when it is no enabled root.';

-- source: db/functions/asset/drop_wants.sql
create or replace function asset.drop_wants(p_root_id bigint, p_via_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance_id bigint;
begin
  for v_instance_id in
    with dropped as (
      delete from asset.wants where root_id = p_root_id and (p_via_id is null or via_id = p_via_id) returning instance_id
    )
    select distinct instance_id from dropped order by instance_id
  loop
    if exists (select from asset.wants where instance_id = v_instance_id) then
      perform asset.set_freshness(v_instance_id);
    else
      perform asset.rest_instance(v_instance_id);
    end if;
  end loop;
end;
$$;
comment on function asset.drop_wants(bigint, bigint) is 'A root lets go of an instance (null: of all it asks for); what nobody wants then rests.';

-- source: db/functions/asset/due_instances.sql
create or replace function asset.due_instances(p_limit integer)
  returns bigint[]
  language plpgsql
  stable
as $$
begin
  return (
    select array(
      select i.instance_id
      from (select distinct instance_id from asset.marks where look_at <= base.now()) as m
      cross join lateral (select instance_id, depth, kind, identity_hash from asset.instances where instance_id = m.instance_id limit 1) as i
      order by i.depth, i.kind, i.identity_hash
      limit p_limit));
end;
$$;
comment on function asset.due_instances(integer) is 'Instances with a mark that is due, dependencies first, in an order that is the same on every database (A4).';

-- source: db/functions/asset/edit_specified_users.sql
create or replace function asset.edit_specified_users(p_stable_key text, p_listed_ids bigint[], p_unlisted_ids bigint[], p_others_too boolean)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_key constant text := asset.canonical_name('stable_key', to_jsonb(coalesce(p_stable_key, ''))) #>> '{}';
  v_revision bigint;
  v_edited_count bigint;
  v_instance_id bigint;
  v_listed_count bigint;
begin
  if p_listed_ids is null or p_unlisted_ids is null then
    raise exception 'user ids cannot be null'
      using errcode = 'RK002', hint = 'Give an array of X ids; an empty one is ''{}''.';
  end if;
  perform base.check_id(i, 'user id') from unnest(p_listed_ids || p_unlisted_ids) as i;
  perform graph.lock_writer();
  -- Else whoever enables the set's root at this moment would not see the edit, nor the edit the root.
  perform asset.lock_planner();
  v_revision := nextval('graph.change_ids');
  with edited as (
    insert into asset.specified_users as s (stable_key, user_id, is_listed, revision)
    select v_key, i, true, v_revision from unnest(p_listed_ids) as i group by i
    on conflict (stable_key, user_id) do update set is_listed = true, revision = excluded.revision where not s.is_listed
    returning user_id
  ), unlisted as (
    -- Sets, not conditions: as a condition, a long array is searched from its start for every row.
    update asset.specified_users as s set is_listed = false, revision = v_revision
    from (
      (select user_id from asset.specified_users where p_others_too and stable_key = v_key and is_listed
       except
       select unnest(p_listed_ids))
      union
      select unnest(p_unlisted_ids)
    ) as u
    where s.stable_key = v_key and s.user_id = u.user_id and s.is_listed
    returning s.user_id
  )
  select (select count(*) from edited) + (select count(*) from unlisted) into v_edited_count;

  v_instance_id := asset.find_instance('segment_specified_users', jsonb_build_object('stable_key', v_key));
  if v_edited_count > 0 and v_instance_id is not null then
    insert into asset.marks (instance_id, cause, revision, look_at) values (v_instance_id, 'edit', v_revision, base.now());
    if exists (select from asset.wants where instance_id = v_instance_id) then
      perform asset.change_needs(v_instance_id, true);
    end if;
  end if;
  select count(*) into v_listed_count from asset.specified_users where stable_key = v_key and is_listed;
  if v_listed_count = 0 then
    perform asset.warn_of_empty_set(v_key);
  end if;
  return v_listed_count;
end;
$$;
comment on function asset.edit_specified_users(text, bigint[], bigint[], boolean) is
  'Lists some users, takes others off (all others, if so said), and returns how many are listed then (A1). Ids need not be known (A14). Errors RK002, RK003.';

-- source: db/functions/asset/enable_root.sql
create or replace function asset.enable_root(
    p_kind text, p_params jsonb, p_target_kind text, p_target_mode text, p_fresh_within interval, p_reconcile_within interval, p_reconcile_doubt numeric)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_root asset.roots;
begin
  perform asset.check_freshness(p_fresh_within, p_reconcile_within, p_reconcile_doubt);
  perform asset.lock_planner();
  perform asset.check_closure(p_kind, p_params);
  insert into asset.roots as r (instance_id, target_kind, target_mode, fresh_within, reconcile_within, reconcile_doubt, is_enabled, enabled_at)
  values (asset.ensure_instance(p_kind, p_params), p_target_kind, p_target_mode, p_fresh_within, p_reconcile_within, p_reconcile_doubt, true, base.now())
  on conflict on constraint an_instance_is_one_root_per_target do update set
    is_enabled = true, enabled_at = excluded.enabled_at, disabled_at = null,
    fresh_within = excluded.fresh_within, reconcile_within = excluded.reconcile_within, reconcile_doubt = excluded.reconcile_doubt
  where not r.is_enabled
    or (r.fresh_within, r.reconcile_within, r.reconcile_doubt)
       is distinct from (excluded.fresh_within, excluded.reconcile_within, excluded.reconcile_doubt)
  returning * into v_root;
  if found then
    perform asset.add_wants(v_root.root_id, v_root.instance_id);
    -- Targets that are there already learn of new windows too.
    perform asset.set_freshness(w.instance_id)
    from (select distinct instance_id from asset.wants where root_id = v_root.root_id and via_id <> v_root.instance_id) as w;
    perform asset.follow_source(v_root);
  else
    select * into strict v_root from asset.roots
    where instance_id = asset.find_instance(p_kind, p_params)
      and (target_kind, target_mode) is not distinct from (p_target_kind, p_target_mode);
  end if;
  return v_root.root_id;
end;
$$;
comment on function asset.enable_root(text, jsonb, text, text, interval, interval, numeric) is
  'Keeps an instance fresh from now on, and all that it is made from (A3, A4); with a target kind, one of that kind for each member too. Returns the root. Enabling an enabled root changes at most its windows and its doubt. Errors of asset.check_closure, and RK014.';

-- source: db/functions/asset/ensure_instance.sql
create or replace function asset.ensure_instance(p_kind text, p_params jsonb, p_scope_hash bytea default null)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_params constant jsonb := asset.canonical_params(p_kind, p_params);
  v_params_hash constant bytea := asset.params_hash(p_kind, v_params);
  v_identity_hash constant bytea := asset.identity_hash(v_params_hash, p_scope_hash);
  v_instance_id bigint;
  v_roles text[];
  v_dependency_ids bigint[];
begin
  select instance_id into v_instance_id from asset.instances where identity_hash = v_identity_hash;
  if found then
    return v_instance_id;
  end if;
  -- What a scoped instance is made from is shared with everybody (A2). Made in the order of roles: an aggregate's own order comes too late (E4).
  select array_agg(d.role), array_agg(asset.ensure_instance(d.kind, d.params))
  into v_roles, v_dependency_ids
  from (select * from asset.dependencies_of(p_kind, v_params) order by role) as d;

  insert into asset.instances (kind, params, params_hash, identity_hash, scope_hash, depth, created_at)
  select p_kind, v_params, v_params_hash, v_identity_hash, p_scope_hash, coalesce(max(i.depth) + 1, 0), base.now()
  from asset.instances as i where i.instance_id = any (v_dependency_ids)
  returning instance_id into v_instance_id;
  insert into asset.dependencies (instance_id, role, dependency_id, watched)
  select v_instance_id, d.role, d.dependency_id,
         array(select w.fact from asset.watches_of(p_kind, v_params) as w where w.role = d.role order by w.fact)
  from unnest(v_roles, v_dependency_ids) as d (role, dependency_id);
  return v_instance_id;
end;
$$;
comment on function asset.ensure_instance(text, jsonb, bytea) is
  'The instance of a kind and params (and scope), made with all that it depends on where it was not there (A4). asset.check_closure has let it pass; the caller holds asset.lock_planner().';

-- source: db/functions/asset/enter_candidates.sql
create or replace function asset.enter_candidates(p_instance asset.instances, p_materialization_id bigint, p_item_kind text, p_position bigint)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_enter_count bigint;
begin
  -- Dynamic: a kind's functions are named after it, and each kind of item has a partition of its own.
  execute format($sql$
    with appeared as (
      insert into asset.%2$I (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at)
      select $3, $1, item_id, $5, $6, $6 from asset.%1$I($1, $2, null, $4) where belongs
      returning item_id
    ), logged as (
      insert into asset.%3$I (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance)
      select $3, $1, $5, item_id, true, true from appeared
    )
    select count(*) from appeared
  $sql$, p_instance.kind || '_candidates',
    case p_item_kind when 'user' then 'segment_members' else 'corpus_members' end,
    case p_item_kind when 'user' then 'segment_events' else 'corpus_events' end)
  into v_enter_count
  using p_instance.instance_id, p_instance.params, p_item_kind, p_position, p_materialization_id, base.now();
  return v_enter_count;
end;
$$;
comment on function asset.enter_candidates(asset.instances, bigint, text, bigint) is
  'Asks the kind for everything, and makes members and events of what belongs, where the snapshot is empty: nothing is compared. Returns how many.';

-- source: db/functions/asset/estimate_root.sql
create or replace function asset.estimate_root(p_kind text, p_params jsonb, p_fresh_within interval, p_reconcile_within interval, p_reconcile_doubt numeric)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_trial record;
begin
  select * into v_trial from asset.try_root(p_kind, p_params, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
  -- The trial is undone: what is needed now is needed by others. They pay for what they would have bought anyhow.
  return (
    with syncs as (
      select n.sync_kind, n.subject_id, e.is_known, o.fresh_within is not null as is_needed_already,
             case when o.fresh_within is null then e.now_usd else 0 end as now_usd,
             greatest(0, e.month_usd - coalesce((
               select a.month_usd from ingest.estimate_sync(n.sync_kind, n.subject_id, o.fresh_within, o.reconcile_within) as a
               where o.fresh_within is not null), 0)) as month_usd
      from jsonb_to_recordset(v_trial.needs) as n (sync_kind text, subject_id bigint, fresh_within interval, reconcile_within interval)
      cross join lateral ingest.windows_of(n.sync_kind, n.subject_id) as o
      cross join lateral ingest.estimate_sync(n.sync_kind, n.subject_id, n.fresh_within, n.reconcile_within) as e
    ), kinds as (
      select sync_kind, count(*) as subjects, count(*) filter (where is_needed_already) as needed_already,
             count(*) filter (where not is_known) as unknown, round(sum(now_usd), 2) as now_usd, round(sum(month_usd), 2) as month_usd
      from syncs group by sync_kind
    )
    select jsonb_build_object(
      'now_usd', coalesce(sum(now_usd), 0), 'month_usd', coalesce(sum(month_usd), 0),
      'is_whole', coalesce(sum(unknown), 0) = 0 and v_trial.unknown = '[]',
      'syncs', coalesce(jsonb_agg(to_jsonb(kinds) order by sync_kind), '[]'), 'unknown', v_trial.unknown)
    from kinds);
end;
$$;
comment on function asset.estimate_root(text, jsonb, interval, interval, numeric) is 'See api.root_estimate.';

-- source: db/functions/asset/estimate_shares.sql
create or replace function asset.estimate_shares(p_root_id bigint)
  returns table (endpoint text, now_usd numeric, month_usd numeric)
  language sql
  stable
as $$
  select k.endpoint, sum(e.now_usd / s.payer_count), sum(e.month_usd / s.payer_count)
  from asset.needs_of_root(p_root_id) as n
  join ingest.sync_kinds as k using (sync_kind)
  cross join lateral ingest.windows_of(n.sync_kind, n.subject_id) as w
  cross join lateral ingest.estimate_sync(n.sync_kind, n.subject_id, w.fresh_within, w.reconcile_within) as e
  cross join lateral (
    select greatest(1, count(distinct r.root_id)) as payer_count
    from ingest.needs as o cross join lateral asset.roots_of(o.consumer_id) as r (root_id)
    where o.sync_kind = n.sync_kind and o.subject_id = n.subject_id
  ) as s
  group by k.endpoint;
$$;
comment on function asset.estimate_shares(bigint) is 'What a root''s share will be, in US dollars, of bringing all that it needs up to date now, and of keeping it so for 30 days, by kind of call.';

-- source: db/functions/asset/expect_members.sql
create or replace function asset.expect_members(p_root_id bigint)
  returns jsonb
  language sql
  stable
as $$
  -- Sets of users that were never materialized: how many members they have is guessed from the lists beneath them. What two lists have in common
  -- is no more than the smaller one.
  select coalesce(jsonb_agg(jsonb_build_object('kind', i.kind, 'params', i.params, 'made_of', asset.name_instance(s), 'members', e.member_count)), '[]')
  from asset.instances as i
  join asset.dependencies as d using (instance_id)
  join asset.instances as s on s.instance_id = d.dependency_id
  join asset.kinds as k on k.kind = i.kind
  left join lateral (
    with recursive beneath as (
      select s.instance_id
      union
      select b.dependency_id from beneath as x join asset.dependencies as b using (instance_id)
    )
    select coalesce(
      min(case n.sync_kind when 'followers' then c.followers_count when 'following' then c.following_count end),
      nullif(count(*) filter (where n.sync_kind = 'users'), 0)) as member_count
    from beneath as x
    join ingest.needs as n on n.consumer_id = x.instance_id
    left join graph.user_counts as c on c.user_id = n.subject_id
  ) as e on true
  where i.instance_id in (select instance_id from asset.wants where root_id = p_root_id) and k.item_kind = 'post' and s.checkpoint_id is null;
$$;
comment on function asset.expect_members(bigint) is
  'The corpora of a root whose source has never been materialized: how many authors each is likely to have, or null. What their posts will cost cannot be said.';

-- source: db/functions/asset/explain_cause.sql
create or replace function asset.explain_cause(p_instance_id bigint, p_cause jsonb)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('cause', 'now, because ' || case c.cause
      when 'root' then format('root %s was enabled, or reached it', c.cause_id)
      when 'change' then 'an event changed what it reads'
      when 'dependency' then coalesce((
        select format('what it is made from moved: materialization %s of %s', c.cause_id, asset.name_instance(i))
        from asset.materializations as m join asset.instances as i using (instance_id)
        where m.materialization_id = c.cause_id), 'what it is made from moved')
      when 'edit' then format('its set was edited (position %s)', c.revision)
        || coalesce((select format(': %s listed, %s taken off', count(*) filter (where s.is_listed), count(*) filter (where not s.is_listed))
                     from asset.instances as i
                     join asset.specified_users as s on s.stable_key = i.params ->> 'stable_key' and s.revision = c.revision
                     where i.instance_id = p_instance_id having count(*) > 0), '')
      when 'retry' then format('the wait after materialization %s, which failed, is over', c.cause_id)
      when 'repair' then 'its snapshot was to be repaired'
      else 'of ' || c.cause end,
    p_cause)
  from (select p_cause ->> 'cause' as cause, (p_cause ->> 'id')::bigint as cause_id, (p_cause ->> 'revision')::bigint as revision) as c;
$$;
comment on function asset.explain_cause(bigint, jsonb) is 'One entry of asset.materializations.causes, other than a run, as a reason: which root, materialization, edit or failure that was.';

-- source: db/functions/asset/explain_causes.sql
create or replace function asset.explain_causes(p_materialization asset.materializations)
  returns jsonb
  language sql
  stable
as $$
  -- Runs are named with what they did: asset.explain_feeding.
  select coalesce(jsonb_agg(asset.explain_cause(p_materialization.instance_id, c.cause) order by c.place) filter (where c.place <= 10), '[]')
    || case when count(*) > 10 then jsonb_build_array(base.build_reason('more', format('now, because of %s causes in all', count(*)))) else '[]' end
  from (
    select e.cause, row_number() over (order by e.place) as place
    from jsonb_array_elements(p_materialization.causes) with ordinality as e (cause, place)
    where e.cause ->> 'cause' not in ('run', 'change') or not e.cause ? 'id'
  ) as c;
$$;
comment on function asset.explain_causes(asset.materializations) is
  'Why a materialization came when it did, as a list of reasons: the first ten causes other than runs, and how many in all.';

-- source: db/functions/asset/explain_consumers.sql
create or replace function asset.explain_consumers(p_run_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(base.build_reason('consumer', 'needed by ' || asset.name_instance(c.instance),
    jsonb_build_object('instance', asset.instance_facts(c.instance)),
    asset.explain_roots((c.instance).instance_id, array(select root_id from asset.wants where instance_id = (c.instance).instance_id limit 100)))
    order by (c.instance).instance_id), '[]')
  from (
    select distinct i as instance
    from (
      select n.consumer_id
      from ingest.runs as r
      cross join lateral unnest(coalesce(r.item_ids, array[r.subject_id])) as s (subject_id)
      join ingest.needs as n on n.sync_kind = r.sync_kind and n.subject_id = s.subject_id
      where r.run_id = p_run_id
      limit 100
    ) as n
    join asset.instances as i on i.instance_id = n.consumer_id
    limit 5
  ) as c;
$$;
comment on function asset.explain_consumers(bigint) is 'Up to five instances that need what a run brings, with their roots, as a list of reasons.';

-- source: db/functions/asset/explain_decision.sql
create or replace function asset.explain_decision(p_instance asset.instances, p_state text)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(base.build_reason('decision',
    'held back ' || case d.repeat_count when 1 then format('at %s', base.format_time(d.last_at))
      else format('%s times, %s to %s', d.repeat_count, base.format_time(d.first_at), base.format_time(d.last_at)) end || ': ' || d.reason,
    jsonb_strip_nulls(jsonb_build_object(
      'decision_id', d.decision_id, 'kind', d.decision_kind, 'reason', d.reason, 'repeats', d.repeat_count, 'first_at', d.first_at,
      'last_at', d.last_at, 'until_at', d.until_at)))), '[]')
  from (
    select d.*
    from base.decision_kinds as k
    cross join lateral (
      select * from base.decisions where decision_kind = k.decision_kind and about = 'instance ' || p_instance.instance_id order by last_at desc limit 1
    ) as d
    where p_state in ('failed', 'waiting_for_dependency', 'waiting_for_sync')
    order by d.last_at desc, d.decision_id desc limit 1
  ) as d;
$$;
comment on function asset.explain_decision(asset.instances, text) is 'The last decision about an instance that is held up, as a list of at most one reason.';

-- source: db/functions/asset/explain_dependencies.sql
create or replace function asset.explain_dependencies(p_instance_id bigint, p_depth integer, p_only_missing boolean)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(asset.explain_wait(d.dependency_id, p_depth - 1) || jsonb_build_object('role', d.role) order by d.role), '[]')
  from (
    select d.role, d.dependency_id
    from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
    where d.instance_id = p_instance_id and p_depth > 0 and (i.checkpoint_id is null or not p_only_missing)
    order by d.role limit 5
  ) as d;
$$;
comment on function asset.explain_dependencies(bigint, integer, boolean) is
  'What an instance is made from (all, or only what was never materialized), each as a reason why it does not move: the first five, p_depth deep.';

-- source: db/functions/asset/explain_failure.sql
create or replace function asset.explain_failure(p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(base.build_reason('materialization',
    format('materialization %s failed with %s, %s', m.materialization_id, m.error_state, m.error_message),
    jsonb_build_object('materialization_id', m.materialization_id, 'error_state', m.error_state, 'error_message', m.error_message,
                       'error_context', m.error_context, 'until_at', m.retry_at))), '[]')
  from (
    select * from asset.materializations where instance_id = p_instance_id order by materialization_id desc limit 1
  ) as m
  where m.status = 'error';
$$;
comment on function asset.explain_failure(bigint) is 'The last materialization of an instance, if it failed, as a list of at most one reason.';

-- source: db/functions/asset/explain_feeding.sql
create or replace function asset.explain_feeding(p_before asset.materializations, p_after asset.materializations)
  returns jsonb
  language sql
  stable
as $$
  with fed as materialized (
    select f.* from asset.feeding_runs(p_before, p_after) as f
  ), shown as (
    select r.run, f.has_changed, f.has_ended
    from fed as f
    cross join lateral (select x as run from ingest.runs as x where x.run_id = f.run_id limit 1) as r
    order by f.has_changed desc, f.run_id desc limit 10
  )
  select coalesce((
      select jsonb_agg(ingest.report_run(run, case when has_changed then 'fed by ' else 'confirmed by ' end)
                       || jsonb_build_object('has_changed', has_changed, 'has_ended', has_ended) order by (run).run_id)
      from shown), '[]')
    || case when (select count(*) from fed) > 10 then jsonb_build_array(base.build_reason('more', format(
         'fed or confirmed by %s runs in all; these are the last', (select count(*) from fed)))) else '[]' end;
$$;
comment on function asset.explain_feeding(asset.materializations, asset.materializations) is
  'The runs that fed a materialization, as a list of reasons: the last ten, first of all those that changed what it reads, and how many in all. has_ended: its end was awaited.';

-- source: db/functions/asset/explain_feeding_events.sql
create or replace function asset.explain_feeding_events(p_before asset.materializations, p_after asset.materializations)
  returns jsonb
  language sql
  stable
as $$
  -- As in asset.feeding_runs, from the logs of what it needs now, where 20,000 rows at the most are read.
  with needs as materialized (
    select sync_kind, subject_id from ingest.needs where consumer_id = p_after.instance_id order by consumer_id, sync_kind, subject_id limit 100
  ), fed as materialized (
    select distinct l.event_id
    from needs as n
    cross join lateral graph.changes_of_list(n.sync_kind, n.subject_id, coalesce(p_before.read_revision, 0), p_after.read_revision,
                                             (20000 / (select count(*) from needs))::integer) as l
    where l.event_id is not null and (n.sync_kind <> 'users' or l.change = 'added')
  )
  select coalesce((select jsonb_agg(ingest.report_event(event_id, 'fed by ') order by event_id)
                   from (select event_id from fed order by event_id desc limit 10) as shown), '[]')
    || case when (select count(*) from fed) > 10 then jsonb_build_array(base.build_reason('more', format(
         'fed by %s webhook events in all; these are the last', (select count(*) from fed)))) else '[]' end;
$$;
comment on function asset.explain_feeding_events(asset.materializations, asset.materializations) is
  'The webhook events that changed what a materialization reads, as a list of reasons: the last ten, and how many in all.';

-- source: db/functions/asset/explain_inputs.sql
create or replace function asset.explain_inputs(p_before asset.materializations, p_after asset.materializations)
  returns jsonb
  language sql
  stable
as $$
  -- Without a change of its own to read, an asset is made from other assets alone.
  select case when p_after.status <> 'success' or p_after.input_revision = 0 then jsonb '[]' else jsonb_build_array(base.build_reason('inputs',
    case when p_before.inputs_hash = p_after.inputs_hash then format('what it reads itself has not moved since position %s', p_after.input_revision)
         else format('what it reads itself moved: position %s to %s, inputs hash %s to %s',
                     coalesce(p_before.input_revision, 0), p_after.input_revision,
                     coalesce(left(encode(p_before.inputs_hash, 'hex'), 8), 'none'), left(encode(p_after.inputs_hash, 'hex'), 8)) end
    || coalesce((select format(' (%s at %s)', f.says, base.format_time(f.changed_at)) from graph.find_change(p_after.input_revision) as f), ''),
    jsonb_build_object(
      'has_moved', p_before.inputs_hash is distinct from p_after.inputs_hash,
      'input_revision', jsonb_build_object('before', p_before.input_revision, 'after', p_after.input_revision)))) end;
$$;
comment on function asset.explain_inputs(asset.materializations, asset.materializations) is
  'What an asset reads of the graph and of its set, before and after, and the last change of it, as a list of at most one reason.';

-- source: db/functions/asset/explain_materialization.sql
create or replace function asset.explain_materialization(p_materialization_id bigint, p_depth integer, p_with_roots boolean default true)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_after asset.materializations;
  v_before asset.materializations;
  v_instance asset.instances;
begin
  select * into v_after from asset.materializations where materialization_id = p_materialization_id;
  if not found then
    raise exception 'there is no materialization %', coalesce(p_materialization_id::text, 'null')
      using errcode = 'RK016', hint = 'select * from api.materializations; lists them.';
  end if;
  select * into strict v_instance from asset.instances where instance_id = v_after.instance_id;
  select * into v_before from asset.materializations
  where instance_id = v_after.instance_id and materialization_id < v_after.materialization_id and status = 'success'
  order by materialization_id desc limit 1;
  return asset.report_materialization(v_instance, v_before, v_after,
    case when p_with_roots then asset.explain_roots(v_instance.instance_id, v_after.root_ids) else '[]' end
    || asset.explain_causes(v_after)
    || asset.explain_inputs(v_before, v_after)
    || asset.explain_pins(v_before, v_after, p_depth)
    || asset.explain_feeding(v_before, v_after)
    || asset.explain_feeding_events(v_before, v_after));
end;
$$;
comment on function asset.explain_materialization(bigint, integer, boolean) is
  'A materialization as a reason (A12): who asked for it, why now, which inputs moved, which runs and events fed it; and as much of what it is made from, p_depth deep. RK016 for an unknown one.';

-- source: db/functions/asset/explain_needs.sql
create or replace function asset.explain_needs(p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(ingest.explain_need(u.sync_kind, u.subject_id, u.run_id) order by u.sync_kind, u.subject_id), '[]')
    || case when count(*) = 10 then jsonb_build_array(base.build_reason('more', 'it may wait for more: only ten are named')) else '[]' end
  from ingest.unmet_needs(p_instance_id, 10) as u;
$$;
comment on function asset.explain_needs(bigint) is 'Up to ten syncs that an instance needs and does not have fresh, as a list of reasons.';

-- source: db/functions/asset/explain_next.sql
create or replace function asset.explain_next(p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(base.build_reason('next',
    format('of its syncs, %s of %s is due next, at %s', n.sync_kind, n.subject_id, base.format_time(n.due_at)),
    jsonb_build_object('sync_kind', n.sync_kind, 'subject_id', n.subject_id::text, 'until_at', n.due_at))), '[]')
  from (
    select d.*
    from (
      select sync_kind, subject_id from ingest.needs where consumer_id = p_instance_id order by consumer_id, sync_kind, subject_id limit 10000
    ) as n
    join lateral (select * from ingest.due where sync_kind = n.sync_kind and subject_id = n.subject_id limit 1) as d on true
    order by d.due_at, d.sync_kind, d.subject_id limit 1
  ) as n;
$$;
comment on function asset.explain_next(bigint) is 'Which of an instance''s own syncs is due first, of ten thousand at the most, as a list of at most one reason.';

-- source: db/functions/asset/explain_pin.sql
create or replace function asset.explain_pin(p_after asset.pins, p_before asset.pins, p_depth integer)
  returns jsonb
  language sql
  stable
as $$
  -- Of the materializations in between, those that changed the membership; the last of them is explained in turn.
  with moved as (
    select materialization_id, output_revision from asset.materializations
    where instance_id = p_after.dependency_id and materialization_id > coalesce(p_before.pinned_id, 0) and materialization_id <= p_after.pinned_id
      and enter_count + exit_count > 0
    order by materialization_id desc limit 20
  ), pinned as (
    select i as instance, a.output_revision as revision_after, coalesce(b.output_revision, 0) as revision_before
    from asset.instances as i
    join asset.materializations as a on a.instance_id = i.instance_id and a.materialization_id = p_after.pinned_id
    left join asset.materializations as b on b.instance_id = i.instance_id and b.materialization_id = p_before.pinned_id
    where i.instance_id = p_after.dependency_id
  )
  select base.build_reason('pin',
    format('its %s, %s, ', p_after.role, asset.name_instance(p.instance))
    || case when p.revision_after = p.revision_before then format('stayed at revision %s', p.revision_after)
            else format('went from revision %s to %s', p.revision_before, p.revision_after) end
    || format(' (materialization %s to %s)', coalesce(p_before.pinned_id::text, 'none'), p_after.pinned_id),
    jsonb_build_object(
      'role', p_after.role, 'instance', asset.instance_facts(p.instance), 'has_moved', p.revision_after <> p.revision_before,
      'materialization_id', jsonb_build_object('before', p_before.pinned_id, 'after', p_after.pinned_id),
      'revision', jsonb_build_object('before', p.revision_before, 'after', p.revision_after),
      'moved_by', (select coalesce(jsonb_agg(materialization_id order by materialization_id), '[]') from moved)),
    case when p_depth > 0 then
      (select jsonb_agg(asset.explain_materialization(m.last_id, p_depth - 1, false))
       from (select max(materialization_id) as last_id from moved) as m where m.last_id is not null) end)
  from pinned as p;
$$;
comment on function asset.explain_pin(asset.pins, asset.pins, integer) is
  'What became of one dependency between two materializations, revision by revision, as a reason; with the last materialization that moved it, p_depth deep.';

-- source: db/functions/asset/explain_pins.sql
create or replace function asset.explain_pins(p_before asset.materializations, p_after asset.materializations, p_depth integer)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(asset.explain_pin(a.pin, b.pin, p_depth) order by (a.pin).role), '[]')
  from (
    select p as pin from asset.pins as p
    where p.instance_id = p_after.instance_id and p.materialization_id = p_after.materialization_id
    order by p.role limit 20
  ) as a
  left join lateral (
    select p as pin from asset.pins as p
    where p.instance_id = p_before.instance_id and p.materialization_id = p_before.materialization_id and p.role = (a.pin).role
  ) as b on true;
$$;
comment on function asset.explain_pins(asset.materializations, asset.materializations, integer) is
  'What a materialization read of the assets that it is made from, and what the one before had read, as a list of reasons; the first twenty.';

-- source: db/functions/asset/explain_root.sql
create or replace function asset.explain_root(p_root_id bigint, p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('root',
    format('asked for by root %s%s: ', r.root_id, case when r.is_enabled then '' else ', disabled since ' || base.format_time(r.disabled_at) end)
    || case when r.instance_id = p_instance_id then 'itself' || coalesce(', as the source of a fanout to ' || r.target_kind, '')
            else asset.name_instance(i) || coalesce(', fanned out to ' || r.target_kind, '') || p.says end,
    jsonb_strip_nulls(jsonb_build_object(
      'root_id', r.root_id, 'is_enabled', r.is_enabled, 'instance', asset.instance_facts(i), 'target_kind', r.target_kind,
      'target_mode', r.target_mode, 'via_id', w.via_id, 'path', p.path)))
  from asset.roots as r
  join asset.instances as i using (instance_id)
  left join lateral (
    select via_id from asset.wants where instance_id = p_instance_id and root_id = r.root_id order by via_id limit 1
  ) as w on true
  cross join lateral (
    -- The root has been named, and the last step is the instance that is asked about.
    select coalesce(string_agg(
             ' > ' || concat_ws(', ', 'its ' || t.role, case when t.instance_id <> p_instance_id then asset.name_instance(s) end), '' order by t.place)
             filter (where t.instance_id <> r.instance_id and num_nonnulls(t.role, nullif(t.instance_id, p_instance_id)) > 0), '') as says,
           jsonb_agg(asset.instance_facts(s) || jsonb_build_object('role', t.role) order by t.place) as path
    from asset.path_to(coalesce(w.via_id, r.instance_id), p_instance_id) as t
    join asset.instances as s using (instance_id)
  ) as p
  where r.root_id = p_root_id;
$$;
comment on function asset.explain_root(bigint, bigint) is
  'A root as the reason for an instance, with the way from the root to it: through the target of a fanout, and the roles in which one is made from the other.';

-- source: db/functions/asset/explain_roots.sql
create or replace function asset.explain_roots(p_instance_id bigint, p_root_ids bigint[])
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(asset.explain_root(r.root_id, p_instance_id) order by r.root_id) filter (where r.place <= 5), '[]')
    || case when count(*) > 5 then jsonb_build_array(base.build_reason('more', format('asked for by %s roots in all', count(*)))) else '[]' end
  from (
    select root_id, row_number() over (order by root_id) as place
    from (select distinct unnest(p_root_ids) as root_id) as d
  ) as r;
$$;
comment on function asset.explain_roots(bigint, bigint[]) is 'Which roots ask, or asked, for an instance, and by which way, as a list of reasons: the first five, and how many in all.';

-- source: db/functions/asset/explain_run.sql
create or replace function asset.explain_run(p_run_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select jsonb_set(r.reason, '{because}', asset.explain_consumers(p_run_id) || (r.reason -> 'because'))
  from ingest.explain_run(p_run_id) as r (reason);
$$;
comment on function asset.explain_run(bigint) is 'A run as a reason, with the instances that need it and the roots that want those, as far as they do now. RK017 for an unknown run.';

-- source: db/functions/asset/explain_wait.sql
create or replace function asset.explain_wait(p_instance_id bigint, p_depth integer)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_instance asset.instances;
  v_state text;
  v_until_at timestamptz;
  v_because jsonb;
begin
  select * into v_instance from asset.instances where instance_id = p_instance_id;
  if not found then
    raise exception 'there is no instance %', coalesce(p_instance_id::text, 'null')
      using errcode = 'RK004', hint = 'select * from api.instances; lists them.';
  end if;
  select s.state, s.until_at into strict v_state, v_until_at from asset.state_of(v_instance) as s;
  v_because := asset.explain_decision(v_instance, v_state) || case v_state
    when 'resting' then asset.explain_roots(p_instance_id, (
      select root_ids from asset.materializations where materialization_id = v_instance.checkpoint_id))
    when 'failed' then asset.explain_failure(p_instance_id)
    when 'waiting_for_dependency' then asset.explain_dependencies(p_instance_id, p_depth, true)
    when 'waiting_for_sync' then asset.explain_needs(p_instance_id)
    when 'fresh' then asset.explain_next(p_instance_id) || asset.explain_dependencies(p_instance_id, p_depth, false)
    else '[]' end;
  v_until_at := coalesce(v_until_at, (
    select min((b ->> 'until_at')::timestamptz) from jsonb_array_elements(v_because) as b where b ->> 'about' <> 'decision'));
  return base.build_reason('instance', asset.name_instance(v_instance) || asset.say_state(v_instance, v_state, v_until_at),
    jsonb_strip_nulls(jsonb_build_object(
      'instance', asset.instance_facts(v_instance), 'state', v_state, 'until_at', v_until_at, 'checkpoint_id', v_instance.checkpoint_id,
      'revision', v_instance.output_revision, 'members', v_instance.member_count)),
    v_because);
end;
$$;
comment on function asset.explain_wait(bigint, integer) is
  'Why an instance does not move, as a reason: its state, the chain of what holds it up, and until_at: when it is looked at next, as far as is known. RK004 for an unknown one.';

-- source: db/functions/asset/feeding_runs.sql
create or replace function asset.feeding_runs(p_before asset.materializations, p_after asset.materializations)
  returns table (run_id bigint, has_changed boolean, has_ended boolean)
  language sql
  stable
as $$
  -- Those that gave cause; and those in the logs of what it needs now, where 20,000 rows at the most are read.
  with needs as materialized (
    select sync_kind, subject_id from ingest.needs where consumer_id = p_after.instance_id order by consumer_id, sync_kind, subject_id limit 100
  ), fed as (
    select (c.cause ->> 'id')::bigint as run_id, c.cause ->> 'cause' as cause
    from jsonb_array_elements(p_after.causes) as c (cause)
    where c.cause ->> 'cause' in ('run', 'change') and c.cause ? 'id'
    union all
    select l.run_id, 'change'
    from needs as n
    cross join lateral graph.changes_of_list(n.sync_kind, n.subject_id, coalesce(p_before.read_revision, 0), p_after.read_revision,
                                             (20000 / (select count(*) from needs))::integer) as l
    where l.run_id is not null and (n.sync_kind <> 'users' or l.change = 'added')
  )
  select run_id, bool_or(cause = 'change'), bool_or(cause = 'run') from fed group by run_id;
$$;
comment on function asset.feeding_runs(asset.materializations, asset.materializations) is
  'The runs that fed a materialization (A12): that changed what it reads, or that were needed and ended. Since the marks, these are all; from before an instance was wanted, as many as 20,000 rows of the logs tell of what it needs now.';

-- source: db/functions/asset/find_instance.sql
create or replace function asset.find_instance(p_kind text, p_params jsonb)
  returns bigint
  language sql
  stable
as $$
  select instance_id from asset.instances
  where identity_hash = asset.identity_hash(asset.params_hash(p_kind, asset.canonical_params(p_kind, p_params)));
$$;
comment on function asset.find_instance(text, jsonb) is 'The unscoped instance of a kind and params, or null. Errors of asset.canonical_params.';

-- source: db/functions/asset/first_materialization_since.sql
create or replace function asset.first_materialization_since(p_at timestamptz)
  returns bigint
  language plpgsql
  stable
as $$
declare
  v_low bigint := 1;
  v_high bigint := coalesce((select max(materialization_id) from asset.materializations), 0) + 1;
  v_middle bigint;
begin
  -- No index is in the order of time, and none need be: ids rise with it.
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    if (select started_at from asset.materializations where materialization_id >= v_middle order by materialization_id limit 1) < p_at then
      v_low := v_middle + 1;
    else
      v_high := v_middle;
    end if;
  end loop;
  return v_low;
end;
$$;
comment on function asset.first_materialization_since(timestamptz) is
  'An id so that every materialization before it was started before a time: the first since then, or one more than the last. Found by halving, so in a few probes.';

-- source: db/functions/asset/first_success.sql
create or replace function asset.first_success(p_instance_id bigint)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return (
    select materialization_id from asset.materializations where instance_id = p_instance_id and status = 'success' order by materialization_id limit 1);
end;
$$;
comment on function asset.first_success(bigint) is 'The materialization with which an instance began: its enters are no news. Null before it.';

-- source: db/functions/asset/fold_events.sql
create or replace function asset.fold_events(p_item_kind text, p_instance_id bigint)
  returns table (item_id bigint, is_in boolean, moved_id bigint, first_entered_at timestamptz, entered_at timestamptz, left_at timestamptz)
  language sql
  stable
as $$
  select f.item_id, coalesce(f.enter_id > f.exit_id, true), greatest(f.enter_id, f.exit_id), a.completed_at, b.completed_at, c.completed_at
  from (
    select e.item_id, min(e.materialization_id) filter (where e.is_enter) as first_id,
           max(e.materialization_id) filter (where e.is_enter) as enter_id, max(e.materialization_id) filter (where not e.is_enter) as exit_id
    from asset.events as e
    where e.item_kind = p_item_kind and e.instance_id = p_instance_id
    group by e.item_id
  ) as f
  join asset.materializations as a on a.instance_id = p_instance_id and a.materialization_id = f.first_id
  join asset.materializations as b on b.instance_id = p_instance_id and b.materialization_id = f.enter_id
  left join asset.materializations as c on c.instance_id = p_instance_id and c.materialization_id = f.exit_id and f.exit_id > f.enter_id;
$$;
comment on function asset.fold_events(text, bigint) is 'The snapshot that the events of an instance add up to (A10): who was ever in, who is, and the rest of a row of asset.members.';

-- source: db/functions/asset/follow_source.sql
create or replace function asset.follow_source(p_root asset.roots)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_checkpoint_id bigint;
begin
  select checkpoint_id into v_checkpoint_id from asset.instances where instance_id = p_root.instance_id;
  if p_root.target_kind is null or v_checkpoint_id is null or v_checkpoint_id = p_root.followed_id then
    return;
  end if;
  -- Who came or went since the last time; at first, whoever is in.
  insert into asset.fanout_steps (root_id, item_id, is_enter)
  select p_root.root_id, m.item_id, true
  from asset.members as m
  where p_root.followed_id is null and m.item_kind = 'user' and m.instance_id = p_root.instance_id and m.left_at is null
  union all
  select p_root.root_id, e.item_id, (array_agg(e.is_enter order by e.materialization_id desc))[1]
  from asset.events as e
  where e.item_kind = 'user' and e.instance_id = p_root.instance_id
    and e.materialization_id > p_root.followed_id and e.materialization_id <= v_checkpoint_id
  group by e.item_id
  on conflict (root_id, item_id) do update set is_enter = excluded.is_enter;
  update asset.roots set followed_id = v_checkpoint_id where root_id = p_root.root_id;
end;
$$;
comment on function asset.follow_source(asset.roots) is 'Notes which members of a fanout''s source came or went since it was followed last. The caller is the planner.';

-- source: db/functions/asset/follows_of.sql
create or replace function asset.follows_of(p_instance_id bigint)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language plpgsql
  stable
as $$
declare
  v_instance asset.instances;
begin
  select * into v_instance from asset.instances where instance_id = p_instance_id;
  if asset.has_hook(v_instance.kind, 'follows') then
    -- Dynamic: a kind is a row of asset.kinds, and its functions are named after it.
    return query execute format('select * from asset.%I($1)', v_instance.kind || '_follows') using v_instance.params;
  end if;
end;
$$;
comment on function asset.follows_of(bigint) is
  'Which follows between a subject and an item decide whether the item is in: the item''s of the subject, or the subject''s of the item; and whether it must be there. Most kinds are not made of follows alone, and say none.';

-- source: db/functions/asset/forecast.sql
create or replace function asset.forecast()
  returns table (root_id bigint, charge text, once_usd numeric, day_usd numeric)
  language plpgsql
  stable
as $$
#variable_conflict use_column
declare
  v_today constant timestamptz := ingest.period_start('day', base.now());
  v_first constant timestamptz := least(
    (select ingest.period_start('day', booked_at) from ingest.ledger order by counted_at limit 1),
    (select min(utc_day)::timestamp at time zone 'UTC' from ingest.deliveries));
begin
  -- The mean of the last seven full days, of a younger root of as many as it has. Before it has one, an estimate.
  return query
  select r.root_id, s.charge, 0::numeric, sum(s.usd) / r.day_count
  from (
    select root_id, least(7, extract(day from v_today - greatest(v_first, ingest.period_start('day', enabled_at)))) as day_count
    from asset.roots where is_enabled
    union all
    select null, least(7, extract(day from v_today - v_first))
  ) as r
  join asset.shares_since(v_today - interval '168 hours') as s
    on s.root_id is not distinct from r.root_id and s.utc_day < (v_today at time zone 'UTC')::date
  where r.day_count > 0
  group by r.root_id, r.day_count, s.charge
  union all
  select r.root_id, 'call:' || e.endpoint, e.now_usd, e.month_usd / 30
  from asset.roots as r cross join lateral asset.estimate_shares(r.root_id) as e
  where r.is_enabled and (v_first is null or greatest(v_first, ingest.period_start('day', r.enabled_at)) >= v_today);
end;
$$;
comment on function asset.forecast() is
  'What each enabled root is expected to spend from now on, by kind of call or webhook event: once, and a day, in US dollars. No root: what is asked for by hand, and events.';

-- source: db/functions/asset/forget_user.sql
create or replace function asset.forget_user(p_user_id bigint)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_root record;
  v_stable_key text;
begin
  -- Who enables a root or edits a set at this moment is waited for, and waits.
  perform graph.lock_writer();
  perform asset.lock_planner();
  select i.kind, i.params into v_root
  from asset.roots as r join asset.instances as i using (instance_id)
  where r.is_enabled and asset.names_user(i.kind, i.params, p_user_id)
  order by r.root_id limit 1;
  if found then
    raise exception 'user % is asked for by the root % %', p_user_id, v_root.kind, v_root.params
      using errcode = 'RK022', hint = format('Disable it first: select root_disable(%L, %L).', v_root.kind, v_root.params);
  end if;
  select stable_key into v_stable_key from asset.specified_users where user_id = p_user_id and is_listed order by stable_key limit 1;
  if found then
    raise exception 'user % is in the set %', p_user_id, quote_literal(v_stable_key)
      using errcode = 'RK022', hint = format('Take them out first: select specified_users_remove(%L, ''{%s}'').', v_stable_key, p_user_id);
  end if;
  return ingest.forget_user(p_user_id);
end;
$$;
comment on function asset.forget_user(bigint) is 'As ingest.forget_user, unless an enabled root or a set names the user. Errors RK003, RK018, RK022.';

-- source: db/functions/asset/freshness_of.sql
create or replace function asset.freshness_of(p_instance_id bigint)
  returns table (
    fresh_within interval, or_default boolean, reconcile_within interval, reconcile_or_default boolean, reconcile_doubt numeric, doubt_or_default boolean)
  language sql
  stable
as $$
  select min(r.fresh_within), coalesce(bool_or(r.fresh_within is null), true),
         min(r.reconcile_within), coalesce(bool_or(r.reconcile_within is null), true),
         min(r.reconcile_doubt), coalesce(bool_or(r.reconcile_doubt is null), true)
  from asset.wants as w join asset.roots as r using (root_id)
  where w.instance_id = p_instance_id;
$$;
comment on function asset.freshness_of(bigint) is
  'Of the windows of freshness, the ages and the doubts at which lists are read in full: the smallest that a root of this instance asks for expressly, and whether another one leaves it to the setting.';

-- source: db/functions/asset/has_hook.sql
create or replace function asset.has_hook(p_kind text, p_hook text)
  returns boolean
  language sql
  stable
as $$
  select pg_catalog.to_regprocedure('asset.' || p_kind || '_' || p_hook || '(jsonb)') is not null;
$$;
comment on function asset.has_hook(text, text) is 'Whether a kind has one of the functions that a kind may leave out: canonical, watches or follows.';

-- source: db/functions/asset/has_member.sql
create or replace function asset.has_member(p_instance_id bigint, p_role text, p_item_id bigint)
  returns boolean
  language plpgsql
  stable
as $$
begin
  -- As of the pin, like asset.members_as_of (A11).
  return (
    select coalesce((
      select case when m.moved_id > d.pinned_id then (
          select not e.is_enter from asset.events as e
          where e.item_kind = 'user' and e.instance_id = m.instance_id and e.materialization_id > d.pinned_id and e.item_id = m.item_id
          order by e.materialization_id limit 1)
        else m.left_at is null end
      from asset.members as m
      where m.item_kind = 'user' and m.instance_id = d.dependency_id and m.item_id = p_item_id), false)
    from asset.dependencies as d
    where d.instance_id = p_instance_id and d.role = p_role);
end;
$$;
comment on function asset.has_member(bigint, text, bigint) is 'For a kind: whether a user is in a dependency, as of its pinned materialization.';

-- source: db/functions/asset/held_back.sql
create or replace function asset.held_back(p_limit integer)
  returns table (
    decision_id bigint, kind text, about text, says text, needs_a_person boolean, repeats bigint, first_at timestamptz, last_at timestamptz, until_at timestamptz)
  language sql
  stable
as $$
  select d.decision_id, d.decision_kind, d.about, coalesce(a.meaning, d.reason), k.needs_a_person, d.repeat_count, d.first_at, d.last_at, d.until_at
  from (select * from base.decisions order by last_at desc limit 500) as d
  join base.decision_kinds as k using (decision_kind)
  left join ingest.answer_classes as a on a.answer_class = d.reason
  where case
    -- It says not when it ends; whom it is about does.
    when d.decision_kind in ('missing_prerequisite', 'failed_dependency') then exists (
      select from asset.instances as i cross join lateral asset.state_of(i) as s
      where i.instance_id = substring(d.about from '^instance (\d+)$')::bigint and s.state in ('waiting_for_sync', 'waiting_for_dependency', 'failed')
        and not exists (select from asset.materializations as m where m.materialization_id = i.checkpoint_id and m.completed_at > d.last_at))
    else coalesce(d.until_at, d.last_at + interval '1 day') > base.now() end
  order by k.needs_a_person desc, d.last_at desc, d.decision_id desc
  limit p_limit;
$$;
comment on function asset.held_back(integer) is 'See api.held_back.';

-- source: db/functions/asset/identity_hash.sql
create or replace function asset.identity_hash(p_params_hash bytea, p_scope_hash bytea default null)
  returns bytea
  language sql
  immutable
as $$
  select case when p_scope_hash is null then p_params_hash
    else sha256(convert_to('rookery 1 scoped' || chr(10) || encode(p_params_hash, 'hex') || chr(10) || encode(p_scope_hash, 'hex'), 'UTF8')) end;
$$;
comment on function asset.identity_hash(bytea, bytea) is 'Who an instance is (A2): its params hash; for one that belongs to a source alone, that hash together with the source''s.';

-- source: db/functions/asset/input_revision_of.sql
create or replace function asset.input_revision_of(p_instance asset.instances)
  returns bigint
  language plpgsql
  stable
as $$
begin
  return (
    select greatest(
      p_instance.input_revision,
      (select max(revision) from asset.marks where instance_id = p_instance.instance_id and revision > coalesce(p_instance.read_revision, 0))));
end;
$$;
comment on function asset.input_revision_of(asset.instances) is 'The last change that the instance reads: the one it knows of, or a newer one that was marked.';

-- source: db/functions/asset/inputs_hash.sql
create or replace function asset.inputs_hash(p_instance asset.instances)
  returns bytea
  language sql
  immutable
as $$
  select sha256(convert_to('inputs 1' || chr(10) || encode(p_instance.params_hash, 'hex') || chr(10) || p_instance.input_revision, 'UTF8'));
$$;
comment on function asset.inputs_hash(asset.instances) is 'What an instance reads of the graph and of its set, in one hash: it moves when a row that it reads moved (A6).';

-- source: db/functions/asset/instance_facts.sql
create or replace function asset.instance_facts(p_instance asset.instances)
  returns jsonb
  language sql
  immutable
as $$
  select jsonb_build_object('instance_id', p_instance.instance_id, 'kind', p_instance.kind, 'params', p_instance.params);
$$;
comment on function asset.instance_facts(asset.instances) is 'Which instance a reason is about, as JSON.';

-- source: db/functions/asset/is_sound.sql
create or replace function asset.is_sound(p_instance asset.instances)
  returns boolean
  language plpgsql
  stable
as $$
begin
  return (
    select coalesce((
      select m.materialization_id is not distinct from p_instance.checkpoint_id
        and (p_instance.read_revision is null
          or (m.read_revision, m.output_revision, m.member_count) = (p_instance.read_revision, p_instance.output_revision, p_instance.member_count))
      from asset.materializations as m
      where m.instance_id = p_instance.instance_id and m.status = 'success'
      order by m.materialization_id desc
      limit 1), p_instance.checkpoint_id is null));
end;
$$;
comment on function asset.is_sound(asset.instances) is
  'Whether the checkpoint is the last success, and, unless everything is read next, position, revision and count are its (A13). Asked before every delta: one probe.';

-- source: db/functions/asset/is_up_to_date.sql
create or replace function asset.is_up_to_date(p_instance asset.instances)
  returns boolean
  language plpgsql
  stable
as $$
begin
  return (
    select exists (
      select from asset.materializations as m
      where m.instance_id = p_instance.instance_id and m.materialization_id = p_instance.checkpoint_id
        and p_instance.read_revision is not null
        and m.inputs_hash = asset.inputs_hash(p_instance)
        and m.dependencies_hash = asset.dependencies_hash(p_instance)));
end;
$$;
comment on function asset.is_up_to_date(asset.instances) is 'Whether the last success read the same inputs and the same dependency revisions (A6).';

-- source: db/functions/asset/item_kind_of.sql
create or replace function asset.item_kind_of(p_instance_id bigint)
  returns text
  language plpgsql
  stable
as $$
declare
  v_item_kind text;
begin
  select k.item_kind into v_item_kind
  from asset.instances as i join asset.kinds as k using (kind)
  where i.instance_id = p_instance_id;
  if not found then
    raise exception 'there is no instance %', coalesce(p_instance_id::text, 'null')
      using errcode = 'RK004', hint = 'select * from api.instances; lists them.';
  end if;
  return v_item_kind;
end;
$$;
comment on function asset.item_kind_of(bigint) is 'user or post: what an instance''s members are. RK004 for an unknown instance.';

-- source: db/functions/asset/keep_causes.sql
create or replace function asset.keep_causes(p_instance_id bigint, p_materialization_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  perform ingest.keep_runs(array(
    select (c.cause ->> 'id')::bigint
    from asset.materializations as m cross join jsonb_array_elements(m.causes) as c (cause)
    where m.instance_id = p_instance_id and m.materialization_id = p_materialization_id
      and c.cause ->> 'cause' in ('run', 'change') and c.cause ? 'id'));
end;
$$;
comment on function asset.keep_causes(bigint, bigint) is
  'The runs that a materialization names are kept (W7). Called when all else is done: this locks them, and whoever answers one of their calls would wait.';

-- source: db/functions/asset/last_success.sql
create or replace function asset.last_success(p_instance_id bigint)
  returns asset.materializations
  language sql
  stable
as $$
  select m
  from asset.materializations as m
  where m.instance_id = p_instance_id and m.status = 'success'
  order by m.materialization_id desc
  limit 1;
$$;
comment on function asset.last_success(bigint) is 'The last materialization of an instance that succeeded, or null: where its snapshot should stand.';

-- source: db/functions/asset/lock_instance.sql
create or replace function asset.lock_instance(p_instance_id bigint)
  returns asset.instances
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances;
begin
  perform asset.item_kind_of(p_instance_id);
  select * into strict v_instance from asset.instances where instance_id = p_instance_id for no key update;
  perform from asset.dependencies where instance_id = p_instance_id order by role for no key update;
  return v_instance;
end;
$$;
comment on function asset.lock_instance(bigint) is 'Waits to be the one who materializes, verifies or repairs an instance, and to have its pins, until the end of the transaction. RK004 for an unknown instance.';

-- source: db/functions/asset/lock_planner.sql
create or replace function asset.lock_planner()
  returns void
  language sql
  volatile
as $$
  select pg_catalog.pg_advisory_xact_lock(7766, 2);
$$;
comment on function asset.lock_planner() is 'Waits to be the one transaction that changes wants and needs or reads the logs, until its end. A tick only tries (asset.try_planner).';

-- source: db/functions/asset/look_at_instance.sql
create or replace function asset.look_at_instance(p_instance_id bigint)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances;
  v_mark_ids constant bigint[] := array(select mark_id from asset.marks where instance_id = p_instance_id);
begin
  select * into v_instance from asset.instances where instance_id = p_instance_id for no key update skip locked;
  if not found then
    perform asset.put_off(v_mark_ids, base.now() + interval '1 second');
    return 'locked';
  end if;
  if not exists (select from asset.wants where instance_id = p_instance_id) then
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'resting';
  end if;
  if not asset.is_sound(v_instance) then
    insert into asset.queue (instance_id, work, queued_at) values (p_instance_id, 'verify', base.now()) on conflict do nothing;
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'unsound';
  end if;
  if v_instance.failure_count > 0 and asset.waits_for_retry(p_instance_id) then
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'waiting';
  end if;
  if not asset.pin_dependencies(v_instance) or asset.waits_for_sync(v_instance) then
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'waiting';
  end if;

  v_instance.input_revision := asset.input_revision_of(v_instance);
  if asset.is_up_to_date(v_instance) then
    perform asset.settle_unchanged(p_instance_id, v_mark_ids);
    return 'unchanged';
  end if;
  if v_instance.read_revision is null then
    insert into asset.queue (instance_id, queued_at) values (p_instance_id, base.now()) on conflict do nothing;
    perform asset.put_off(v_mark_ids, 'infinity');
    return 'queued';
  end if;
  return asset.materialize(v_instance);
end;
$$;
comment on function asset.look_at_instance(bigint) is
  'What a mark leads to: locked (somebody else has it), resting, unsound (its checkpoint is wrong: it is verified first, A13), waiting (for a sync, a dependency or the next try), unchanged (A6), queued (it will read everything), success or error. The caller is the planner.';

-- source: db/functions/asset/mark_after_repair.sql
create or replace function asset.mark_after_repair(p_instance asset.instances, p_had_wrong_members boolean)
  returns void
  language plpgsql
  volatile
as $$
begin
  insert into asset.marks (instance_id, cause, look_at)
  select p_instance.instance_id, 'repair', base.now()
  where exists (select from asset.wants where instance_id = p_instance.instance_id);
  -- Its pointer may have been what others waited for, and its members may have misled them.
  perform asset.note_success(p_instance, p_instance.checkpoint_id is not null);
  insert into asset.queue (instance_id, work, queued_at)
  select distinct d.instance_id, 'verify', base.now()
  from asset.dependencies as d join asset.instances as i on i.instance_id = d.instance_id
  where p_had_wrong_members and d.dependency_id = p_instance.instance_id and i.checkpoint_id is not null
  on conflict do nothing;
end;
$$;
comment on function asset.mark_after_repair(asset.instances, boolean) is
  'After a repair: the instance is looked at, and so are those made from it, which are verified too if they may have read a wrong membership.';

-- source: db/functions/asset/mark_moved_dependencies.sql
create or replace function asset.mark_moved_dependencies(p_instance_id bigint)
  returns void
  language sql
  volatile
as $$
  insert into asset.marks (instance_id, cause, cause_id, look_at)
  select d.instance_id, 'dependency', i.checkpoint_id, base.now()
  from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
  where d.instance_id = p_instance_id and d.pinned_id <> i.checkpoint_id;
$$;
comment on function asset.mark_moved_dependencies(bigint) is 'A dependency that moved on while its pin was being read asks for another look.';

-- source: db/functions/asset/mark_watchers.sql
create or replace function asset.mark_watchers(p_from bigint, p_to bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- One probe for each source that is watched and each user who changed, however many watch that source.
  with sources as materialized (
    select d.dependency_id, w.fact, array_agg(distinct d.instance_id) as watcher_ids
    from asset.dependencies as d cross join unnest(d.watched) as w (fact)
    where d.watched <> '{}' and exists (select from asset.wants where instance_id = d.instance_id)
    group by d.dependency_id, w.fact
  ), changes as (
    select 'profile' as fact, user_id, run_id, change_id from graph.user_changes
    where change <> 'added' and change_id > p_from and change_id <= p_to
    union all
    select 'counts', u.user_id, r.run_id, r.change_id
    from graph.recounts as r cross join unnest(r.user_ids) as u (user_id)
    where r.change_id > p_from and r.change_id <= p_to
    union all
    select 'posts', author_id, run_id, change_id from graph.post_changes
    where change <> 'changed' and change_id > p_from and change_id <= p_to
  )
  insert into asset.marks (instance_id, cause, cause_id, subject_id, revision, look_at)
  select i.watcher_id, 'change', c.run_id, c.user_id, max(c.change_id), base.now()
  from sources as s
  join changes as c using (fact)
  join lateral (
    select from asset.members where item_kind = 'user' and instance_id = s.dependency_id and item_id = c.user_id and left_at is null limit 1
  ) as m on true
  cross join unnest(s.watcher_ids) as i (watcher_id)
  group by i.watcher_id, c.user_id, c.run_id
  order by i.watcher_id, c.user_id, c.run_id;
end;
$$;
comment on function asset.mark_watchers(bigint, bigint) is
  'Marks the wanted instances that watch the members of a dependency, for each member whose profile, counts or posts changed between two positions.';

-- source: db/functions/asset/materialize.sql
create or replace function asset.materialize(p_instance asset.instances)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_mark_ids bigint[];
  v_materialization_id bigint;
  v_state text;
  v_message text;
  v_context text;
begin
  v_mark_ids := array(select mark_id from asset.marks where instance_id = p_instance.instance_id);
  begin
    v_materialization_id := asset.begin_materialization(p_instance, v_mark_ids);
    perform asset.apply_candidates(p_instance, v_materialization_id);
  exception
    -- Whatever a kind's function raises is that instance's error, and nobody else's (A7).
    when others then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_context = pg_exception_context;
      perform asset.record_failure(p_instance, v_mark_ids, v_state, v_message, v_context);
      return 'error';
  end;
  perform asset.keep_causes(p_instance.instance_id, v_materialization_id);
  -- One that the planner has in hand just now stays, and leads to a look that finds nothing.
  delete from asset.marks as m
  using (select mark_id from asset.marks where mark_id = any (v_mark_ids) order by mark_id for update skip locked) as free
  where m.mark_id = free.mark_id;
  return 'success';
end;
$$;
comment on function asset.materialize(asset.instances) is
  'Brings an instance up to its pinned inputs: success or error, recorded either way (A7). The caller holds the lock of its row, and filled input_revision in.';

-- source: db/functions/asset/members_as_of.sql
create or replace function asset.members_as_of(p_item_kind text, p_instance_id bigint, p_materialization_id bigint)
  returns table (item_id bigint)
  language sql
  stable
  parallel safe
as $$
  -- Who has not moved since is as the snapshot says; who has was in if the first move since is an exit.
  -- From each partition by its name: so the kind of item is compared once, not for every row.
  select m.item_id
  from asset.segment_members as m
  where p_item_kind = 'user' and m.instance_id = p_instance_id and m.left_at is null and m.moved_id <= p_materialization_id
  union all
  select m.item_id
  from asset.corpus_members as m
  where p_item_kind = 'post' and m.instance_id = p_instance_id and m.left_at is null and m.moved_id <= p_materialization_id
  union all
  select e.item_id
  from asset.events as e
  where e.item_kind = p_item_kind and e.instance_id = p_instance_id and e.materialization_id > p_materialization_id
  group by e.item_id
  having min(e.materialization_id) filter (where not e.is_enter)
         < coalesce(min(e.materialization_id) filter (where e.is_enter), 9223372036854775807);
$$;
comment on function asset.members_as_of(text, bigint, bigint) is
  'The members after a materialization (A11): the snapshot, with every item toggled that has an odd number of events since. Made to be inlined.';

-- source: db/functions/asset/members_page.sql
create or replace function asset.members_page(p_item_kind text, p_instance_id bigint, p_materialization_id bigint, p_limit integer, p_after_item_id bigint)
  returns table (item_id bigint, since timestamptz)
  language plpgsql
  stable
as $$
declare
  v_after_id bigint := p_after_item_id;
  v_until_id bigint;
  v_count integer;
  v_left_count integer := p_limit;
begin
  -- Whoever was ever in has a row here: so many of them at a time bound the page. Who has not moved since is as the row says; who has was in if
  -- the first move since is an exit.
  loop
    select max(w.item_id) into v_until_id
    from (
      select m.item_id from asset.members as m
      where m.item_kind = p_item_kind and m.instance_id = p_instance_id and m.item_id > v_after_id
      order by m.item_id limit greatest(v_left_count, 1000)
    ) as w;
    exit when v_until_id is null;
    return query
      select w.item_id, w.since
      from (
        select m.item_id, m.entered_at as since
        from asset.members as m
        where m.item_kind = p_item_kind and m.instance_id = p_instance_id and m.item_id > v_after_id and m.item_id <= v_until_id
          and m.left_at is null and m.moved_id <= p_materialization_id
        union all
        select s.item_id, case when s.enter_id is null then m.entered_at end
        from (
          select e.item_id, min(e.materialization_id) filter (where e.is_enter) as enter_id, min(e.materialization_id) filter (where not e.is_enter) as exit_id
          from asset.materializations as l
          cross join lateral (
            select v.item_id, v.materialization_id, v.is_enter from asset.events as v
            where v.item_kind = p_item_kind and v.instance_id = p_instance_id and v.materialization_id = l.materialization_id
              and v.item_id > v_after_id and v.item_id <= v_until_id
          ) as e
          where l.instance_id = p_instance_id and l.materialization_id > p_materialization_id and l.enter_count + l.exit_count > 0
          group by e.item_id
        ) as s
        join asset.members as m on m.item_kind = p_item_kind and m.instance_id = p_instance_id and m.item_id = s.item_id
        where s.exit_id < coalesce(s.enter_id, 9223372036854775807)
      ) as w
      order by w.item_id
      limit v_left_count;
    get diagnostics v_count = row_count;
    v_left_count := v_left_count - v_count;
    exit when v_left_count <= 0;
    v_after_id := v_until_id;
  end loop;
end;
$$;
comment on function asset.members_page(text, bigint, bigint, integer, bigint) is
  'A page of asset.members_as_of in the order of the items, at most p_limit after one, fewer only at the end; and since when each was in, null where it came again since. Its cost is that of the page, and a probe for each later materialization.';

-- source: db/functions/asset/memberships_of.sql
create or replace function asset.memberships_of(p_user_id bigint, p_limit integer)
  returns table (
    instance_id bigint, kind text, params jsonb, is_current boolean, since timestamptz, left_at timestamptz, first_entered_at timestamptz,
    materialization_id bigint, wanted boolean)
  language plpgsql
  stable
as $$
begin
  if not exists (select from graph.users as u where u.user_id = p_user_id) then
    raise exception 'no user % is known', coalesce(p_user_id::text, 'null')
      using errcode = 'RK018', hint = 'A user is known once something that was bought, or an event, showed it; sync_request looks one up.';
  end if;
  if p_limit < 1 then
    raise exception 'a page cannot have % memberships', p_limit
      using errcode = 'RK012', hint = 'Give a p_limit of 1 or more (null: all).';
  end if;
  return query
    select i.instance_id, i.kind, i.params, m.left_at is null, m.entered_at, m.left_at, m.first_entered_at, m.moved_id,
           exists (select from asset.wants as w where w.instance_id = i.instance_id)
    from asset.segment_members as m join asset.instances as i using (instance_id)
    where m.item_id = p_user_id
    order by m.left_at desc nulls first, m.instance_id
    limit p_limit;
end;
$$;
comment on function asset.memberships_of(bigint, integer) is
  'The segments that hold a user, then those that did once, the last left first; all or as many as p_limit. Errors RK012, RK018.';

-- source: db/functions/asset/metrics.sql
create or replace function asset.metrics()
  returns table (metric text, labels jsonb, value numeric)
  language sql
  stable
as $$
  select 'materializations_total', jsonb '{}', base.last_drawn('asset.materializations_materialization_id_seq')::numeric
  union all
  select 'materialization_failures_total', '{}', base.last_drawn('asset.failures')
  union all
  select 'instances_queued', jsonb_build_object('work', work), count(*) from asset.queue group by work
  union all
  select m.metric, '{}', m.value
  from (select count(*) as due_count, coalesce(extract(epoch from base.now() - min(look_at)), 0) as due_age from asset.marks where look_at <= base.now()) as d
  cross join lateral (values ('marks_due', d.due_count), ('marks_due_age_seconds', d.due_age)) as m (metric, value);
$$;
comment on function asset.metrics() is 'What was materialized and what waits for a look, as metrics (base.metrics).';

-- source: db/functions/asset/moment_at.sql
create or replace function asset.moment_at(p_instance_id bigint, p_at timestamptz)
  returns bigint
  language plpgsql
  stable
as $$
begin
  perform asset.item_kind_of(p_instance_id);
  if p_at is null or p_at > base.now() then
    raise exception 'no membership is known of %', case when p_at is null then 'null' else base.format_time(p_at) end
      using errcode = 'RK020', hint = format('Name a time up to now, %s.', base.format_time(base.now()));
  end if;
  return (
    select m.materialization_id
    from asset.materializations as m join asset.instances as i using (instance_id)
    where m.instance_id = p_instance_id and m.status = 'success' and m.materialization_id <= i.checkpoint_id and m.completed_at <= p_at
    order by m.materialization_id desc
    limit 1);
end;
$$;
comment on function asset.moment_at(bigint, timestamptz) is
  'The last materialization of an instance up to a time; null before the first, when nobody was in (A11). Errors RK004, RK020 for a time to come.';

-- source: db/functions/asset/moment_of.sql
create or replace function asset.moment_of(p_instance_id bigint, p_moment text)
  returns bigint
  language plpgsql
  stable
as $$
declare
  v_at timestamptz;
begin
  perform asset.item_kind_of(p_instance_id);
  if p_moment is null then
    return (select checkpoint_id from asset.instances where instance_id = p_instance_id);
  elsif p_moment ~ '^\d{1,18}$' then
    return asset.check_moment(p_instance_id, p_moment::bigint);
  elsif p_moment ~ '^\d{1,5} ?(min|minutes?|h|hours?|d|days?|w|weeks?|months?|years?)$' then
    -- Before all that can be known it is the same, however long ago.
    v_at := base.now() - least(p_moment::interval, interval '1000 years');
  else
    v_at := base.parse_time(case when p_moment ~ '^\d{4}-\d\d-\d\d$' then p_moment || 'T00:00:00Z' else p_moment end);
  end if;
  if v_at is null then
    raise exception 'that is no moment: %', quote_literal(left(p_moment, 60))
      using errcode = 'RK020',
            hint = 'Name a materialization (12), how long ago (7d, 36h), a day in UTC (2026-11-01) or a time (2026-11-01T12:00:00Z).';
  end if;
  return asset.moment_at(p_instance_id, v_at);
end;
$$;
comment on function asset.moment_of(bigint, text) is
  'The materialization that a moment names: its id, how long ago, a day, a time; null: the latest. Null when nobody was in yet. Errors RK004, RK016, RK020.';

-- source: db/functions/asset/moved_items.sql
create or replace function asset.moved_items(p_instance_id bigint, p_role text, p_everything boolean)
  returns table (item_id bigint)
  language plpgsql
  stable
  rows 100
as $$
declare
  v_source asset.dependencies;
begin
  select * into v_source from asset.dependencies where instance_id = p_instance_id and role = p_role;
  if p_everything or v_source.read_id is null then
    return query
      select m.item_id from asset.members as m where m.item_kind = 'user' and m.instance_id = v_source.dependency_id;
  else
    return query
      select distinct e.item_id
      from asset.events as e
      where e.item_kind = 'user' and e.instance_id = v_source.dependency_id
        and e.materialization_id > v_source.read_id and e.materialization_id <= v_source.pinned_id;
  end if;
end;
$$;
comment on function asset.moved_items(bigint, text, boolean) is
  'For a kind: the users of a dependency that entered or left between what was read and what is pinned, or all that ever were in. Not inlined: an estimate by the size of the dependency would make its caller read all of it.';

-- source: db/functions/asset/moves_since.sql
create or replace function asset.moves_since(p_since timestamptz, p_limit integer)
  returns table (instance_id bigint, kind text, subject text, entered bigint, "left" bigint, began_with bigint, members bigint, materialization_id bigint, at timestamptz)
  language sql
  stable
as $$
  -- What was started an hour before and ended since counts too; of a busier day than this the newest 10,000.
  with lately as materialized (
    select m.*
    from asset.materializations as m
    where m.materialization_id >= asset.first_materialization_since(p_since - interval '1 hour')
    order by m.materialization_id desc
    limit 10000
  ), moved as (
    select m.instance_id, sum(m.enter_count)::bigint as entered, sum(m.exit_count)::bigint as exited,
           max(m.materialization_id) as materialization_id, max(m.completed_at) as at, min(m.materialization_id) as first_id
    from lately as m
    where m.status = 'success' and m.completed_at >= p_since and m.enter_count + m.exit_count > 0
    group by m.instance_id
    order by at desc, m.instance_id
    limit p_limit
  )
  select v.instance_id, i.kind, asset.say_subject(i.kind, i.params), v.entered - coalesce(b.enter_count, 0), v.exited, b.enter_count, i.member_count,
         v.materialization_id, v.at
  from moved as v
  join asset.instances as i using (instance_id)
  left join lateral (
    select m.enter_count from asset.materializations as m
    where m.instance_id = v.instance_id and m.materialization_id = v.first_id and v.first_id = asset.first_success(v.instance_id) limit 1
  ) as b on true
  order by v.at desc, v.instance_id;
$$;
comment on function asset.moves_since(timestamptz, integer) is 'See api.moves.';

-- source: db/functions/asset/name_asset.sql
create or replace function asset.name_asset(p_kind text, p_params jsonb)
  returns text
  language plpgsql
  stable
as $$
declare
  v_values text;
begin
  select string_agg(case t.type
    when 'segment' then '(' || asset.name_asset(p_params -> t.param ->> 'kind', p_params -> t.param -> 'params') || ')'
    when 'segments' then '(' || (select string_agg(asset.name_asset(s.segment ->> 'kind', s.segment -> 'params'), ', ' order by s.position)
                                 from jsonb_array_elements(p_params -> t.param) with ordinality as s (segment, position)) || ')'
    else p_params ->> t.param end, ' ' order by t.param)
  into v_values
  from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
  where k.kind = p_kind;
  return p_kind || coalesce(' ' || v_values, '');
end;
$$;
comment on function asset.name_asset(text, jsonb) is 'A kind with the values of its params, for a sentence: post_corpus_for_segment (segment_followers 100).';

-- source: db/functions/asset/name_instance.sql
create or replace function asset.name_instance(p_instance asset.instances)
  returns text
  language sql
  stable
as $$
  select format('instance %s, ', p_instance.instance_id)
         || case when length(n.name) > 120 then left(n.name, 119) || '…' else n.name end
         || case when p_instance.scope_hash is not null then ', a source''s own' else '' end
  from (select asset.name_asset(p_instance.kind, p_instance.params) as name) as n;
$$;
comment on function asset.name_instance(asset.instances) is 'An instance by number and by what it is, for a sentence.';

-- source: db/functions/asset/names_user.sql
create or replace function asset.names_user(p_kind text, p_params jsonb, p_user_id bigint)
  returns boolean
  language plpgsql
  stable
as $$
begin
  return (
    select coalesce(bool_or(case t.type
      when 'user_id' then p_params ->> t.param = p_user_id::text
      when 'segment' then asset.names_user(p_params -> t.param ->> 'kind', p_params -> t.param -> 'params', p_user_id)
      when 'segments' then (select bool_or(asset.names_user(s.segment ->> 'kind', s.segment -> 'params', p_user_id))
                            from jsonb_array_elements(p_params -> t.param) as s (segment))
      else false end), false)
    from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
    where k.kind = p_kind);
end;
$$;
comment on function asset.names_user(text, jsonb, bigint) is 'Whether canonical params name a user, in whatever param, or those of a segment in them.';

-- source: db/functions/asset/needs_of_root.sql
create or replace function asset.needs_of_root(p_root_id bigint)
  returns table (sync_kind text, subject_id bigint)
  language sql
  stable
as $$
  select distinct n.sync_kind, n.subject_id
  from (select distinct instance_id from asset.wants where root_id = p_root_id) as w
  join ingest.needs as n on n.consumer_id = w.instance_id;
$$;
comment on function asset.needs_of_root(bigint) is 'The syncs that a root keeps fresh, itself and for all that it is made from.';

-- source: db/functions/asset/net_changes.sql
create or replace function asset.net_changes(p_item_kind text, p_instance_id bigint, p_from bigint, p_to bigint)
  returns table (item_id bigint, has_entered boolean)
  language sql
  stable
as $$
  -- Enters and exits take turns: an odd number of them is one, in the direction of the last.
  select e.item_id, count(*) filter (where e.is_enter) > count(*) filter (where not e.is_enter)
  from asset.events as e
  where e.item_kind = p_item_kind and e.instance_id = p_instance_id and e.materialization_id > p_from and e.materialization_id <= p_to
  group by e.item_id
  having count(*) % 2 = 1;
$$;
comment on function asset.net_changes(text, bigint, bigint, bigint) is
  'Who entered or left between two materializations, net: those with an odd number of events after p_from and up to p_to (A11).';

-- source: db/functions/asset/net_moves.sql
create or replace function asset.net_moves(
    p_item_kind text, p_instance_id bigint, p_from bigint, p_to bigint, p_limit integer, p_after_item_id bigint)
  returns table (item_id bigint, has_entered boolean, moved_id bigint)
  language plpgsql
  stable
as $$
declare
  v_after_id bigint := p_after_item_id;
  v_until_id bigint;
  v_count integer;
  v_left_count integer := p_limit;
begin
  loop
    -- Of each materialization the next so many items: whatever lies up to the last but so many of them all is complete.
    select max(u.item_id) into v_until_id
    from (
      select distinct e.item_id
      from asset.materializations as m
      cross join lateral (
        select v.item_id from asset.events as v
        where v.item_kind = p_item_kind and v.instance_id = p_instance_id and v.materialization_id = m.materialization_id and v.item_id > v_after_id
        order by v.item_id limit v_left_count
      ) as e
      where m.instance_id = p_instance_id and m.materialization_id > p_from and m.materialization_id <= p_to and m.enter_count + m.exit_count > 0
      order by e.item_id limit v_left_count
    ) as u;
    exit when v_until_id is null;
    return query
      select e.item_id, count(*) filter (where e.is_enter) > count(*) filter (where not e.is_enter), max(e.materialization_id)
      from asset.materializations as m
      cross join lateral (
        select v.item_id, v.is_enter, v.materialization_id from asset.events as v
        where v.item_kind = p_item_kind and v.instance_id = p_instance_id and v.materialization_id = m.materialization_id
          and v.item_id > v_after_id and v.item_id <= v_until_id
      ) as e
      where m.instance_id = p_instance_id and m.materialization_id > p_from and m.materialization_id <= p_to and m.enter_count + m.exit_count > 0
      group by e.item_id
      having count(*) % 2 = 1
      order by e.item_id;
    get diagnostics v_count = row_count;
    v_left_count := v_left_count - v_count;
    exit when v_left_count <= 0;
    v_after_id := v_until_id;
  end loop;
end;
$$;
comment on function asset.net_moves(text, bigint, bigint, bigint, integer, bigint) is
  'A page of asset.net_changes in the order of the items, at most p_limit after one, and with which materialization each moved last; fewer only at the end. Its cost is that of the page, and a probe for each materialization in between.';

-- source: db/functions/asset/note_success.sql
create or replace function asset.note_success(p_instance asset.instances, p_has_moved boolean)
  returns void
  language plpgsql
  volatile
as $$
begin
  if p_has_moved then
    insert into asset.moves (instance_id, materialization_id) values (p_instance.instance_id, p_instance.checkpoint_id);
  end if;
  perform asset.mark_moved_dependencies(p_instance.instance_id);
end;
$$;
comment on function asset.note_success(asset.instances, boolean) is
  'After a success: a note for who is made from it and follows it, if it moved (asset.take_moves); and itself is looked at again, if what it read is old already.';

-- source: db/functions/asset/oldest_work.sql
create or replace function asset.oldest_work()
  returns table (about text, due_at timestamptz)
  language sql
  stable
as $$
  (select format('a look at instance %s', m.instance_id), m.look_at from asset.marks as m where m.look_at <= base.now() order by m.look_at limit 1)
  union all
  (select format('instance %s, to %s', q.instance_id, q.work), q.queued_at from asset.queue as q order by q.queued_at limit 1);
$$;
comment on function asset.oldest_work() is 'What is due longest of what is to be looked at, materialized or verified.';

-- source: db/functions/asset/params_hash.sql
create or replace function asset.params_hash(p_kind text, p_params jsonb)
  returns bytea
  language plpgsql
  stable
as $$
declare
  v_lines text;
begin
  select coalesce(string_agg(chr(10) || t.param || '=' || case t.type
      when 'segment' then asset.segment_hash(p_params -> t.param)
      when 'segments' then (select string_agg(asset.segment_hash(s.segment), ',' order by s.position)
                            from jsonb_array_elements(p_params -> t.param) with ordinality as s (segment, position))
      else p_params ->> t.param end, '' order by t.param collate "C"), '')
  into strict v_lines
  from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
  where k.kind = p_kind;
  return sha256(convert_to('rookery 1' || chr(10) || p_kind || v_lines, 'UTF8'));
end;
$$;
comment on function asset.params_hash(text, jsonb) is
  'SHA-256 over lines: the hash''s version, the kind, and each canonical param as name=value, in the order of names; a nested segment by its own hash in hex (A2).';

-- source: db/functions/asset/path_to.sql
create or replace function asset.path_to(p_via_id bigint, p_instance_id bigint)
  returns table (instance_id bigint, role text, place integer)
  language sql
  stable
as $$
  -- Downwards: a closure is small, while many may be made from one instance.
  with recursive walk as (
    select p_via_id as instance_id, array[p_via_id] as ids, array[null::text] as roles
    union all
    select d.dependency_id, w.ids || d.dependency_id, w.roles || d.role
    from walk as w join asset.dependencies as d using (instance_id)
    where w.instance_id <> p_instance_id and cardinality(w.ids) < 10
  ), found as (
    select ids, roles from walk where instance_id = p_instance_id order by cardinality(ids), ids limit 1
  )
  select p.instance_id, p.role, p.place::integer
  from found cross join unnest(ids, roles) with ordinality as p (instance_id, role, place);
$$;
comment on function asset.path_to(bigint, bigint) is 'A shortest way from an instance down to one that it is made from, with the role at each step.';

-- source: db/functions/asset/payers_of.sql
create or replace function asset.payers_of(p_run ingest.runs)
  returns bigint[]
  language plpgsql
  stable
as $$
begin
  return (
    with subjects as materialized (
      -- Profiles are looked up for whoever needs anything of the user, posts for those who need their author's.
      select k.sync_kind, i.subject_id
      from (
        select unnest(coalesce(p_run.item_ids, array[p_run.subject_id])) as subject_id where p_run.sync_kind not in ('post_lookup', 'handles')
        union
        select author_id from graph.posts where p_run.sync_kind = 'post_lookup' and post_id = any (p_run.item_ids)
      ) as i
      cross join lateral (
        select s.sync_kind
        from ingest.sync_kinds as r join ingest.sync_kinds as s on s.serves = s.sync_kind
        where r.sync_kind = p_run.sync_kind and (r.sync_kind = 'users' or s.sync_kind = coalesce(r.serves, 'posts'))
      ) as k
    ), consumers as (
      select distinct n.consumer_id
      from subjects as s
      cross join lateral (select consumer_id from ingest.needs where sync_kind = s.sync_kind and subject_id = s.subject_id offset 0) as n
    )
    select coalesce(array_agg(distinct w.root_id order by w.root_id), '{}')
    from consumers as c
    cross join lateral asset.roots_of(c.consumer_id) as w (root_id));
end;
$$;
comment on function asset.payers_of(ingest.runs) is 'The enabled roots that wait for what a run brings: they share its cost (I8). Empty where nobody needs it.';

-- source: db/functions/asset/pin_dependencies.sql
create or replace function asset.pin_dependencies(p_instance asset.instances)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_missing record;
  v_was_unpinned boolean;
  v_has_moved boolean;
begin
  select d.dependency_id, i.failure_count into v_missing
  from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
  where d.instance_id = p_instance.instance_id and i.checkpoint_id is null
  order by d.role limit 1;
  if found then
    perform base.decide(case when v_missing.failure_count > 0 then 'failed_dependency' else 'missing_prerequisite' end,
                        'instance ' || p_instance.instance_id, 'waits for instance ' || v_missing.dependency_id, null,
                        jsonb_build_object('instance_id', v_missing.dependency_id));
    return false;
  end if;
  -- A pin stays until it was read: a dependency that moves all the time holds nobody up (A5).
  with pinned as (
    update asset.dependencies as d set pinned_id = i.checkpoint_id
    from asset.instances as i, asset.dependencies as old
    where d.instance_id = p_instance.instance_id and i.instance_id = d.dependency_id
      and old.instance_id = d.instance_id and old.role = d.role
      and (d.pinned_id is null or d.pinned_id is not distinct from d.read_id)
      and d.pinned_id is distinct from i.checkpoint_id
    returning old.pinned_id
  )
  select bool_or(pinned_id is null), count(*) > 0 into v_was_unpinned, v_has_moved from pinned;
  if v_has_moved then
    perform asset.change_needs(p_instance.instance_id, not v_was_unpinned);
    -- What is needed from now on starts now, so that the decision to wait can name its run.
    perform ingest.plan_runs(base.setting_integer('tick.items'));
  end if;
  return true;
end;
$$;
comment on function asset.pin_dependencies(asset.instances) is
  'Pins the materializations that the instance will read (A12), and with a pin that moved its needs; false, with a decision, while a dependency has none.';

-- source: db/functions/asset/pinned_members.sql
create or replace function asset.pinned_members(p_instance_id bigint, p_role text)
  returns table (item_id bigint)
  language sql
  stable
as $$
  select m.item_id
  from asset.dependencies as d
  cross join lateral asset.members_as_of('user', d.dependency_id, d.pinned_id) as m
  where d.instance_id = p_instance_id and d.role = p_role;
$$;
comment on function asset.pinned_members(bigint, text) is
  'For a kind: the users of a dependency, as of its pinned materialization. For reading everything; whether one user is in, asset.has_member says.';

-- source: db/functions/asset/price_of_unknown_ends.sql
create or replace function asset.price_of_unknown_ends(p_ends graph.follow_changes[], out users bigint, out usd numeric)
  language sql
  stable
as $$
  select p.users, p.usd
  from ingest.price_of_look_ups(array(select r.hidden_id from unnest(p_ends) as e cross join lateral ingest.reason_of_end(e) as r)) as p;
$$;
comment on function asset.price_of_unknown_ends(graph.follow_changes[]) is 'How many users are behind these follows that were found ended, and what it costs at most to look them up, in US dollars.';

-- source: db/functions/asset/probe_input_revision.sql
create or replace function asset.probe_input_revision(p_instance asset.instances, p_position bigint)
  returns bigint
  language sql
  stable
as $$
  select greatest(
    p_instance.input_revision,
    (select max(c.change_id) from ingest.needs as n cross join lateral graph.last_change_of(n.sync_kind, n.subject_id, p_position) as c (change_id)
     where n.consumer_id = p_instance.instance_id));
$$;
comment on function asset.probe_input_revision(asset.instances, bigint) is 'The last change up to a position of the graph that the instance reads, asked of the graph itself: one probe a subject.';

-- source: db/functions/asset/protect_completed.sql
create or replace function asset.protect_completed()
  returns trigger
  language plpgsql
  volatile
as $$
begin
  raise exception 'materialization % is completed', old.materialization_id
    using errcode = 'RK021', hint = 'What it says is history: materialize the instance again.';
end;
$$;
comment on function asset.protect_completed() is 'A materialization is immutable once completed (A7). RK021.';

create or replace trigger completed_is_final
  before update or delete on asset.materializations
  for each row when (old.completed_at is not null)
  execute function asset.protect_completed();
comment on trigger completed_is_final on asset.materializations is 'A7.';

-- source: db/functions/asset/put_off.sql
create or replace function asset.put_off(p_mark_ids bigint[], p_look_at timestamptz)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- Whoever works off the queue takes marks away at its end: they are left to it.
  update asset.marks as m set look_at = p_look_at
  from (
    select mark_id from asset.marks where mark_id = any (p_mark_ids) and look_at <= base.now() order by mark_id for no key update skip locked
  ) as free
  where m.mark_id = free.mark_id;
end;
$$;
comment on function asset.put_off(bigint[], timestamptz) is 'These marks were looked at: not again before a time. Infinity keeps them as causes of what another mark will bring about.';

-- source: db/functions/asset/queue_due_verification.sql
create or replace function asset.queue_due_verification()
  returns boolean
  language plpgsql
  volatile
as $$
begin
  with due as (
    update asset.verifications set due_at = base.now() + base.setting_interval('verify.after')
    where instance_id = (
      select instance_id from asset.verifications where due_at <= base.now() order by due_at, instance_id limit 1 for update skip locked)
    returning instance_id
  )
  insert into asset.queue (instance_id, work, queued_at)
  select instance_id, 'verify', base.now() from due
  on conflict do nothing;
  return found;
end;
$$;
comment on function asset.queue_due_verification() is 'Queues the verification that is due first, if one is (A13), and returns whether it did; it falls due again after verify.after.';

-- source: db/functions/asset/rebuild.sql
create or replace function asset.rebuild(p_instance asset.instances)
  returns asset.instances
  language plpgsql
  volatile
as $$
declare
  v_item_kind constant text := asset.item_kind_of(p_instance.instance_id);
  v_last constant asset.materializations := asset.last_success(p_instance.instance_id);
  v_instance asset.instances;
begin
  with folded as materialized (
    select * from asset.fold_events(v_item_kind, p_instance.instance_id)
  ), removed as (
    delete from asset.members as m
    where m.item_kind = v_item_kind and m.instance_id = p_instance.instance_id and not exists (select from folded as f where f.item_id = m.item_id)
  ), mended as (
    update asset.members as m
    set moved_id = f.moved_id, first_entered_at = f.first_entered_at, entered_at = f.entered_at, left_at = f.left_at
    from folded as f
    where m.item_kind = v_item_kind and m.instance_id = p_instance.instance_id and m.item_id = f.item_id
      and (m.moved_id, m.first_entered_at, m.entered_at, m.left_at) is distinct from (f.moved_id, f.first_entered_at, f.entered_at, f.left_at)
  )
  insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at, left_at)
  select v_item_kind, p_instance.instance_id, f.item_id, f.moved_id, f.first_entered_at, f.entered_at, f.left_at
  from folded as f
  where not exists (select from asset.members where item_kind = v_item_kind and instance_id = p_instance.instance_id and item_id = f.item_id);

  update asset.events as e set is_first_appearance = f.expected::boolean
  from asset.verify_events(v_item_kind, p_instance) as f
  where f.finding = 'first_appearance' and e.item_kind = v_item_kind and e.instance_id = p_instance.instance_id
    and e.materialization_id = f.materialization_id and e.item_id = f.item_id;

  update asset.instances as i set
    checkpoint_id = v_last.materialization_id,
    output_revision = coalesce(v_last.output_revision, 0),
    read_revision = case when i.read_revision is not null then v_last.read_revision end,
    member_count = (select count(*) from asset.members where item_kind = v_item_kind and instance_id = i.instance_id and left_at is null)
  where i.instance_id = p_instance.instance_id
  returning i.* into v_instance;
  return v_instance;
end;
$$;
comment on function asset.rebuild(asset.instances) is
  'Makes an instance what its events and its last success say, and nothing else: members, first appearances, checkpoint, position, revision, count (A13). Returns it. The caller holds its lock.';

-- source: db/functions/asset/record_failure.sql
create or replace function asset.record_failure(p_instance asset.instances, p_mark_ids bigint[], p_state text, p_message text, p_context text)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_materialization_id bigint;
  v_retry_at constant timestamptz := base.now() + base.backoff(
    base.setting_interval('materialization.backoff'), base.setting_interval('materialization.backoff_cap'),
    p_instance.failure_count + 1, 'instance ' || encode(p_instance.identity_hash, 'hex'));
begin
  v_materialization_id := asset.begin_materialization(p_instance, p_mark_ids);
  update asset.materializations set
    status = 'error', error_state = p_state, error_message = p_message, error_context = p_context, retry_at = v_retry_at, completed_at = base.now()
  where instance_id = p_instance.instance_id and materialization_id = v_materialization_id;
  perform nextval('asset.failures');
  perform asset.keep_causes(p_instance.instance_id, v_materialization_id);
  update asset.instances set failure_count = failure_count + 1 where instance_id = p_instance.instance_id;
  -- The marks stay as causes of the next try; what comes in meanwhile waits for it too.
  perform asset.put_off(p_mark_ids, 'infinity');
  insert into asset.marks (instance_id, cause, cause_id, look_at) values (p_instance.instance_id, 'retry', v_materialization_id, v_retry_at);
  perform base.decide('materialization_failed', 'instance ' || p_instance.instance_id, p_state || ' ' || p_message, v_retry_at,
                      jsonb_build_object('materialization_id', v_materialization_id));
  -- What is made from it and was never able to pin it goes on waiting, now for this reason.
  perform base.decide('failed_dependency', 'instance ' || d.instance_id, 'waits for instance ' || p_instance.instance_id, v_retry_at,
                      jsonb_build_object('instance_id', p_instance.instance_id))
  from (
    -- In the planner's order, who may be deciding the same.
    select i.instance_id
    from asset.dependencies as d join asset.instances as i using (instance_id)
    where p_instance.checkpoint_id is null and d.dependency_id = p_instance.instance_id
      and exists (select from asset.wants where instance_id = d.instance_id)
    order by i.depth, i.kind, i.identity_hash
  ) as d;
end;
$$;
comment on function asset.record_failure(asset.instances, bigint[], text, text, text) is 'A materialization that raised: its row, a back-off, a decision. The snapshot is as it was (A7).';

-- source: db/functions/asset/repair.sql
create or replace function asset.repair(p_instance_id bigint)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances := asset.lock_instance(p_instance_id);
  v_found constant jsonb := asset.summarize_findings(p_instance_id);
  v_faults constant text := (select string_agg(distinct f ->> 'finding', ', ') from jsonb_array_elements(v_found) as f where f ->> 'finding' <> 'note');
begin
  if v_found @> '[{"remedy": "rebuild"}]' then
    v_instance := asset.rebuild(v_instance);
  end if;
  if v_found @> '[{"remedy": "read_everything"}]' then
    update asset.instances set read_revision = null where instance_id = p_instance_id;
  end if;
  if v_faults is not null then
    perform asset.mark_after_repair(v_instance, v_found @> '[{"finding": "member"}]');
    perform base.decide('repair', 'instance ' || p_instance_id, 'found wrong: ' || v_faults, null, jsonb_build_object('found', v_found));
  end if;
  return v_found;
end;
$$;
comment on function asset.repair(bigint) is
  'Verifies an instance, rebuilds from its events what they contradict, and has it read everything next where they do not add up to its inputs (A13). Returns what was found as asset.summarize_findings does, and records it as a decision. RK004 for an unknown instance.';

-- source: db/functions/asset/report_done.sql
create or replace function asset.report_done()
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_noted constant bigint[] := base.noted('materializations');
begin
  if v_noted is null then
    return jsonb '{}';
  end if;
  return (
    select jsonb_build_object('materializations', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'materialization_id', materialization_id, 'instance_id', instance_id, 'status', status, 'reads_everything', reads_everything,
      'entered', enter_count, 'left', exit_count, 'members', member_count, 'error_state', error_state)) order by materialization_id))
    from asset.materializations
    where materialization_id = any (v_noted));
end;
$$;
comment on function asset.report_done() is
  'What was materialized, or failed to be, since base.forget_notes(), for a log: {materializations: [{materialization_id, instance_id, status, …}]}, or {} where nothing was.';

-- source: db/functions/asset/report_materialization.sql
create or replace function asset.report_materialization(
    p_instance asset.instances, p_before asset.materializations, p_after asset.materializations, p_because jsonb)
  returns jsonb
  language sql
  stable
as $$
  select base.build_reason('materialization',
    format('materialization %s of %s: ', p_after.materialization_id, asset.name_instance(p_instance)) || case p_after.status
      when 'success' then
        case when p_after.enter_count + p_after.exit_count = 0 then format('nobody entered or left, revision %s as before', p_after.output_revision)
             else format('%s entered, %s left, revision %s to %s', p_after.enter_count, p_after.exit_count,
                         coalesce(p_before.output_revision, 0), p_after.output_revision) end
        || format(', members %s%s', p_after.member_count, case when p_after.reads_everything then '; it read everything' else '' end)
      when 'error' then
        format('failed with %s, %s; tried again at %s', p_after.error_state, p_after.error_message, base.format_time(p_after.retry_at))
      else 'in progress' end,
    jsonb_strip_nulls(jsonb_build_object(
      'materialization_id', p_after.materialization_id, 'previous_id', p_before.materialization_id, 'instance', asset.instance_facts(p_instance),
      'status', p_after.status, 'reads_everything', p_after.reads_everything, 'entered', p_after.enter_count, 'left', p_after.exit_count,
      'members', jsonb_build_object('before', coalesce(p_before.member_count, 0), 'after', p_after.member_count),
      'revision', jsonb_build_object('before', coalesce(p_before.output_revision, 0), 'after', p_after.output_revision),
      'read_revision', jsonb_build_object('before', p_before.read_revision, 'after', p_after.read_revision),
      'inputs_hash', jsonb_build_object('before', encode(p_before.inputs_hash, 'hex'), 'after', encode(p_after.inputs_hash, 'hex')),
      'dependencies_hash', jsonb_build_object('before', encode(p_before.dependencies_hash, 'hex'), 'after', encode(p_after.dependencies_hash, 'hex')),
      'error_state', p_after.error_state, 'error_message', p_after.error_message, 'error_context', p_after.error_context,
      'retry_at', p_after.retry_at, 'started_at', p_after.started_at, 'completed_at', p_after.completed_at)),
    p_because);
$$;
comment on function asset.report_materialization(asset.instances, asset.materializations, asset.materializations, jsonb) is
  'A materialization as a reason, beside the success before it: counts, revisions and hashes, before and after.';

-- source: db/functions/asset/rest_instance.sql
create or replace function asset.rest_instance(p_instance_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  delete from ingest.needs where consumer_id = p_instance_id;
  -- An edit of the set is remembered until the next look, whenever that is.
  -- Those that whoever materializes it has in hand are left: a look finds that it rests.
  delete from asset.marks
  where mark_id in (
    select mark_id from asset.marks where instance_id = p_instance_id and cause <> 'edit' order by mark_id for update skip locked);
  -- So are pins: what reads them reads them to the end.
  update asset.dependencies as d set pinned_id = null
  from (
    select instance_id, role from asset.dependencies where instance_id = p_instance_id and pinned_id is not null order by role for no key update skip locked
  ) as free
  where d.instance_id = free.instance_id and d.role = free.role;
end;
$$;
comment on function asset.rest_instance(bigint) is 'An instance is wanted no more: no syncs for it, no looks; members, events and what it has read stay. Waits for nobody.';

-- source: db/functions/asset/roots_of.sql
create or replace function asset.roots_of(p_instance_id bigint)
  returns setof bigint
  language sql
  stable
as $$
  -- From one root to the next: a root may want an instance by way of each of a hundred thousand targets.
  with recursive wanting as (
    (select root_id from asset.wants where instance_id = p_instance_id order by root_id limit 1)
    union all
    select (select n.root_id from asset.wants as n where n.instance_id = p_instance_id and n.root_id > w.root_id order by n.root_id limit 1)
    from wanting as w
    where w.root_id is not null
  )
  select root_id from wanting where root_id is not null;
$$;
comment on function asset.roots_of(bigint) is 'The enabled roots that want an instance, each once.';

-- source: db/functions/asset/say_state.sql
create or replace function asset.say_state(p_instance asset.instances, p_state text, p_until_at timestamptz)
  returns text
  language sql
  stable
as $$
  select case p_state
    when 'resting' then ' rests: no enabled root reaches it'
    when 'queued' then ' is queued to be materialized from everything, by a tick that does nothing else'
    when 'failed' then ' failed'
    when 'waiting_for_dependency' then ' waits for what it is made from'
    when 'waiting_for_sync' then ' waits for syncs'
    when 'locked' then ' was in another worker''s hands when it was looked at'
    when 'pending' then ' has something to do: the next tick looks at it'
    when 'fresh' then format(' is up to date: what it reads has not moved since materialization %s', p_instance.checkpoint_id)
  end || case when p_state in ('queued', 'pending') then ''
              when p_until_at is null then '; nothing will move it by itself'
              else format('; next look %s', base.format_time(p_until_at)) end;
$$;
comment on function asset.say_state(asset.instances, text, timestamptz) is 'A state of asset.state_of() in words.';

-- source: db/functions/asset/say_subject.sql
create or replace function asset.say_subject(p_kind text, p_params jsonb)
  returns text
  language plpgsql
  stable
as $$
declare
  v_values text;
begin
  select string_agg(case t.type
    when 'user_id' then coalesce((select '@' || u.handle from graph.users as u where u.user_id = (p_params ->> t.param)::bigint), p_params ->> t.param)
    when 'segment' then concat_ws(' ', p_params -> t.param ->> 'kind', asset.say_subject(p_params -> t.param ->> 'kind', p_params -> t.param -> 'params'))
    when 'segments' then (select string_agg(concat_ws(' ', s.segment ->> 'kind', asset.say_subject(s.segment ->> 'kind', s.segment -> 'params')), ', ' order by s.position)
                          from jsonb_array_elements(p_params -> t.param) with ordinality as s (segment, position))
    else p_params ->> t.param end, ' ' order by t.param)
  into v_values
  from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
  where k.kind = p_kind;
  return case when length(v_values) > 120 then left(v_values, 119) || '…' else coalesce(v_values, '') end;
end;
$$;
comment on function asset.say_subject(text, jsonb) is
  'What an asset of a kind is of, in as few words as a person needs: the values of its params, users by the handle that they have now.';

-- source: db/functions/asset/schedule_verification.sql
create or replace function asset.schedule_verification(p_instance asset.instances)
  returns void
  language sql
  volatile
as $$
  insert into asset.verifications (instance_id, due_at)
  values (p_instance.instance_id, base.now() + base.setting_interval('verify.after')
            * ((1 + (pg_catalog.hashtextextended(encode(p_instance.identity_hash, 'hex'), 0) & 1023)) / 1024.0))
  on conflict do nothing;
$$;
comment on function asset.schedule_verification(asset.instances) is
  'The first verification of an instance: within verify.after, at a moment that is a hash of its identity, so that not all fall due at once (E4).';

-- source: db/functions/asset/segment_hash.sql
create or replace function asset.segment_hash(p_segment jsonb)
  returns text
  language sql
  stable
as $$
  select encode(asset.params_hash(p_segment ->> 'kind', p_segment -> 'params'), 'hex');
$$;
comment on function asset.segment_hash(jsonb) is 'The params hash of a nested segment, in hex.';

-- source: db/functions/asset/set_budget.sql
create or replace function asset.set_budget(p_scope text, p_period text, p_usd numeric)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_root_id constant bigint := substring(p_scope from '^root:(\d{1,18})$')::bigint;
  v_endpoint constant text := (select endpoint from ingest.endpoints where 'call:' || endpoint = p_scope);
begin
  if v_root_id is not null and not exists (select from asset.roots where root_id = v_root_id) then
    raise exception 'there is no root %', v_root_id
      using errcode = 'RK005', hint = 'api.roots and api.fanout_roots list them, with their root_id.';
  end if;
  if p_scope is null or (p_scope <> 'everything' and num_nonnulls(v_root_id, v_endpoint) = 0) then
    raise exception 'a budget cannot be on %', coalesce(quote_literal(p_scope), 'null')
      using errcode = 'RK030', hint = 'The scopes are everything, root:ID, and call:KIND, where KIND is one of '
        || (select string_agg(endpoint, ', ' order by endpoint) from ingest.endpoints) || '.';
  end if;
  if p_period is null or p_period not in ('day', 'month') then
    raise exception 'a budget cannot be for a %', coalesce(quote_literal(p_period), 'null')
      using errcode = 'RK030', hint = 'The periods are day and month, in UTC.';
  end if;
  if p_usd not between 0 and 999999 then
    raise exception 'a budget cannot be USD %', p_usd
      using errcode = 'RK030', hint = 'Give an amount from 0 to 999999, or null for no budget.';
  end if;
  perform ingest.change_budget(coalesce('root:' || v_root_id, p_scope), v_root_id, v_endpoint, p_period, p_usd);
end;
$$;
comment on function asset.set_budget(text, text, numeric) is
  'Sets what may be spent in a UTC day or month on everything, by a root, or on a kind of call; null: no such limit. Errors RK005, RK030.';

-- source: db/functions/asset/set_freshness.sql
create or replace function asset.set_freshness(p_instance_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  update ingest.needs as n set
    fresh_within = f.fresh_within, or_default = f.or_default,
    reconcile_within = f.reconcile_within, reconcile_or_default = f.reconcile_or_default,
    reconcile_doubt = f.reconcile_doubt, doubt_or_default = f.doubt_or_default
  from asset.freshness_of(p_instance_id) as f
  where n.consumer_id = p_instance_id
    and (n.fresh_within, n.or_default, n.reconcile_within, n.reconcile_or_default, n.reconcile_doubt, n.doubt_or_default) is distinct from (f.*);
end;
$$;
comment on function asset.set_freshness(bigint) is 'Brings the windows and the doubt of an instance''s needs to what the roots that want it say (A5, I3).';

-- source: db/functions/asset/settle_unchanged.sql
create or replace function asset.settle_unchanged(p_instance_id bigint, p_mark_ids bigint[])
  returns void
  language plpgsql
  volatile
as $$
begin
  -- A pin that moved without a new revision is the same membership: it counts as read.
  update asset.dependencies set read_id = pinned_id
  where instance_id = p_instance_id and read_id is distinct from pinned_id;
  delete from asset.marks where mark_id = any (p_mark_ids);
  -- One of these may have been of a dependency that has moved further than its pin.
  perform asset.mark_moved_dependencies(p_instance_id);
end;
$$;
comment on function asset.settle_unchanged(bigint, bigint[]) is 'A look found nothing to do, and its marks are done with.';

-- source: db/functions/asset/shares_since.sql
create or replace function asset.shares_since(p_since timestamptz)
  returns table (root_id bigint, charge text, utc_day date, usd numeric)
  language sql
  stable
as $$
  select p.root_id, 'call:' || l.endpoint, (l.booked_at at time zone 'UTC')::date, sum(l.booked_usd / p.payer_count)
  from ingest.ledger as l
  join ingest.runs as r using (run_id)
  cross join lateral (
    select i as root_id, cardinality(r.payer_ids) as payer_count from unnest(r.payer_ids) as i
    union all
    select null, 1 where r.payer_ids = '{}'
  ) as p
  where l.counted_at >= p_since and l.booked_at >= p_since
  group by 1, 2, 3
  union all
  select null, 'event:' || event_type, utc_day, cost_usd from ingest.deliveries where utc_day >= (p_since at time zone 'UTC')::date;
$$;
comment on function asset.shares_since(timestamptz) is 'What was spent since the start of a UTC day, by root (null: nobody in particular), kind of call or type of webhook event, and UTC day; what got no answer, or is out, at its worst price.';

-- source: db/functions/asset/spend_of_month.sql
create or replace function asset.spend_of_month(p_by text)
  returns table (what text, spent_usd numeric, expected_usd numeric)
  language plpgsql
  stable
as $$
#variable_conflict use_column
declare
  v_end constant timestamptz := ingest.period_end('month', base.now());
begin
  if p_by is null or p_by not in ('root', 'call', 'day') then
    raise exception 'spending is not known by %', coalesce(quote_literal(p_by), 'null')
      using errcode = 'RK033', hint = 'It is by root, call or day.';
  end if;
  return query
  with days as (
    -- What is left of today, and the days after it.
    select (d at time zone 'UTC')::date as utc_day,
           extract(epoch from ingest.period_end('day', d) - greatest(d, base.now())) / 86400 as part, d <= base.now() as is_today
    from generate_series(ingest.period_start('day', base.now()), v_end - interval '1 second', interval '24 hours') as d
  ), amounts as (
    select root_id, charge, utc_day, usd as spent_usd, 0::numeric as expected_usd
    from asset.shares_since(ingest.period_start('month', base.now()))
    union all
    select f.root_id, f.charge, d.utc_day, 0, f.day_usd * d.part + case when d.is_today then f.once_usd else 0 end
    from asset.forecast() as f cross join days as d
  )
  select case p_by when 'root' then coalesce('root:' || a.root_id, 'nobody') when 'call' then a.charge else a.utc_day::text end,
         round(sum(a.spent_usd), 2), round(sum(a.expected_usd), 2)
  from amounts as a
  group by 1
  order by 1;
end;
$$;
comment on function asset.spend_of_month(text) is 'See api.cost.';

-- source: db/functions/asset/standings.sql
create or replace function asset.standings(p_instance_ids bigint[])
  returns table (
    instance_id bigint, kind text, subject text, item_kind text, state text, until_at timestamptz, members bigint, revision bigint, materialized_at timestamptz)
  language sql
  stable
as $$
  select i.instance_id, i.kind, asset.say_subject(i.kind, i.params), k.item_kind, s.state, s.until_at, i.member_count, i.output_revision, m.completed_at
  from unnest(p_instance_ids) with ordinality as asked (instance_id, position)
  join asset.instances as i using (instance_id)
  join asset.kinds as k using (kind)
  cross join lateral asset.state_of(i) as s
  left join asset.materializations as m on m.instance_id = i.instance_id and m.materialization_id = i.checkpoint_id
  order by asked.position;
$$;
comment on function asset.standings(bigint[]) is 'See api.standings.';

-- source: db/functions/asset/state_of.sql
create or replace function asset.state_of(p_instance asset.instances, out state text, out until_at timestamptz)
  language plpgsql
  stable
as $$
declare
  v_instance asset.instances := p_instance;
  v_retry_at timestamptz;
  v_look_at timestamptz;
begin
  -- In the order in which asset.look_at_instance asks.
  select min(look_at) filter (where cause = 'retry' and look_at < 'infinity'), min(look_at)
  into v_retry_at, v_look_at
  from asset.marks where instance_id = p_instance.instance_id;
  v_instance.input_revision := asset.input_revision_of(p_instance);
  state := case
    when not exists (select from asset.wants where instance_id = p_instance.instance_id) then 'resting'
    when exists (select from asset.queue where instance_id = p_instance.instance_id and work = 'materialize') then 'queued'
    when p_instance.failure_count > 0 and v_retry_at > base.now() then 'failed'
    when exists (select from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
                 where d.instance_id = p_instance.instance_id and i.checkpoint_id is null) then 'waiting_for_dependency'
    when exists (select from ingest.unmet_needs(p_instance.instance_id, 1)) then 'waiting_for_sync'
    when v_look_at > base.now() and v_look_at < 'infinity' then 'locked'
    when v_look_at <= base.now() or not asset.is_up_to_date(v_instance) then 'pending'
    else 'fresh' end;
  until_at := case
    when state in ('queued', 'pending') then base.now()
    when state = 'failed' then v_retry_at
    when state = 'locked' then v_look_at end;
end;
$$;
comment on function asset.state_of(asset.instances) is
  'What a look at an instance would find now: resting, queued, failed, waiting_for_dependency, waiting_for_sync, locked (another worker had it), pending (the next tick has something to do) or fresh; and until when, where that is its own.';

-- source: db/functions/asset/summarize_findings.sql
create or replace function asset.summarize_findings(p_instance_id bigint)
  returns jsonb
  language sql
  volatile
as $$
  with placed as (
    select f.finding, f.remedy, f.item_id, f.materialization_id, row_number() over (partition by f.finding, f.remedy order by f.item_id, f.materialization_id) as place
    from asset.verify(p_instance_id) as f
  )
  select coalesce(jsonb_agg(jsonb_build_object('finding', g.finding, 'remedy', g.remedy, 'count', g.found_count, 'item_ids', g.item_ids)
                            order by g.finding, g.remedy), '[]')
  from (
    select finding, remedy, count(*) as found_count,
           coalesce(jsonb_agg(item_id::text order by place) filter (where place <= 10 and item_id is not null), '[]') as item_ids
    from placed
    group by finding, remedy
  ) as g;
$$;
comment on function asset.summarize_findings(bigint) is
  'What a verification finds, a JSON object for each sort of finding: how many, and the first ten items. Errors of asset.verify.';

-- source: db/functions/asset/surroundings_of.sql
create or replace function asset.surroundings_of(p_instance_id bigint)
  returns table (
    edge text, depth integer, instance_id bigint, role text, other_id bigint, sync_kind text, user_id bigint, users bigint, as_of timestamptz, next_at timestamptz, state text)
  language sql
  stable
as $$
  with recursive made_from as (
    select 0 as depth, p_instance_id as instance_id, null::text as role, p_instance_id as other_id, null::bigint as read_id
    union all
    (select m.depth + 1, d.instance_id, d.role, d.dependency_id, d.read_id
     from made_from as m join asset.dependencies as d on d.instance_id = m.other_id
     where m.depth < 5 limit 50)
  ), makes as (
    select d.instance_id, d.role, d.dependency_id, d.read_id from asset.dependencies as d where d.dependency_id = p_instance_id order by d.instance_id, d.role limit 50
  ), edges as (
    select 'made_from' as edge, depth, instance_id, role, other_id as dependency_id, other_id, read_id from made_from where depth > 0
    union all
    select 'makes', 1, dependency_id, role, dependency_id, instance_id, read_id from makes
  )
  select e.edge, e.depth, e.instance_id, e.role, e.other_id, null::text, null::bigint, null::bigint, m.completed_at, null::timestamptz,
         case when i.checkpoint_id is null then 'never' when r.output_revision = i.output_revision then 'fresh' else 'behind' end
  from edges as e
  join asset.instances as i on i.instance_id = e.dependency_id
  left join asset.materializations as m on m.instance_id = i.instance_id and m.materialization_id = i.checkpoint_id
  left join asset.materializations as r on r.instance_id = i.instance_id and r.materialization_id = e.read_id
  union all
  select 'needs', n.depth + 1, n.instance_id, null, null, s.sync_kind, s.subject_id, s.subject_count, nullif(s.fresh_at, '-infinity'), s.due_at,
         case when s.refused_count = s.subject_count then 'refused' when s.stale_count = 0 then 'fresh' when s.running_count > 0 then 'running'
              when s.fresh_at = '-infinity' then 'never' else 'due' end
  from (select min(depth) as depth, other_id as instance_id from made_from group by other_id limit 20) as n
  cross join lateral ingest.syncs_of(n.instance_id) as s
  order by 1, 2, 3, 4, 5;
$$;
comment on function asset.surroundings_of(bigint) is 'See api.surroundings.';

-- source: db/functions/asset/take_changes.sql
create or replace function asset.take_changes(p_limit integer)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_from bigint;
  v_last bigint;
  v_to bigint;
begin
  select position into strict v_from from asset.log_position;
  -- Bounded below: rows that were read are gone, and may be dead weight in the index for a while.
  v_last := greatest(graph.last_change_id(), (select max(change_id) from graph.recounts where change_id > v_from));
  if v_from >= v_last then
    return false;
  end if;
  select least(v_last,
    (select change_id from graph.user_changes where change_id > v_from order by change_id offset p_limit - 1 limit 1),
    (select change_id from graph.follow_changes where change_id > v_from order by change_id offset p_limit - 1 limit 1),
    (select change_id from graph.post_changes where change_id > v_from order by change_id offset p_limit - 1 limit 1),
    -- Each names up to a thousand users.
    (select change_id from graph.recounts where change_id > v_from order by change_id offset greatest(p_limit / 1000, 1) - 1 limit 1))
  into v_to;

  insert into asset.marks (instance_id, cause, cause_id, subject_id, revision, look_at)
  select n.consumer_id, 'change', c.run_id, n.subject_id, max(c.change_id), base.now()
  from (
    select 'users' as sync_kind, user_id as subject_id, run_id, change_id from graph.user_changes
    where change = 'added' and change_id > v_from and change_id <= v_to
    union all
    select 'followers', target_id, run_id, change_id from graph.follow_changes where change_id > v_from and change_id <= v_to
    union all
    select 'following', follower_id, run_id, change_id from graph.follow_changes where change_id > v_from and change_id <= v_to
    union all
    select 'posts', author_id, run_id, change_id from graph.post_changes where change_id > v_from and change_id <= v_to
  ) as c
  join lateral (
    select consumer_id, subject_id from ingest.needs where sync_kind = c.sync_kind and subject_id = c.subject_id offset 0
  ) as n on true
  group by n.consumer_id, n.subject_id, c.run_id
  order by n.consumer_id, n.subject_id, c.run_id;

  perform asset.mark_watchers(v_from, v_to);
  delete from graph.recounts where change_id <= v_to;
  update asset.log_position set position = v_to;
  return v_to < v_last;
end;
$$;
comment on function asset.take_changes(integer) is
  'Reads on in the logs of the graph, at most p_limit rows of each, and marks the instances that read what changed; returns whether more is unread. The caller is the planner.';

-- source: db/functions/asset/take_completions.sql
create or replace function asset.take_completions(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_ended record;
  v_count integer := 0;
begin
  for v_ended in
    with taken as (
      delete from ingest.completions
      where completion_id = any (array(select completion_id from ingest.completions order by completion_id limit p_limit for update skip locked))
      returning sync_kind, subject_id, run_id
    ), marked as (
      insert into asset.marks (instance_id, cause, cause_id, look_at)
      select distinct n.consumer_id, 'run', t.run_id, base.now()
      from taken as t
      join ingest.needs as n using (sync_kind, subject_id)
      order by n.consumer_id, t.run_id
    )
    select sync_kind, array_agg(subject_id) as subject_ids from taken group by sync_kind order by sync_kind
  loop
    -- A need that came or went while the run was ending did not see that, nor the run the need. Both are seen now.
    perform ingest.reschedule(v_ended.sync_kind, v_ended.subject_ids);
    v_count := v_count + cardinality(v_ended.subject_ids);
  end loop;
  return v_count;
end;
$$;
comment on function asset.take_completions(integer) is 'Marks the instances that needed a sync which has ended; returns how many notes were read.';

-- source: db/functions/asset/take_fanout_steps.sql
create or replace function asset.take_fanout_steps(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_step record;
  v_count integer := 0;
begin
  for v_step in
    with taken as (
      delete from asset.fanout_steps
      where (root_id, item_id) in (select root_id, item_id from asset.fanout_steps order by root_id, item_id limit p_limit)
      returning root_id, item_id, is_enter
    )
    select t.root_id, t.is_enter, r.target_kind, asset.target_params(r.target_kind, t.item_id) as target_params,
           case r.target_mode when 'scoped_by_source' then s.params_hash end as scope_hash
    from taken as t
    join asset.roots as r using (root_id)
    join asset.instances as s using (instance_id)
    order by t.root_id, t.item_id
  loop
    v_count := v_count + 1;
    if v_step.is_enter then
      perform asset.add_wants(v_step.root_id, asset.ensure_instance(v_step.target_kind, v_step.target_params, v_step.scope_hash));
    else
      perform asset.drop_wants(v_step.root_id, i.instance_id)
      from asset.instances as i
      where i.identity_hash = asset.identity_hash(asset.params_hash(v_step.target_kind, v_step.target_params), v_step.scope_hash);
    end if;
  end loop;
  return v_count;
end;
$$;
comment on function asset.take_fanout_steps(integer) is
  'Asks for the targets of members that came, and lets those of members that went go (A3), at most p_limit; returns how many. The caller is the planner.';

-- source: db/functions/asset/take_moves.sql
create or replace function asset.take_moves()
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance_ids bigint[];
  v_root asset.roots;
begin
  with noted as (
    delete from asset.moves returning instance_id, materialization_id
  ), marked as (
    insert into asset.marks (instance_id, cause, cause_id, look_at)
    select d.instance_id, 'dependency', n.materialization_id, base.now()
    from noted as n
    join asset.dependencies as d on d.dependency_id = n.instance_id
    where exists (select from asset.wants where instance_id = d.instance_id)
    order by n.materialization_id, d.instance_id
  )
  select array_agg(instance_id) into v_instance_ids from noted;

  for v_root in
    select * from asset.roots
    where instance_id = any (v_instance_ids) and target_kind is not null and is_enabled
    order by root_id
  loop
    perform asset.follow_source(v_root);
  end loop;
end;
$$;
comment on function asset.take_moves() is
  'What is made from instances that have moved is looked at, and fanouts over them are followed. The caller is the planner: nobody asks for an asset meanwhile.';

-- source: db/functions/asset/target_params.sql
create or replace function asset.target_params(p_target_kind text, p_item_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select jsonb_object_agg(t.param, p_item_id::text)
  from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
  where k.kind = p_target_kind
  having bool_and(t.type = 'user_id') and count(*) = 1;
$$;
comment on function asset.target_params(text, bigint) is 'The params of a fanout''s target for one user; null for a kind that is not made from one user.';

-- source: db/functions/asset/try_pins.sql
create or replace function asset.try_pins(p_instance_id bigint)
  returns boolean
  language plpgsql
  volatile
as $$
begin
  return (
    select count(*) from (select from asset.dependencies where instance_id = p_instance_id order by role for no key update skip locked) as held
  ) = (select count(*) from asset.dependencies where instance_id = p_instance_id);
end;
$$;
comment on function asset.try_pins(bigint) is
  'Keeps the pins of an instance as they are until the end of the transaction; false: somebody lets it rest just now. The caller holds the lock of its row.';

-- source: db/functions/asset/try_planner.sql
create or replace function asset.try_planner()
  returns boolean
  language sql
  volatile
as $$
  select pg_catalog.pg_try_advisory_xact_lock(7766, 2);
$$;
comment on function asset.try_planner() is 'Whether this transaction is now the one that plans; see asset.lock_planner().';

-- source: db/functions/asset/try_root.sql
create or replace function asset.try_root(
    p_kind text, p_params jsonb, p_fresh_within interval, p_reconcile_within interval, p_reconcile_doubt numeric, out needs jsonb, out unknown jsonb)
  language plpgsql
  volatile
as $$
declare
  v_root_id bigint;
  v_instance asset.instances;
begin
  perform asset.lock_planner();
  begin
    v_root_id := asset.enable_root(p_kind, p_params, null, null, p_fresh_within, p_reconcile_within, p_reconcile_doubt);
    for v_instance in
      select * from asset.instances as i
      where i.instance_id in (select w.instance_id from asset.wants as w where w.root_id = v_root_id) order by i.depth, i.instance_id
    loop
      perform asset.pin_dependencies(v_instance);
    end loop;
    needs := (
      select coalesce(jsonb_agg(jsonb_build_object('sync_kind', n.sync_kind, 'subject_id', n.subject_id::text,
                                                   'fresh_within', w.fresh_within, 'reconcile_within', w.reconcile_within)), '[]')
      from asset.needs_of_root(v_root_id) as n cross join lateral ingest.windows_of(n.sync_kind, n.subject_id) as w);
    unknown := asset.expect_members(v_root_id);
    raise exception 'that was a trial' using errcode = 'RK032', hint = 'Nobody outside of asset.try_root() sees this.';
  exception
    when sqlstate 'RK032' then
      null;
  end;
end;
$$;
comment on function asset.try_root(text, jsonb, interval, interval, numeric) is
  'What a root would need, by the code that enables it: it is enabled, asked, and undone. needs: each sync with its windows. unknown: see asset.expect_members. Errors of asset.enable_root.';

-- source: db/functions/asset/unknown_ends.sql
create or replace function asset.unknown_ends(p_instance_id bigint, p_from bigint, p_to bigint)
  returns setof graph.follow_changes
  language sql
  stable
as $$
  -- Of each who left, the follows that are wrong now and that ended for a reason that nothing says.
  select c.*
  from asset.net_changes('user', p_instance_id, p_from, p_to) as d
  cross join asset.follows_of(p_instance_id) as f
  join asset.materializations as m on m.instance_id = p_instance_id and m.materialization_id = p_to
  cross join lateral graph.last_change_of_follow(case when f.item_follows then f.subject_id else d.item_id end,
                                                 case when f.item_follows then d.item_id else f.subject_id end, m.read_revision) as c
  cross join lateral ingest.reason_of_end(c) as r
  where not d.has_entered and f.is_wanted and c.change = 'removed' and r.reason = 'unknown' and ingest.taken_up_again_at(c) = 'infinity';
$$;
comment on function asset.unknown_ends(bigint, bigint, bigint) is 'The ended follows of those who left an asset between two materializations, and of whom nothing says why.';

-- source: db/functions/asset/unread_inputs.sql
create or replace function asset.unread_inputs(p_instance asset.instances)
  returns text
  language sql
  stable
as $$
  select case
    when p_instance.read_revision is null then 'everything is read next'
    when exists (select from asset.marks where instance_id = p_instance.instance_id and cause = 'edit') then 'an edit was not read yet'
    -- What is watched has no past to read: it is as it was read only while nothing of it has moved since.
    when exists (select from asset.dependencies where instance_id = p_instance.instance_id and watched <> '{}') and (
        not exists (select from asset.wants where instance_id = p_instance.instance_id)
        or exists (select from asset.marks where instance_id = p_instance.instance_id and revision > p_instance.input_revision)
        or (select position < graph.last_change_id() or exists (select from graph.recounts where change_id > position) from asset.log_position))
      then 'changes were not read yet'
  end;
$$;
comment on function asset.unread_inputs(asset.instances) is
  'Why the inputs of an instance cannot be read as the last success read them; null when they can. Graph and dependencies always can (A11); edits of a set and what is watched have no history.';

-- source: db/functions/asset/verify.sql
create or replace function asset.verify(p_instance_id bigint)
  returns setof asset.finding
  language plpgsql
  volatile
as $$
declare
  v_instance constant asset.instances := asset.lock_instance(p_instance_id);
  v_item_kind constant text := asset.item_kind_of(p_instance_id);
begin
  return query select * from asset.verify_checkpoint(v_item_kind, v_instance);
  return query select * from asset.verify_history(v_item_kind, v_instance);
  return query select * from asset.verify_events(v_item_kind, v_instance);
  return query select * from asset.verify_members(v_item_kind, v_instance);
  return query select * from asset.verify_computation(v_item_kind, v_instance);
end;
$$;
comment on function asset.verify(bigint) is
  'Holds an instance against its events and its inputs (A13); empty when all is in order. Waits for its lock. Changes nothing. RK004 for an unknown instance.';

-- source: db/functions/asset/verify_checkpoint.sql
create or replace function asset.verify_checkpoint(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language sql
  stable
as $$
  with counted as materialized (
    select count(*) as member_count
    from asset.fold_events(p_item_kind, p_instance.instance_id)
    where is_in
  )
  select c.finding, s.materialization_id, null::bigint, c.expected::text, c.found::text, c.remedy
  from asset.last_success(p_instance.instance_id) as s
  cross join counted as n
  cross join lateral (values
    ('checkpoint', s.materialization_id, p_instance.checkpoint_id, 'rebuild'),
    ('position', s.read_revision, coalesce(p_instance.read_revision, s.read_revision), 'rebuild'),
    ('revision', coalesce(s.output_revision, 0), p_instance.output_revision, 'rebuild'),
    ('member_count', n.member_count, p_instance.member_count, 'rebuild'),
    ('member_count', n.member_count, coalesce(s.member_count, 0), 'read_everything')
  ) as c (finding, expected, found, remedy)
  where c.expected is distinct from c.found;
$$;
comment on function asset.verify_checkpoint(text, asset.instances) is 'Whether an instance stands where its last success left it, and counts the members that its events add up to (A10, A13).';

-- source: db/functions/asset/verify_computation.sql
create or replace function asset.verify_computation(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language plpgsql
  volatile
as $$
declare
  v_pinned_ids constant jsonb := (select jsonb_object_agg(role, pinned_id) from asset.dependencies where instance_id = p_instance.instance_id);
begin
  -- A position that is wrong is a finding of its own (asset.verify_checkpoint): there nothing was read.
  if p_instance.read_revision is not null then
    select s.read_revision into p_instance.read_revision from asset.last_success(p_instance.instance_id) as s;
  end if;
  -- Kinds read at the pins: for the moment these are what the snapshot has read. The caller holds the instance, so nobody else looks.
  update asset.dependencies set pinned_id = read_id where instance_id = p_instance.instance_id and pinned_id is distinct from read_id;
  -- Dynamic: a kind's functions are named after it.
  return query execute format($sql$
    with unread as materialized (
      select asset.unread_inputs($1) as reason
    ), computed as (
      select item_id from asset.%I($1.instance_id, $1.params, null, $1.read_revision) where belongs and (select reason is null from unread)
    ), folded as (
      select item_id, moved_id from asset.fold_events($2, $1.instance_id) where is_in and (select reason is null from unread)
    )
    select 'computation', f.moved_id, item_id, case when f.moved_id is null then 'in' else 'out' end,
           case when f.moved_id is null then 'out' else 'in' end, 'read_everything'
    from (select item_id, true as belongs from computed) as c
    full join folded as f using (item_id)
    where c.belongs is null or f.moved_id is null
    union all
    select 'note', null, null, null, 'not computed: ' || reason, 'none' from unread where reason is not null and $1.checkpoint_id is not null
  $sql$, p_instance.kind || '_candidates') using p_instance, p_item_kind;
  update asset.dependencies set pinned_id = (v_pinned_ids ->> role)::bigint
  where instance_id = p_instance.instance_id and pinned_id is distinct from (v_pinned_ids ->> role)::bigint;
end;
$$;
comment on function asset.verify_computation(text, asset.instances) is
  'Whether the events of an instance add up to what its kind computes from everything, at the inputs that the last success read; a note when these cannot be read any more. The caller holds the lock of its row.';

-- source: db/functions/asset/verify_events.sql
create or replace function asset.verify_events(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language sql
  stable
as $$
  with placed as (
    select e.materialization_id, e.item_id, e.is_enter, e.is_first_appearance, coalesce(lag(e.is_enter) over item, false) as was_in,
           count(*) filter (where e.is_enter) over item as enter_count
    from asset.events as e
    where e.item_kind = p_item_kind and e.instance_id = p_instance.instance_id
    window item as (partition by e.item_id order by e.materialization_id)
  )
  select f.finding, p.materialization_id, p.item_id, f.expected, f.found, f.remedy
  from placed as p
  cross join lateral (values
    ('event', case when p.was_in then 'exit' else 'enter' end, case when p.is_enter then 'enter' else 'exit' end, 'none'),
    ('first_appearance', case when p.is_enter then (p.enter_count = 1)::text end, p.is_first_appearance::text, 'rebuild')
  ) as f (finding, expected, found, remedy)
  where f.expected is distinct from f.found;
$$;
comment on function asset.verify_events(text, asset.instances) is
  'Whether the enters and exits of each item take turns, and the first enter, and no other, is a first appearance (A9). Events that do not take turns cannot be mended.';

-- source: db/functions/asset/verify_history.sql
create or replace function asset.verify_history(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language sql
  stable
as $$
  with counted as (
    select e.materialization_id, count(*) filter (where e.is_enter) as enter_count, count(*) filter (where not e.is_enter) as exit_count
    from asset.events as e
    where e.item_kind = p_item_kind and e.instance_id = p_instance.instance_id
    group by e.materialization_id
  ), succeeded as (
    select m.materialization_id, m.output_revision, m.enter_count, m.exit_count,
           lag(m.output_revision, 1, 0::bigint) over (order by m.materialization_id) as last_revision
    from asset.materializations as m
    where m.instance_id = p_instance.instance_id and m.status = 'success'
  )
  select f.finding, materialization_id, null::bigint, f.expected, f.found, 'none'
  from succeeded as s
  full join counted as c using (materialization_id)
  cross join lateral (values
    ('event_count', format('+%s -%s', coalesce(s.enter_count, 0), coalesce(s.exit_count, 0)), format('+%s -%s', coalesce(c.enter_count, 0), coalesce(c.exit_count, 0))),
    ('revision', (s.last_revision + (s.enter_count + s.exit_count > 0)::integer)::text, s.output_revision::text)
  ) as f (finding, expected, found)
  where f.expected is distinct from f.found;
$$;
comment on function asset.verify_history(text, asset.instances) is
  'Whether the successes of an instance count their events, and their revisions rise by one where the membership changed and nowhere else (A8). What is wrong here cannot be mended.';

-- source: db/functions/asset/verify_members.sql
create or replace function asset.verify_members(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language sql
  stable
as $$
  select 'member', coalesce(t.moved_id, m.moved_id), item_id,
         asset.describe_member(t.moved_id, t.first_entered_at, t.entered_at, t.left_at),
         asset.describe_member(m.moved_id, m.first_entered_at, m.entered_at, m.left_at), 'rebuild'
  from asset.fold_events(p_item_kind, p_instance.instance_id) as t
  full join (
    select * from asset.members
    where item_kind = p_item_kind and instance_id = p_instance.instance_id
  ) as m using (item_id)
  where (t.moved_id, t.first_entered_at, t.entered_at, t.left_at) is distinct from (m.moved_id, m.first_entered_at, m.entered_at, m.left_at);
$$;
comment on function asset.verify_members(text, asset.instances) is 'Whether the snapshot of an instance is the fold of its events, item by item (A10).';

-- source: db/functions/asset/verify_queued.sql
create or replace function asset.verify_queued(p_instance_id bigint)
  returns text
  language plpgsql
  volatile
as $$
declare
  v_until constant timestamptz := base.now() + base.setting_interval('materialization.backoff_cap');
  v_found jsonb;
  v_state text;
  v_message text;
  v_context text;
begin
  v_found := asset.repair(p_instance_id);
  return case when jsonb_path_exists(v_found, '$[*] ? (@.finding != "note")') then 'repaired' else 'verified' end;
exception
  -- Whatever a kind's function raises is that instance's error, and nobody else's (A7).
  when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_context = pg_exception_context;
    update asset.verifications set due_at = v_until where instance_id = p_instance_id;
    perform base.decide('verification_failed', 'instance ' || p_instance_id, v_state || ' ' || v_message, v_until, jsonb_build_object('context', v_context));
    return 'unverified';
end;
$$;
comment on function asset.verify_queued(bigint) is
  'Verifies an instance and repairs it: verified (all was in order), repaired, or unverified: an error, which is a decision, and is tried again later.';

-- source: db/functions/asset/waits_for_retry.sql
create or replace function asset.waits_for_retry(p_instance_id bigint)
  returns boolean
  language sql
  stable
as $$
  select exists (
    select from asset.marks
    where instance_id = p_instance_id and cause = 'retry' and look_at > base.now() and look_at < 'infinity');
$$;
comment on function asset.waits_for_retry(bigint) is 'Whether the back-off after a failed materialization has not passed yet: what comes in meanwhile waits for it (A7).';

-- source: db/functions/asset/waits_for_sync.sql
create or replace function asset.waits_for_sync(p_instance asset.instances)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_needs jsonb;
  v_kinds text;
  v_until timestamptz;
begin
  select jsonb_agg(to_jsonb(u) || jsonb_build_object('subject_id', u.subject_id::text)), string_agg(distinct u.sync_kind, ', '), min(u.look_at)
  into v_needs, v_kinds, v_until
  from ingest.unmet_needs(p_instance.instance_id, 10) as u;
  if v_needs is null then
    return false;
  end if;
  perform base.decide('missing_prerequisite', 'instance ' || p_instance.instance_id, 'waits for syncs: ' || v_kinds, v_until,
                      jsonb_build_object('syncs', v_needs));
  return true;
end;
$$;
comment on function asset.waits_for_sync(asset.instances) is 'Whether a sync that the instance needs is not fresh (A5); then the decision names up to ten, with their runs.';

-- source: db/functions/asset/wake_instance.sql
create or replace function asset.wake_instance(p_instance_id bigint, p_root_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  -- What the members whom it watches did while it rested was not marked: it reads everything again.
  update asset.instances as i set read_revision = null
  where i.instance_id = p_instance_id and i.read_revision is not null
    and exists (select from asset.dependencies where instance_id = i.instance_id and watched <> '{}');
  insert into asset.marks (instance_id, cause, cause_id, look_at) values (p_instance_id, 'root', p_root_id, base.now());
  -- What is made from other assets learns its needs when it pins them (asset.pin_dependencies). Pins are left only of what somebody had in hand.
  update asset.dependencies set pinned_id = null where instance_id = p_instance_id and pinned_id is not null;
  if not exists (select from asset.dependencies where instance_id = p_instance_id) then
    perform asset.change_needs(p_instance_id, false);
  end if;
end;
$$;
comment on function asset.wake_instance(bigint, bigint) is 'An instance is wanted now that was not: it is looked at, and its syncs are needed.';

-- source: db/functions/asset/warn_of_empty_set.sql
create or replace function asset.warn_of_empty_set(p_stable_key text)
  returns void
  language plpgsql
  volatile
as $$
begin
  raise warning 'the specified set % is empty', quote_literal(p_stable_key)
    using hint = 'select api.specified_users_add(''' || replace(p_stable_key, '''', '''''') || ''', array[…]); puts users in.';
  perform base.decide('empty_set', 'specified users ' || quote_literal(p_stable_key), 'the set has no member', null);
end;
$$;
comment on function asset.warn_of_empty_set(text) is 'An empty specified set is a warning, and an empty membership (A14).';

-- source: db/functions/asset/watches_of.sql
create or replace function asset.watches_of(p_kind text, p_params jsonb)
  returns table (role text, fact text)
  language plpgsql
  stable
as $$
begin
  if asset.has_hook(p_kind, 'watches') then
    -- Dynamic: a kind is a row of asset.kinds, and its functions are named after it.
    return query execute format('select * from asset.%I($1)', p_kind || '_watches') using p_params;
  end if;
end;
$$;
comment on function asset.watches_of(text, jsonb) is
  'What an asset of this kind reads of the members of its dependencies, beside who they are: profile, counts or posts, by role. Most kinds read none.';

-- source: db/functions/asset/work_off_queue.sql
create or replace function asset.work_off_queue(p_deadline timestamptz)
  returns text[]
  language plpgsql
  volatile
as $$
declare
  v_next record;
  v_instance asset.instances;
  v_passed_ids bigint[] := array[]::bigint[];
  v_results text[] := array[]::text[];
begin
  loop
    select q.instance_id, q.work into v_next
    from asset.queue as q join asset.instances as i using (instance_id)
    where q.instance_id <> all (v_passed_ids)
    order by q.queued_at, i.depth, i.kind, i.identity_hash, q.work
    limit 1
    for update of q skip locked
    for no key update of i skip locked;
    exit when not found;
    if not asset.try_pins(v_next.instance_id) then
      v_passed_ids := v_passed_ids || v_next.instance_id;
      continue;
    end if;
    delete from asset.queue where instance_id = v_next.instance_id and work = v_next.work;
    if v_next.work = 'verify' then
      v_results := v_results || asset.verify_queued(v_next.instance_id);
    elsif exists (select from asset.wants where instance_id = v_next.instance_id)
      -- One that rested meanwhile has lost its pins: the look that its waking asked for sees to it.
      and not exists (select from asset.dependencies where instance_id = v_next.instance_id and pinned_id is null) then
      select * into strict v_instance from asset.instances where instance_id = v_next.instance_id;
      v_instance.input_revision := asset.input_revision_of(v_instance);
      v_results := v_results || asset.materialize(v_instance);
    end if;
    -- Elapsed time, hence the wall clock: the clock of base.now() stands still inside a transaction.
    -- After a failure too: what it decided about others is locked until the end.
    exit when pg_catalog.clock_timestamp() >= p_deadline or v_results[cardinality(v_results)] = 'error';
  end loop;
  return v_results;
end;
$$;
comment on function asset.work_off_queue(timestamptz) is
  'Materializes and verifies what is queued, one instance after the other until the deadline; returns what each came to. The caller holds no other lock: this may take long.';

-- source: db/functions/kinds/post_corpus_for_segment.sql
-- The posts of a segment's members (A1).

insert into asset.kinds (kind, item_kind, param_types, description)
values ('post_corpus_for_segment', 'post', '{"source": "segment"}', 'The posts by the members of a segment.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.post_corpus_for_segment_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select 'source', p_params -> 'source' ->> 'kind', p_params -> 'source' -> 'params';
$$;
comment on function asset.post_corpus_for_segment_dependencies(jsonb) is 'The segment.';

create or replace function asset.post_corpus_for_segment_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  stable
as $$
  select 'posts', i.item_id, asset.has_member(p_instance_id, 'source', i.item_id), true
  from (select distinct item_id from asset.moved_items(p_instance_id, 'source', not p_only_moved)) as i;
$$;
comment on function asset.post_corpus_for_segment_needs(bigint, jsonb, boolean) is
  'The posts of each member of the pinned membership (A5); an author whose posts X does not show holds nobody up.';

create or replace function asset.post_corpus_for_segment_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  -- All posts of authors who came or went; of authors who stayed, the posts that changed.
  with moved as materialized (
    select a.author_id, asset.has_member(p_instance_id, 'source', a.author_id) as belongs
    from (select distinct item_id as author_id from asset.moved_items(p_instance_id, 'source', p_from is null)) as a
  ), stayed as materialized (
    select m.subject_id as author_id
    from (select distinct subject_id from asset.marks where instance_id = p_instance_id and subject_id is not null) as m
    where p_from is not null
      and not exists (select from moved as a where a.author_id = m.subject_id)
      and asset.has_member(p_instance_id, 'source', m.subject_id)
  )
  select p.post_id, a.belongs and graph.is_post_alive_at(p, p_to)
  from moved as a
  join graph.posts as p using (author_id)
  union all
  select p.post_id, graph.is_post_alive_at(p, p_to)
  from (
    select distinct c.post_id
    from stayed as a
    join graph.post_changes as c using (author_id)
    where c.change_id > p_from and c.change_id <= p_to
  ) as c
  join graph.posts as p using (post_id);
$$;
comment on function asset.post_corpus_for_segment_candidates(bigint, jsonb, bigint, bigint) is 'Posts that are there, by authors who are in the pinned segment.';

-- source: db/functions/kinds/segment_filter.sql
-- The members of a segment whose profile meets every condition of `where`:
--
--   followers, following, posts, listed   {"min": 100, "max": 5000}                         counts; one bound or both, both included
--   joined, last_post                     {"since": "2026-01-01", "before": "2026-02-01"}   days in UTC; one or both
--   verified, protected                   true or false
--   bio, location, name                   {"matches": "data (engineer|scientist)"}          a regular expression, in any case
--
-- Days are absolute: an age in days would move members in and out by the mere passing of time, which no row of the graph says. A last post is
-- the newest that is known here and was not found deleted. What is not known meets no condition; an empty bio or location is a known one.
-- It buys nothing: a profile is as last seen, and posts are known where something else reads them, such as a post corpus of the same segment.

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_filter', 'user', '{"source": "segment", "where": "json"}', 'The members of a segment whose profile meets conditions.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_filter_fields()
  returns table (field text, fact text, form text, hint text)
  language sql
  immutable
as $$
  select f.field, f.fact, h.form, h.hint
  from (values
    ('count', 'Give {"min": …, "max": …}, one or both: whole numbers from 0, the smaller one first.'),
    ('day', 'Give {"since": "2026-01-01", "before": "2026-02-01"}, one or both: days in UTC, the earlier one first.'),
    ('flag', 'Give true or false.'),
    ('pattern', 'Give {"matches": "…"}: a regular expression of 1 to 500 characters, without back-references.')) as h (form, hint)
  join (values
    ('followers', 'counts', 'count'), ('following', 'counts', 'count'), ('posts', 'counts', 'count'), ('listed', 'counts', 'count'),
    ('joined', 'profile', 'day'), ('last_post', 'posts', 'day'),
    ('verified', 'profile', 'flag'), ('protected', 'profile', 'flag'),
    ('bio', 'profile', 'pattern'), ('location', 'profile', 'pattern'), ('name', 'profile', 'pattern')) as f (field, fact, form) using (form);
$$;
comment on function asset.segment_filter_fields() is 'What a filter can ask about: in which form, where in the graph it is read, and the hint for who says it wrongly.';

create or replace function asset.segment_filter_is_bound(p_form text, p_bound text, p_value jsonb)
  returns boolean
  language sql
  stable
as $$
  select case
    when p_form = 'count' and p_bound in ('min', 'max') then jsonb_typeof(p_value) = 'number' and p_value #>> '{}' ~ '^[0-9]{1,18}$'
    when p_form = 'day' and p_bound in ('since', 'before') then
      jsonb_typeof(p_value) = 'string' and base.parse_time((p_value #>> '{}') || 'T00:00:00Z') is not null
    -- A back-reference can take a time that is exponential in the text.
    when p_form = 'pattern' and p_bound = 'matches' then
      jsonb_typeof(p_value) = 'string' and length(p_value #>> '{}') between 1 and 500 and p_value #>> '{}' !~ '(^|[^\\])(\\\\)*\\[1-9]'
    else false
  end;
$$;
comment on function asset.segment_filter_is_bound(text, text, jsonb) is 'Whether a condition of this form can have this bound.';

create or replace function asset.segment_filter_is_condition(p_form text, p_value jsonb)
  returns boolean
  language plpgsql
  stable
as $$
begin
  if p_form = 'flag' then
    return jsonb_typeof(p_value) = 'boolean';
  end if;
  if jsonb_typeof(p_value) <> 'object' or p_value = '{}'
     or exists (select from jsonb_each(p_value) as b where not asset.segment_filter_is_bound(p_form, b.key, b.value)) then
    return false;
  end if;
  return case p_form
    when 'count' then coalesce((p_value ->> 'min')::bigint <= (p_value ->> 'max')::bigint, true)
    when 'day' then coalesce(p_value ->> 'since' < p_value ->> 'before', true)
    else true
  end;
end;
$$;
comment on function asset.segment_filter_is_condition(text, jsonb) is 'Whether this is a condition of this form, which somebody can meet.';

create or replace function asset.segment_filter_check_pattern(p_field text, p_pattern text)
  returns void
  language plpgsql
  stable
as $$
begin
  perform '' ~* p_pattern;
exception
  when invalid_regular_expression then
    raise exception '% cannot match %', p_field, quote_literal(p_pattern)
      using errcode = 'RK002', detail = sqlerrm, hint = 'Give a regular expression as PostgreSQL reads them.';
end;
$$;
comment on function asset.segment_filter_check_pattern(text, text) is 'Error RK002 for what is no regular expression.';

create or replace function asset.segment_filter_canonical(p_params jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_where constant jsonb := p_params -> 'where';
  v_condition record;
begin
  if jsonb_typeof(v_where) <> 'object' or v_where = '{}' then
    raise exception 'where cannot be %', v_where
      using errcode = 'RK002', hint = 'Give one condition or more, as in {"followers": {"min": 1000}, "verified": true}.';
  end if;
  for v_condition in
    select w.key, w.value, f.form, f.hint
    from jsonb_each(v_where) as w left join asset.segment_filter_fields() as f on f.field = w.key
  loop
    if v_condition.form is null then
      raise exception 'where names no field that a profile has: %', quote_literal(v_condition.key)
        using errcode = 'RK002',
              hint = 'The fields are ' || (select string_agg(field, ', ' order by field) from asset.segment_filter_fields()) || '.';
    end if;
    if not asset.segment_filter_is_condition(v_condition.form, v_condition.value) then
      raise exception '% cannot be %', v_condition.key, v_condition.value
        using errcode = 'RK002', hint = v_condition.hint;
    end if;
    if v_condition.form = 'pattern' then
      perform asset.segment_filter_check_pattern(v_condition.key, v_condition.value ->> 'matches');
    end if;
  end loop;
  return p_params;
end;
$$;
comment on function asset.segment_filter_canonical(jsonb) is 'The params as they are, if every condition is one. Error RK002.';

create or replace function asset.segment_filter_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select 'source', p_params -> 'source' ->> 'kind', p_params -> 'source' -> 'params';
$$;
comment on function asset.segment_filter_dependencies(jsonb) is 'The segment.';

create or replace function asset.segment_filter_watches(p_params jsonb)
  returns table (role text, fact text)
  language sql
  immutable
as $$
  select distinct 'source', f.fact
  from asset.segment_filter_fields() as f
  where p_params -> 'where' ? f.field;
$$;
comment on function asset.segment_filter_watches(jsonb) is 'Of the segment''s members, what the conditions ask about.';

create or replace function asset.segment_filter_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select null::text, null::bigint, null::boolean, null::boolean where false;
$$;
comment on function asset.segment_filter_needs(bigint, jsonb, boolean) is 'None of its own: profiles come with the lists that the segment is made from.';

create or replace function asset.segment_filter_bounds(p_where jsonb)
  returns table (
    followers_min bigint, followers_max bigint, following_min bigint, following_max bigint, posts_min bigint, posts_max bigint,
    listed_min bigint, listed_max bigint, joined_since timestamptz, joined_before timestamptz, last_post_since timestamptz,
    last_post_before timestamptz, verified boolean, protected boolean, bio text, location text, name text)
  language sql
  stable
as $$
  select (p_where #>> '{followers,min}')::bigint, (p_where #>> '{followers,max}')::bigint,
         (p_where #>> '{following,min}')::bigint, (p_where #>> '{following,max}')::bigint,
         (p_where #>> '{posts,min}')::bigint, (p_where #>> '{posts,max}')::bigint,
         (p_where #>> '{listed,min}')::bigint, (p_where #>> '{listed,max}')::bigint,
         ((p_where #>> '{joined,since}') || 'T00:00:00Z')::timestamptz, ((p_where #>> '{joined,before}') || 'T00:00:00Z')::timestamptz,
         ((p_where #>> '{last_post,since}') || 'T00:00:00Z')::timestamptz, ((p_where #>> '{last_post,before}') || 'T00:00:00Z')::timestamptz,
         (p_where ->> 'verified')::boolean, (p_where ->> 'protected')::boolean,
         p_where #>> '{bio,matches}', p_where #>> '{location,matches}', p_where #>> '{name,matches}';
$$;
comment on function asset.segment_filter_bounds(jsonb) is 'The conditions as one row, read once for all candidates; null: no such condition.';

create or replace function asset.segment_filter_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  with bounds as materialized (
    select b.* from asset.segment_filter_bounds(p_params -> 'where') as b
  )
  select i.item_id, coalesce(
    (w.followers_min is null or c.followers_count >= w.followers_min)
    and (w.followers_max is null or c.followers_count <= w.followers_max)
    and (w.following_min is null or c.following_count >= w.following_min)
    and (w.following_max is null or c.following_count <= w.following_max)
    and (w.posts_min is null or c.post_count >= w.posts_min)
    and (w.posts_max is null or c.post_count <= w.posts_max)
    and (w.listed_min is null or c.listed_count >= w.listed_min)
    and (w.listed_max is null or c.listed_count <= w.listed_max)
    and (w.joined_since is null or u.joined_at >= w.joined_since)
    and (w.joined_before is null or u.joined_at < w.joined_before)
    and (w.verified is null or u.is_verified = w.verified)
    and (w.protected is null or u.is_protected = w.protected)
    and (w.bio is null or coalesce(u.description, '') ~* w.bio)
    and (w.location is null or coalesce(u.location, '') ~* w.location)
    and (w.name is null or u.name ~* w.name)
    and (coalesce(w.last_post_since, w.last_post_before) is null or (
      select p.posted_at >= coalesce(w.last_post_since, p.posted_at) and p.posted_at < coalesce(w.last_post_before, 'infinity')
      from graph.posts as p
      where p.author_id = i.item_id and p.deleted_at is null
      order by p.post_id desc limit 1)), false) and i.is_in
  from (
    select item_id, true as is_in from asset.pinned_members(p_instance_id, 'source') where p_from is null
    union all
    select m.item_id, asset.has_member(p_instance_id, 'source', m.item_id)
    from (
      select item_id from asset.moved_items(p_instance_id, 'source', false)
      union
      select subject_id from asset.marks where instance_id = p_instance_id and subject_id is not null
    ) as m
    where p_from is not null
  ) as i
  cross join bounds as w
  join lateral (select * from graph.users where user_id = i.item_id limit 1) as u on true
  left join lateral (select * from graph.user_counts where user_id = i.item_id limit 1) as c on true;
$$;
comment on function asset.segment_filter_candidates(bigint, jsonb, bigint, bigint) is
  'At first, all members; then whoever came or went, and members whose profile, counts or posts changed, as far as a condition asks. Belongs who is in and meets all.';

-- source: db/functions/kinds/segment_followed.sql
-- Whom a user follows (A1).

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_followed', 'user', '{"subject_id": "user_id"}', 'The users that a user follows.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_followed_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select null::text, null::text, null::jsonb where false;
$$;
comment on function asset.segment_followed_dependencies(jsonb) is 'None.';

create or replace function asset.segment_followed_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select 'following', (p_params ->> 'subject_id')::bigint, true, false;
$$;
comment on function asset.segment_followed_needs(bigint, jsonb, boolean) is 'The list of those whom the subject follows.';

create or replace function asset.segment_followed_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  select f.target_id, case when f.change_id <= p_to then f.deleted_at is null else graph.is_follow_alive_at(f, p_to) end
  from graph.follows as f
  where p_from is null and f.follower_id = (p_params ->> 'subject_id')::bigint
  union all
  select c.target_id, c.change <> 'removed'
  from (
    select distinct on (target_id) target_id, change
    from graph.follow_changes
    where p_from is not null and follower_id = (p_params ->> 'subject_id')::bigint and change_id > p_from and change_id <= p_to
    order by target_id, change_id desc
  ) as c;
$$;
comment on function asset.segment_followed_candidates(bigint, jsonb, bigint, bigint) is 'The followed users, or those whose follow changed, as the last change up to the position left it.';

create or replace function asset.segment_followed_follows(p_params jsonb)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language sql
  immutable
as $$
  select (p_params ->> 'subject_id')::bigint, f.item_follows, f.is_wanted
  from (values (false, true)) as f (item_follows, is_wanted);
$$;
comment on function asset.segment_followed_follows(jsonb) is 'The subject''s follow of the item.';

-- source: db/functions/kinds/segment_followers.sql
-- Who follows a user (A1).

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_followers', 'user', '{"subject_id": "user_id"}', 'The followers of a user.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_followers_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select null::text, null::text, null::jsonb where false;
$$;
comment on function asset.segment_followers_dependencies(jsonb) is 'None.';

create or replace function asset.segment_followers_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select 'followers', (p_params ->> 'subject_id')::bigint, true, false;
$$;
comment on function asset.segment_followers_needs(bigint, jsonb, boolean) is 'The subject''s followers.';

create or replace function asset.segment_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  select f.follower_id, case when f.change_id <= p_to then f.deleted_at is null else graph.is_follow_alive_at(f, p_to) end
  from graph.follows as f
  where p_from is null and f.target_id = (p_params ->> 'subject_id')::bigint
  union all
  select c.follower_id, c.change <> 'removed'
  from (
    select distinct on (follower_id) follower_id, change
    from graph.follow_changes
    where p_from is not null and target_id = (p_params ->> 'subject_id')::bigint and change_id > p_from and change_id <= p_to
    order by follower_id, change_id desc
  ) as c;
$$;
comment on function asset.segment_followers_candidates(bigint, jsonb, bigint, bigint) is 'The followers, or those whose follow changed, as the last change up to the position left it.';

create or replace function asset.segment_followers_follows(p_params jsonb)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language sql
  immutable
as $$
  select (p_params ->> 'subject_id')::bigint, f.item_follows, f.is_wanted
  from (values (true, true)) as f (item_follows, is_wanted);
$$;
comment on function asset.segment_followers_follows(jsonb) is 'The item''s follow of the subject.';

-- source: db/functions/kinds/segment_mutuals.sql
-- Who follows a user and is followed back (A1): followers and followed.

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_mutuals', 'user', '{"subject_id": "user_id"}', 'The followers of a user whom that user follows too.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_mutuals_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select d.role, d.kind, p_params
  from (values ('followers', 'segment_followers'), ('followed', 'segment_followed')) as d (role, kind);
$$;
comment on function asset.segment_mutuals_dependencies(jsonb) is 'The two segments of the same subject.';

create or replace function asset.segment_mutuals_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select null::text, null::bigint, null::boolean, null::boolean where false;
$$;
comment on function asset.segment_mutuals_needs(bigint, jsonb, boolean) is 'None of its own.';

create or replace function asset.segment_mutuals_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  -- Grouped, not intersected: a hashed INTERSECT keeps all of a side in memory, however large.
  select m.item_id, true
  from (
    select item_id from asset.pinned_members(p_instance_id, 'followers')
    union all
    select item_id from asset.pinned_members(p_instance_id, 'followed')
  ) as m
  where p_from is null
  group by m.item_id
  having count(*) = 2
  union all
  select i.item_id, asset.has_member(p_instance_id, 'followers', i.item_id) and asset.has_member(p_instance_id, 'followed', i.item_id)
  from (
    select item_id from asset.moved_items(p_instance_id, 'followers', false)
    union
    select item_id from asset.moved_items(p_instance_id, 'followed', false)
  ) as i
  where p_from is not null;
$$;
comment on function asset.segment_mutuals_candidates(bigint, jsonb, bigint, bigint) is
  'At first, who is on both sides; then whoever came or went on either.';

create or replace function asset.segment_mutuals_follows(p_params jsonb)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language sql
  immutable
as $$
  select (p_params ->> 'subject_id')::bigint, f.item_follows, f.is_wanted
  from (values (true, true), (false, true)) as f (item_follows, is_wanted);
$$;
comment on function asset.segment_mutuals_follows(jsonb) is 'Both.';

-- source: db/functions/kinds/segment_set.sql
-- The union, intersection or difference of two or more segments. A difference is the first one without the others.

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_set', 'user', '{"operation": "name", "sources": "segments"}',
        'The union, intersection or difference (the first without the others) of two or more segments.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_set_canonical(p_params jsonb)
  returns jsonb
  language plpgsql
  immutable
as $$
declare
  v_operation constant text := p_params ->> 'operation';
begin
  if v_operation not in ('union', 'intersection', 'difference') then
    raise exception 'operation cannot be %', p_params -> 'operation'
      using errcode = 'RK002', hint = 'The operations are union, intersection and difference.';
  end if;
  if jsonb_array_length(p_params -> 'sources') > 100 then
    raise exception 'a set of % segments is too large', jsonb_array_length(p_params -> 'sources')
      using errcode = 'RK002', hint = 'Name at most 100 segments; a set of sets can hold more.';
  end if;
  -- Where the order says nothing it is that of the texts, so that the same set is the same instance.
  return jsonb_set(p_params, '{sources}', (
    select jsonb_agg(s.source order by v_operation = 'difference' and s.position = 1 desc, s.source::text collate "C")
    from jsonb_array_elements(p_params -> 'sources') with ordinality as s (source, position)));
end;
$$;
comment on function asset.segment_set_canonical(jsonb) is
  'The sources in one order, whatever order they were named in; only the first of a difference stays where it is. Error RK002.';

create or replace function asset.segment_set_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select 's' || lpad(s.position::text, 3, '0'), s.source ->> 'kind', s.source -> 'params'
  from jsonb_array_elements(p_params -> 'sources') with ordinality as s (source, position);
$$;
comment on function asset.segment_set_dependencies(jsonb) is 'The segments, in the roles s001, s002, and so on.';

create or replace function asset.segment_set_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select null::text, null::bigint, null::boolean, null::boolean where false;
$$;
comment on function asset.segment_set_needs(bigint, jsonb, boolean) is 'None of its own.';

create or replace function asset.segment_set_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  select m.item_id, true
  from asset.dependencies as d
  cross join lateral asset.members_as_of('user', d.dependency_id, d.pinned_id) as m
  where p_from is null and d.instance_id = p_instance_id
  group by m.item_id
  having case p_params ->> 'operation' when 'union' then true when 'intersection' then count(*) = jsonb_array_length(p_params -> 'sources')
         else bool_and(d.role = 's001') end
  union all
  select i.item_id, b.belongs
  from (
    select distinct m.item_id
    from asset.dependencies as d
    cross join lateral asset.moved_items(p_instance_id, d.role, false) as m
    where p_from is not null and d.instance_id = p_instance_id
  ) as i
  cross join lateral (
    select case p_params ->> 'operation' when 'union' then bool_or(h.is_in) when 'intersection' then bool_and(h.is_in)
           else bool_and(h.is_in = (d.role = 's001')) end as belongs
    from asset.dependencies as d
    cross join lateral (select asset.has_member(p_instance_id, d.role, i.item_id) as is_in) as h
    where d.instance_id = p_instance_id
  ) as b;
$$;
comment on function asset.segment_set_candidates(bigint, jsonb, bigint, bigint) is
  'At first, who is in one, in all, or in the first alone; then whoever came or went in any of them.';

-- source: db/functions/kinds/segment_specified_users.sql
-- Users that an operator lists (A1). A listed id is a member once its profile is known (A14).

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_specified_users', 'user', '{"stable_key": "name"}', 'The users that an operator put on a list.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_specified_users_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select null::text, null::text, null::jsonb where false;
$$;
comment on function asset.segment_specified_users_dependencies(jsonb) is 'None.';

create or replace function asset.segment_specified_users_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  stable
as $$
  select 'users', s.user_id, s.is_listed, true
  from asset.specified_users as s
  where s.stable_key = p_params ->> 'stable_key'
    and (p_only_moved or s.is_listed)
    and (not p_only_moved or s.revision > (select coalesce(read_revision, 0) from asset.instances where instance_id = p_instance_id));
$$;
comment on function asset.segment_specified_users_needs(bigint, jsonb, boolean) is 'The profile of every listed user; one that X does not know holds nobody up.';

create or replace function asset.segment_specified_users_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  -- What was edited, and listed ids whose profile has come by then.
  select s.user_id, s.is_listed and u.user_id is not null
         and not exists (select from graph.user_changes where user_id = s.user_id and change = 'added' and change_id > p_to)
  from (
    select user_id from asset.specified_users
    where stable_key = p_params ->> 'stable_key' and (p_from is null or revision > p_from)
    union
    select subject_id from asset.marks where p_from is not null and instance_id = p_instance_id and subject_id is not null
  ) as i
  cross join lateral (
    select user_id, is_listed from asset.specified_users where stable_key = p_params ->> 'stable_key' and user_id = i.user_id limit 1
  ) as s
  left join lateral (select user_id from graph.users where user_id = s.user_id limit 1) as u on true;
$$;
comment on function asset.segment_specified_users_candidates(bigint, jsonb, bigint, bigint) is 'Listed users who are known.';

-- source: db/functions/kinds/segment_unreciprocated_followed.sql
-- Whom a user follows without being followed back (A1): followed without followers.

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_unreciprocated_followed', 'user', '{"subject_id": "user_id"}', 'The users that a user follows and who do not follow back.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_unreciprocated_followed_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select d.role, d.kind, p_params
  from (values ('followers', 'segment_followers'), ('followed', 'segment_followed')) as d (role, kind);
$$;
comment on function asset.segment_unreciprocated_followed_dependencies(jsonb) is 'The two segments of the same subject.';

create or replace function asset.segment_unreciprocated_followed_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select null::text, null::bigint, null::boolean, null::boolean where false;
$$;
comment on function asset.segment_unreciprocated_followed_needs(bigint, jsonb, boolean) is 'None of its own.';

create or replace function asset.segment_unreciprocated_followed_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  -- Grouped: a hashed EXCEPT keeps all of a side in memory, however large.
  select m.item_id, true
  from (
    select item_id, true as belongs from asset.pinned_members(p_instance_id, 'followed')
    union all
    select item_id, false from asset.pinned_members(p_instance_id, 'followers')
  ) as m
  where p_from is null
  group by m.item_id
  having bool_and(m.belongs)
  union all
  select i.item_id, asset.has_member(p_instance_id, 'followed', i.item_id) and not asset.has_member(p_instance_id, 'followers', i.item_id)
  from (
    select item_id from asset.moved_items(p_instance_id, 'followed', false)
    union
    select item_id from asset.moved_items(p_instance_id, 'followers', false)
  ) as i
  where p_from is not null;
$$;
comment on function asset.segment_unreciprocated_followed_candidates(bigint, jsonb, bigint, bigint) is
  'At first, who is followed and does not follow; then whoever came or went on either side.';

create or replace function asset.segment_unreciprocated_followed_follows(p_params jsonb)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language sql
  immutable
as $$
  select (p_params ->> 'subject_id')::bigint, f.item_follows, f.is_wanted
  from (values (false, true), (true, false)) as f (item_follows, is_wanted);
$$;
comment on function asset.segment_unreciprocated_followed_follows(jsonb) is 'The subject''s follow of the item, and none back.';

-- source: db/functions/kinds/segment_unreciprocated_followers.sql
-- Who follows a user without being followed back, the fans: followers without followed.

insert into asset.kinds (kind, item_kind, param_types, description)
values ('segment_unreciprocated_followers', 'user', '{"subject_id": "user_id"}', 'The followers of a user whom that user does not follow back.')
on conflict (kind) do update set item_kind = excluded.item_kind, param_types = excluded.param_types, description = excluded.description;

create or replace function asset.segment_unreciprocated_followers_dependencies(p_params jsonb)
  returns table (role text, kind text, params jsonb)
  language sql
  immutable
as $$
  select d.role, d.kind, p_params
  from (values ('followers', 'segment_followers'), ('followed', 'segment_followed')) as d (role, kind);
$$;
comment on function asset.segment_unreciprocated_followers_dependencies(jsonb) is 'The two segments of the same subject.';

create or replace function asset.segment_unreciprocated_followers_needs(p_instance_id bigint, p_params jsonb, p_only_moved boolean)
  returns table (sync_kind text, subject_id bigint, is_needed boolean, tolerates_refusal boolean)
  language sql
  immutable
as $$
  select null::text, null::bigint, null::boolean, null::boolean where false;
$$;
comment on function asset.segment_unreciprocated_followers_needs(bigint, jsonb, boolean) is 'None of its own.';

create or replace function asset.segment_unreciprocated_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean)
  language sql
  stable
as $$
  -- Grouped: a hashed EXCEPT keeps all of a side in memory, however large.
  select m.item_id, true
  from (
    select item_id, true as belongs from asset.pinned_members(p_instance_id, 'followers')
    union all
    select item_id, false from asset.pinned_members(p_instance_id, 'followed')
  ) as m
  where p_from is null
  group by m.item_id
  having bool_and(m.belongs)
  union all
  select i.item_id, asset.has_member(p_instance_id, 'followers', i.item_id) and not asset.has_member(p_instance_id, 'followed', i.item_id)
  from (
    select item_id from asset.moved_items(p_instance_id, 'followers', false)
    union
    select item_id from asset.moved_items(p_instance_id, 'followed', false)
  ) as i
  where p_from is not null;
$$;
comment on function asset.segment_unreciprocated_followers_candidates(bigint, jsonb, bigint, bigint) is
  'At first, who follows and is not followed; then whoever came or went on either side.';

create or replace function asset.segment_unreciprocated_followers_follows(p_params jsonb)
  returns table (subject_id bigint, item_follows boolean, is_wanted boolean)
  language sql
  immutable
as $$
  select (p_params ->> 'subject_id')::bigint, f.item_follows, f.is_wanted
  from (values (true, true), (false, false)) as f (item_follows, is_wanted);
$$;
comment on function asset.segment_unreciprocated_followers_follows(jsonb) is 'The item''s follow of the subject, and none back.';

commit;
