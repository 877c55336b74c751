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
  'The registry (A1). A kind is a row here and three functions: asset.<kind>_dependencies, asset.<kind>_needs, asset.<kind>_candidates.';
comment on column asset.kinds.param_types is
  'The params, all of them required, each with its type. user_id: an X id. name: a text that is not blank. segment: {"kind": …, "params": {…}}, a set of users; segments: two or more of them, all different. json: anything, which the kind''s _dependencies function judges.';

create table asset.instances (
  instance_id bigint generated always as identity,
  kind text collate "C" not null,
  params jsonb not null,
  params_hash bytea not null,
  identity_hash bytea not null,
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
comment on column asset.instances.depth is '0 without dependencies, else one more than the deepest of them: the order of materialization.';
comment on column asset.instances.input_revision is 'The last change (of the graph, or of a specified set) that this instance reads.';
comment on column asset.instances.read_revision is 'The graph''s position up to which the snapshot has read its inputs; null: the next materialization reads everything.';
comment on column asset.instances.checkpoint_id is 'The materialization at which the snapshot stands (A10).';

create table asset.roots (
  instance_id bigint not null,
  is_enabled boolean not null,
  enabled_at timestamptz not null,
  disabled_at timestamptz,
  constraint roots_pkey primary key (instance_id),
  constraint roots_instance_id_fkey foreign key (instance_id) references asset.instances,
  constraint a_disabled_root_says_since_when check (is_enabled = (disabled_at is null))
);
comment on table asset.roots is 'What operators want kept fresh (A3). Never deleted.';

create table asset.dependencies (
  instance_id bigint not null,
  role text not null,
  dependency_id bigint not null,
  pinned_id bigint,
  read_id bigint,
  constraint dependencies_pkey primary key (instance_id, role),
  constraint dependencies_instance_id_fkey foreign key (instance_id) references asset.instances,
  constraint dependencies_dependency_id_fkey foreign key (dependency_id) references asset.instances,
  constraint nothing_depends_on_itself check (instance_id <> dependency_id)
) with (fillfactor = 80);
comment on table asset.dependencies is 'Which instance is made from which, in which role.';
comment on column asset.dependencies.pinned_id is 'The materialization of the dependency that the next materialization will read (A12).';
comment on column asset.dependencies.read_id is 'The one that the snapshot has read; null: the next materialization reads everything.';
create index dependencies_dependency_id_idx on asset.dependencies (dependency_id);

create table asset.wants (
  instance_id bigint not null,
  root_id bigint not null,
  constraint wants_pkey primary key (instance_id, root_id),
  constraint wants_instance_id_fkey foreign key (instance_id) references asset.instances,
  constraint wants_root_id_fkey foreign key (root_id) references asset.roots
);
comment on table asset.wants is 'The closure of the enabled roots (A4): why an instance is kept fresh. An instance without a want rests.';
create index wants_root_id_idx on asset.wants (root_id);

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
comment on column asset.materializations.causes is 'Why now: [{"cause": "run", "id": 7}, …] as the marks said.';
comment on column asset.materializations.root_ids is 'The enabled roots that wanted the instance then.';

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

-- Snapshot and events: one shape for both kinds of item, a partition each, so that each has its own foreign key.

create table asset.members (
  item_kind text not null,
  instance_id bigint not null,
  item_id bigint not null,
  first_entered_at timestamptz not null,
  entered_at timestamptz not null,
  left_at timestamptz,
  constraint members_pkey primary key (item_kind, instance_id, item_id)
) partition by list (item_kind);
comment on table asset.members is 'Who is in, and who was once: the snapshot (A10). Leaving marks a row, and entering again takes the mark away.';
create table asset.segment_members partition of asset.members (
  constraint segment_members_item_id_fkey foreign key (item_id) references graph.users
) for values in ('user') with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table asset.segment_members is 'Members that are users.';
create table asset.corpus_members partition of asset.members (
  constraint corpus_members_item_id_fkey foreign key (item_id) references graph.posts
) for values in ('post') with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
comment on table asset.corpus_members is 'Members that are posts.';

create table asset.events (
  item_kind text not null,
  instance_id bigint not null,
  materialization_id bigint not null,
  item_id bigint not null,
  is_enter boolean not null,
  is_first_appearance boolean,
  constraint events_pkey primary key (item_kind, instance_id, materialization_id, item_id),
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
comment on column asset.marks.cause_id is 'Of root: the root''s instance. Of run and change: the run. Of dependency and retry: the materialization.';
comment on column asset.marks.subject_id is 'Whose part of the graph changed: what a delta looks at.';
comment on column asset.marks.revision is 'The last such change or edit.';
comment on column asset.marks.look_at is 'Infinity once looked at: it waits for another mark, and is kept as a cause.';
create index marks_look_at_idx on asset.marks (look_at, mark_id);
create index marks_instance_id_idx on asset.marks (instance_id, subject_id);

create table asset.queue (
  instance_id bigint not null,
  queued_at timestamptz not null,
  constraint queue_pkey primary key (instance_id)
);
comment on table asset.queue is 'Instances that are ready to be materialized from everything: possibly long, so each in a transaction that does nothing else.';

create table asset.log_position (
  is_only_row boolean not null default true,
  position bigint not null,
  constraint log_position_pkey primary key (is_only_row),
  constraint there_is_one_position check (is_only_row)
) with (fillfactor = 50);
comment on table asset.log_position is 'Up to which change the logs of the graph were read into marks.';
insert into asset.log_position (position) values (0);

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
    ), appeared as (
      insert into asset.%2$I (item_kind, instance_id, item_id, first_entered_at, entered_at)
      select $5, $1, item_id, $7, $7 from toggles where is_first
    ), toggled as (
      update asset.%2$I as m set entered_at = case when t.belongs then $7 else m.entered_at end, left_at = case when not t.belongs then $7 end
      from toggles as t
      where not t.is_first and m.item_kind = $5 and m.instance_id = $1 and m.item_id = t.item_id
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
        v_reads_everything and exists (select from asset.members where item_kind = v_kind.item_kind and instance_id = p_instance.instance_id),
        base.now(), p_materialization_id;
  perform asset.complete_materialization(p_instance, p_materialization_id, v_position, v_enter_count, v_exit_count);
end;
$$;
comment on function asset.apply_candidates(asset.instances, bigint) is
  'Asks the kind which items may have changed and which of them belong, and turns the difference to the snapshot into members and events, in one statement.';

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
  if jsonb_typeof(p_value) <> 'string' or (p_value #>> '{}') !~ '\S' or length(p_value #>> '{}') > 200 then
    raise exception '% cannot be %', p_param, p_value
      using errcode = 'RK002', hint = 'Give a name of 1 to 200 characters that are not all blank.';
  end if;
  return p_value;
end;
$$;
comment on function asset.canonical_name(text, jsonb) is 'A name, as it was given. Error RK002.';

-- source: db/functions/asset/canonical_params.sql
create or replace function asset.canonical_params(p_kind text, p_params jsonb)
  returns jsonb
  language plpgsql
  stable
as $$
declare
  v_types jsonb;
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
  return (
    select jsonb_object_agg(t.param, case t.type
      when 'user_id' then asset.canonical_user_id(t.param, p_params -> t.param)
      when 'name' then asset.canonical_name(t.param, p_params -> t.param)
      when 'segment' then asset.canonical_segment(p_kind, t.param, p_params -> t.param)
      when 'segments' then asset.canonical_segments(p_kind, t.param, p_params -> t.param)
      when 'json' then asset.canonical_json(p_params -> t.param) end)
    from jsonb_each_text(v_types) as t (param, type));
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

-- source: db/functions/asset/causes_of.sql
create or replace function asset.causes_of(p_mark_ids bigint[])
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('cause', c.cause, 'id', c.cause_id)) order by c.cause, c.cause_id), '[]')
  from (select distinct cause, cause_id from asset.marks where mark_id = any (p_mark_ids)) as c;
$$;
comment on function asset.causes_of(bigint[]) is 'Why now, as JSON: each cause of these marks once.';

-- source: db/functions/asset/change_needs.sql
create or replace function asset.change_needs(p_instance_id bigint, p_only_moved boolean)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances;
  v_sync_kind text;
  v_subject_ids bigint[];
begin
  select * into strict v_instance from asset.instances where instance_id = p_instance_id;
  -- Dynamic: a kind's functions are named after it.
  for v_sync_kind, v_subject_ids in execute format($sql$
    with needs as materialized (
      select sync_kind, subject_id, is_needed, tolerates_refusal from asset.%I($1, $2, $3)
    ), added as (
      insert into ingest.needs (sync_kind, subject_id, consumer_id, tolerates_refusal)
      select sync_kind, subject_id, $1, tolerates_refusal from needs where is_needed
      on conflict (sync_kind, subject_id, consumer_id) do nothing
    ), dropped as (
      delete from ingest.needs as n using needs as d
      where not d.is_needed and n.sync_kind = d.sync_kind and n.subject_id = d.subject_id and n.consumer_id = $1
    )
    select sync_kind, array_agg(distinct subject_id) as subject_ids from needs group by sync_kind order by sync_kind
  $sql$, v_instance.kind || '_needs') using p_instance_id, v_instance.params, p_only_moved
  loop
    perform ingest.reschedule(v_sync_kind, v_subject_ids);
  end loop;

  if not p_only_moved and v_instance.read_revision is not null then
    -- It rested: the changes since its last look were not marked.
    insert into asset.marks (instance_id, cause, subject_id, revision, look_at)
    select p_instance_id, 'change', n.subject_id, c.change_id, base.now()
    from ingest.needs as n
    cross join lateral graph.last_change_of(n.sync_kind, n.subject_id, 9223372036854775807) as c (change_id)
    where n.consumer_id = p_instance_id and c.change_id > v_instance.read_revision;
  end if;
end;
$$;
comment on function asset.change_needs(bigint, boolean) is
  'Brings an instance''s needs to what its kind says: all of them, or only where its pinned source or its set has moved (A5).';

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
  perform asset.mark_after_success(v_instance, p_instance.checkpoint_id is null or v_instance.output_revision > p_instance.output_revision);
  if v_instance.member_count = 0 and v_instance.params ? 'stable_key' then
    perform asset.warn_of_empty_set(v_instance.params ->> 'stable_key');
  end if;
end;
$$;
comment on function asset.complete_materialization(asset.instances, bigint, bigint, bigint, bigint) is
  'Moves the checkpoint to a materialization that has done its work; the revision rises if and only if the membership changed (A8).';

-- source: db/functions/asset/dependencies_hash.sql
create or replace function asset.dependencies_hash(p_instance asset.instances)
  returns bytea
  language sql
  stable
as $$
  select sha256(convert_to('dependencies 1' || coalesce(string_agg(
    chr(10) || d.role || ' ' || encode(i.identity_hash, 'hex') || ' ' || m.output_revision, '' order by d.role), ''), 'UTF8'))
  from asset.dependencies as d
  join asset.instances as i on i.instance_id = d.dependency_id
  join asset.materializations as m on m.instance_id = d.dependency_id and m.materialization_id = d.pinned_id
  where d.instance_id = p_instance.instance_id;
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

-- source: db/functions/asset/disable_root.sql
create or replace function asset.disable_root(p_kind text, p_params jsonb)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_root_id constant bigint := asset.find_instance(p_kind, p_params);
  v_root asset.roots;
  v_resting_id bigint;
begin
  perform asset.lock_planner();
  select * into v_root from asset.roots where instance_id = v_root_id;
  if v_root.is_enabled is not true then
    raise exception 'that is no enabled root: % %', p_kind, p_params
      using errcode = 'RK005', hint = 'select * from api.roots; lists them.';
  end if;
  update asset.roots set is_enabled = false, disabled_at = base.now() where instance_id = v_root_id;
  for v_resting_id in
    with dropped as (
      delete from asset.wants where root_id = v_root_id returning instance_id
    )
    select d.instance_id from dropped as d
    where not exists (select from asset.wants where instance_id = d.instance_id and root_id <> v_root_id)
    order by d.instance_id
  loop
    perform asset.rest_instance(v_resting_id);
  end loop;
  return v_root_id;
end;
$$;
comment on function asset.disable_root(text, jsonb) is
  'Stops keeping an instance fresh; what no other enabled root needs rests, with its history (A3). Returns the instance. RK005 when it is no enabled root.';

-- source: db/functions/asset/due_instances.sql
create or replace function asset.due_instances(p_limit integer)
  returns bigint[]
  language sql
  stable
as $$
  select array(
    select i.instance_id
    from (select distinct instance_id from asset.marks where look_at <= base.now()) as m
    join asset.instances as i using (instance_id)
    order by i.depth, i.kind, i.params_hash
    limit p_limit);
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
  perform base.check_id(i, 'user id') from unnest(p_listed_ids || p_unlisted_ids) as i;
  perform graph.lock_writer();
  v_revision := nextval('graph.change_ids');
  with edited as (
    insert into asset.specified_users as s (stable_key, user_id, is_listed, revision)
    select v_key, i, true, v_revision from unnest(p_listed_ids) as i group by i
    on conflict (stable_key, user_id) do update set is_listed = true, revision = excluded.revision where not s.is_listed
    returning user_id
  ), unlisted as (
    update asset.specified_users as s set is_listed = false, revision = v_revision
    where s.stable_key = v_key and s.is_listed
      and (s.user_id = any (p_unlisted_ids) or (p_others_too and s.user_id <> all (p_listed_ids)))
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
create or replace function asset.enable_root(p_kind text, p_params jsonb)
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_root_id bigint;
  v_woken_id bigint;
begin
  perform asset.lock_planner();
  v_root_id := asset.ensure_instance(p_kind, p_params);
  insert into asset.roots as r (instance_id, is_enabled, enabled_at)
  values (v_root_id, true, base.now())
  on conflict (instance_id) do update set is_enabled = true, enabled_at = excluded.enabled_at, disabled_at = null where not r.is_enabled;
  if not found then
    return v_root_id;
  end if;
  for v_woken_id in
    with recursive closure as (
      select v_root_id as instance_id
      union
      select d.dependency_id from closure join asset.dependencies as d using (instance_id)
    ), added as (
      insert into asset.wants (instance_id, root_id)
      select instance_id, v_root_id from closure
      returning instance_id
    )
    select a.instance_id from added as a join asset.instances as i using (instance_id)
    where not exists (select from asset.wants where instance_id = a.instance_id)
    order by i.depth, i.kind, i.params_hash
  loop
    perform asset.wake_instance(v_woken_id, v_root_id);
  end loop;
  return v_root_id;
end;
$$;
comment on function asset.enable_root(text, jsonb) is
  'Keeps an instance fresh from now on, and all that it is made from (A3, A4); returns its id. Enabling an enabled root changes nothing. Errors of asset.ensure_instance.';

-- source: db/functions/asset/ensure_instance.sql
create or replace function asset.ensure_instance(p_kind text, p_params jsonb, p_path bytea[] default '{}')
  returns bigint
  language plpgsql
  volatile
as $$
declare
  v_params constant jsonb := asset.canonical_params(p_kind, p_params);
  v_hash constant bytea := asset.params_hash(p_kind, v_params);
  v_instance_id bigint;
  v_roles text[];
  v_dependency_ids bigint[];
begin
  if v_hash = any (p_path) then
    raise exception '% % would depend on itself', p_kind, v_params
      using errcode = 'RK006', hint = 'Choose a source that is not made from this asset.';
  end if;
  select instance_id into v_instance_id from asset.instances where identity_hash = asset.identity_hash(v_hash);
  if found then
    return v_instance_id;
  end if;
  select array_agg(d.role order by d.role), array_agg(asset.ensure_instance(d.kind, d.params, p_path || v_hash) order by d.role)
  into v_roles, v_dependency_ids
  from asset.dependencies_of(p_kind, v_params) as d;

  insert into asset.instances (kind, params, params_hash, identity_hash, depth, created_at)
  select p_kind, v_params, v_hash, asset.identity_hash(v_hash), coalesce(max(i.depth) + 1, 0), base.now()
  from asset.instances as i where i.instance_id = any (v_dependency_ids)
  returning instance_id into v_instance_id;
  insert into asset.dependencies (instance_id, role, dependency_id)
  select v_instance_id, d.role, d.dependency_id
  from unnest(v_roles, v_dependency_ids) as d (role, dependency_id);
  return v_instance_id;
end;
$$;
comment on function asset.ensure_instance(text, jsonb, bytea[]) is
  'The instance of a kind and params, made with all that it depends on where it was not there (A4). Errors of asset.canonical_params, and RK006. The caller holds asset.lock_planner().';

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

-- source: db/functions/asset/has_member.sql
create or replace function asset.has_member(p_instance_id bigint, p_role text, p_item_id bigint)
  returns boolean
  language sql
  stable
as $$
  -- As of the pin (A11): as it stands now, unless an odd number of events came after.
  select coalesce((
      select m.left_at is null from asset.members as m
      where m.item_kind = 'user' and m.instance_id = d.dependency_id and m.item_id = p_item_id), false)
    <> ((
      select count(*) from asset.events as e
      where e.item_kind = 'user' and e.instance_id = d.dependency_id and e.materialization_id > d.pinned_id and e.item_id = p_item_id) % 2 = 1)
  from asset.dependencies as d
  where d.instance_id = p_instance_id and d.role = p_role;
$$;
comment on function asset.has_member(bigint, text, bigint) is 'For a kind: whether a user is in a dependency, as of its pinned materialization.';

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
  language sql
  stable
as $$
  select greatest(
    p_instance.input_revision,
    (select max(revision) from asset.marks where instance_id = p_instance.instance_id and revision > coalesce(p_instance.read_revision, 0)));
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

-- source: db/functions/asset/is_up_to_date.sql
create or replace function asset.is_up_to_date(p_instance asset.instances)
  returns boolean
  language sql
  stable
as $$
  select exists (
    select from asset.materializations as m
    where m.instance_id = p_instance.instance_id and m.materialization_id = p_instance.checkpoint_id
      and p_instance.read_revision is not null
      and m.inputs_hash = asset.inputs_hash(p_instance)
      and m.dependencies_hash = asset.dependencies_hash(p_instance));
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
  'What a mark leads to: locked (somebody else has it), resting, waiting (for a sync or a dependency), unchanged (A6), queued (it will read everything), success or error. The caller is the planner.';

-- source: db/functions/asset/mark_after_success.sql
create or replace function asset.mark_after_success(p_instance asset.instances, p_has_moved boolean)
  returns void
  language sql
  volatile
as $$
  insert into asset.marks (instance_id, cause, cause_id, look_at)
  select d.instance_id, 'dependency', p_instance.checkpoint_id, base.now()
  from asset.dependencies as d
  where p_has_moved and d.dependency_id = p_instance.instance_id
    and exists (select from asset.wants where instance_id = d.instance_id)
  order by d.instance_id;
  -- A dependency that moved on while its pin was being read asks for another look.
  insert into asset.marks (instance_id, cause, cause_id, look_at)
  select d.instance_id, 'dependency', i.checkpoint_id, base.now()
  from asset.dependencies as d join asset.instances as i on i.instance_id = d.dependency_id
  where d.instance_id = p_instance.instance_id and d.pinned_id <> i.checkpoint_id;
$$;
comment on function asset.mark_after_success(asset.instances, boolean) is 'After a success: those made from it are looked at, if it moved; and itself again, if what it read is old already.';

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
  delete from asset.marks where mark_id = any (v_mark_ids);
  return 'success';
end;
$$;
comment on function asset.materialize(asset.instances) is
  'Brings an instance up to its pinned inputs: success or error, recorded either way (A7). The caller holds the lock of its row, and filled input_revision in.';

-- source: db/functions/asset/materialize_queued.sql
create or replace function asset.materialize_queued(p_deadline timestamptz)
  returns text[]
  language plpgsql
  volatile
as $$
declare
  v_instance asset.instances;
  v_results text[] := array[]::text[];
begin
  loop
    select i.* into v_instance
    from asset.queue as q join asset.instances as i using (instance_id)
    order by q.queued_at, i.depth, i.kind, i.params_hash
    limit 1
    for update of q skip locked
    for no key update of i skip locked;
    exit when not found;
    delete from asset.queue where instance_id = v_instance.instance_id;
    if exists (select from asset.wants where instance_id = v_instance.instance_id) then
      v_instance.input_revision := asset.input_revision_of(v_instance);
      v_results := v_results || asset.materialize(v_instance);
    end if;
    -- Elapsed time, hence the wall clock: the clock of base.now() stands still inside a transaction.
    exit when pg_catalog.clock_timestamp() >= p_deadline;
  end loop;
  return v_results;
end;
$$;
comment on function asset.materialize_queued(timestamptz) is
  'Materializes what is queued, one instance after the other until the deadline; returns each one''s success or error. The caller holds no other lock: this may take long.';

-- source: db/functions/asset/moved_items.sql
create or replace function asset.moved_items(p_instance_id bigint, p_role text, p_everything boolean)
  returns table (item_id bigint)
  language sql
  stable
as $$
  select m.item_id
  from asset.dependencies as d
  join asset.members as m on m.item_kind = 'user' and m.instance_id = d.dependency_id
  where d.instance_id = p_instance_id and d.role = p_role and (p_everything or d.read_id is null)
  union all
  select distinct e.item_id
  from asset.dependencies as d
  join asset.events as e on e.item_kind = 'user' and e.instance_id = d.dependency_id
    and e.materialization_id > d.read_id and e.materialization_id <= d.pinned_id
  where d.instance_id = p_instance_id and d.role = p_role and not p_everything;
$$;
comment on function asset.moved_items(bigint, text, boolean) is
  'For a kind: the users of a dependency that entered or left between what was read and what is pinned, or all that ever were in.';

-- source: db/functions/asset/params_hash.sql
create or replace function asset.params_hash(p_kind text, p_params jsonb)
  returns bytea
  language plpgsql
  stable
as $$
declare
  v_lines text;
begin
  select string_agg(chr(10) || t.param || '=' || case t.type
      when 'segment' then asset.segment_hash(p_params -> t.param)
      when 'segments' then (select string_agg(asset.segment_hash(s.segment), ',' order by s.position)
                            from jsonb_array_elements(p_params -> t.param) with ordinality as s (segment, position))
      else p_params ->> t.param end, '' order by t.param collate "C")
  into strict v_lines
  from asset.kinds as k cross join jsonb_each_text(k.param_types) as t (param, type)
  where k.kind = p_kind;
  return sha256(convert_to('rookery 1' || chr(10) || p_kind || v_lines, 'UTF8'));
end;
$$;
comment on function asset.params_hash(text, jsonb) is
  'SHA-256 over lines: the hash''s version, the kind, and each canonical param as name=value, in the order of names; a nested segment by its own hash in hex (A2).';

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

-- source: db/functions/asset/put_off.sql
create or replace function asset.put_off(p_mark_ids bigint[], p_look_at timestamptz)
  returns void
  language sql
  volatile
as $$
  update asset.marks set look_at = p_look_at where mark_id = any (p_mark_ids) and look_at <= base.now();
$$;
comment on function asset.put_off(bigint[], timestamptz) is 'These marks were looked at: not again before a time. Infinity keeps them as causes of what another mark will bring about.';

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
  update asset.instances set failure_count = failure_count + 1 where instance_id = p_instance.instance_id;
  -- The marks stay as causes of the next try; what comes in meanwhile waits for it too.
  update asset.marks set look_at = 'infinity' where mark_id = any (p_mark_ids);
  insert into asset.marks (instance_id, cause, cause_id, look_at) values (p_instance.instance_id, 'retry', v_materialization_id, v_retry_at);
  perform base.decide('materialization_failed', 'instance ' || p_instance.instance_id, p_state || ' ' || p_message, v_retry_at,
                      jsonb_build_object('materialization_id', v_materialization_id));
end;
$$;
comment on function asset.record_failure(asset.instances, bigint[], text, text, text) is 'A materialization that raised: its row, a back-off, a decision. The snapshot is as it was (A7).';

-- source: db/functions/asset/rest_instance.sql
create or replace function asset.rest_instance(p_instance_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_sync record;
begin
  for v_sync in
    with dropped as (
      delete from ingest.needs where consumer_id = p_instance_id returning sync_kind, subject_id
    )
    select sync_kind, array_agg(subject_id) as subject_ids from dropped group by sync_kind order by sync_kind
  loop
    perform ingest.reschedule(v_sync.sync_kind, v_sync.subject_ids);
  end loop;
  -- An edit of the set is remembered until the next look, whenever that is.
  delete from asset.marks where instance_id = p_instance_id and cause <> 'edit';
  update asset.dependencies set pinned_id = null where instance_id = p_instance_id;
end;
$$;
comment on function asset.rest_instance(bigint) is 'An instance is wanted no more: no syncs for it, no looks; members, events and what it has read stay.';

-- source: db/functions/asset/segment_hash.sql
create or replace function asset.segment_hash(p_segment jsonb)
  returns text
  language sql
  stable
as $$
  select encode(asset.params_hash(p_segment ->> 'kind', p_segment -> 'params'), 'hex');
$$;
comment on function asset.segment_hash(jsonb) is 'The params hash of a nested segment, in hex.';

-- source: db/functions/asset/settle_unchanged.sql
create or replace function asset.settle_unchanged(p_instance_id bigint, p_mark_ids bigint[])
  returns void
  language sql
  volatile
as $$
  -- A pin that moved without a new revision is the same membership: it counts as read.
  update asset.dependencies set read_id = pinned_id
  where instance_id = p_instance_id and read_id is distinct from pinned_id;
  delete from asset.marks where mark_id = any (p_mark_ids);
$$;
comment on function asset.settle_unchanged(bigint, bigint[]) is 'A look found nothing to do, and its marks are done with.';

-- source: db/functions/asset/take_changes.sql
create or replace function asset.take_changes(p_limit integer)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_from bigint;
  v_last constant bigint := graph.last_change_id();
  v_to bigint;
begin
  select position into strict v_from from asset.log_position;
  if v_from >= v_last then
    return false;
  end if;
  select least(v_last,
    (select change_id from graph.user_changes where change_id > v_from order by change_id offset p_limit limit 1),
    (select change_id from graph.follow_changes where change_id > v_from order by change_id offset p_limit limit 1),
    (select change_id from graph.post_changes where change_id > v_from order by change_id offset p_limit limit 1))
  into v_to;

  insert into asset.marks (instance_id, cause, cause_id, subject_id, revision, look_at)
  select n.consumer_id, 'change', max(c.run_id), n.subject_id, max(c.change_id), base.now()
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
  group by n.consumer_id, n.subject_id
  order by n.consumer_id, n.subject_id;

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
  v_count integer;
begin
  with taken as (
    delete from ingest.completions
    where completion_id in (select completion_id from ingest.completions order by completion_id limit p_limit for update skip locked)
    returning sync_kind, subject_id, run_id
  ), marked as (
    insert into asset.marks (instance_id, cause, cause_id, look_at)
    select distinct n.consumer_id, 'run', t.run_id, base.now()
    from taken as t
    join ingest.needs as n using (sync_kind, subject_id)
  )
  select count(*) into v_count from taken;
  return v_count;
end;
$$;
comment on function asset.take_completions(integer) is 'Marks the instances that needed a sync which has ended; returns how many notes were read.';

-- source: db/functions/asset/try_planner.sql
create or replace function asset.try_planner()
  returns boolean
  language sql
  volatile
as $$
  select pg_catalog.pg_try_advisory_xact_lock(7766, 2);
$$;
comment on function asset.try_planner() is 'Whether this transaction is now the one that plans; see asset.lock_planner().';

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
  insert into asset.marks (instance_id, cause, cause_id, look_at) values (p_instance_id, 'root', p_root_id, base.now());
  -- What is made from other assets learns its needs when it pins them (asset.pin_dependencies).
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
      and m.subject_id not in (select author_id from moved)
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
  select f.target_id, graph.is_follow_alive_at(f, p_to)
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
  select f.follower_id, graph.is_follow_alive_at(f, p_to)
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
  select i.item_id, asset.has_member(p_instance_id, 'followers', i.item_id) and asset.has_member(p_instance_id, 'followed', i.item_id)
  from (
    select item_id from asset.moved_items(p_instance_id, 'followers', p_from is null)
    union
    select item_id from asset.moved_items(p_instance_id, 'followed', p_from is null)
  ) as i;
$$;
comment on function asset.segment_mutuals_candidates(bigint, jsonb, bigint, bigint) is 'Whoever came or went on either side; belongs who is in both.';

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
  -- What was edited, and listed ids whose profile has come.
  select s.user_id, s.is_listed and u.user_id is not null
  from asset.specified_users as s
  left join lateral (select user_id from graph.users where user_id = s.user_id limit 1) as u on true
  where s.stable_key = p_params ->> 'stable_key'
    and (p_from is null or s.revision > p_from
      or s.user_id in (select subject_id from asset.marks where instance_id = p_instance_id and subject_id is not null));
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
  select i.item_id, asset.has_member(p_instance_id, 'followed', i.item_id) and not asset.has_member(p_instance_id, 'followers', i.item_id)
  from (
    select item_id from asset.moved_items(p_instance_id, 'followed', p_from is null)
    union
    select item_id from asset.moved_items(p_instance_id, 'followers', false) where p_from is not null
  ) as i;
$$;
comment on function asset.segment_unreciprocated_followed_candidates(bigint, jsonb, bigint, bigint) is
  'Whoever came or went on either side (at first, all who are followed); belongs who is followed and no follower.';

commit;
