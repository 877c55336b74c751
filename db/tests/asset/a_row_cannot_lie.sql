-- Constraints of asset that carry a rule.
begin;
-- What this file plants, nothing but a defect could.
alter table asset.materializations disable trigger completed_is_final;
select plan(50);

insert into test.world_users select i, 'user_' || i from generate_series(1, 3) as i;
insert into test.world_follows values (1, 2), (2, 1);
select test.enable('segment_mutuals', '1') as mutuals \gset
select test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset
select api.specified_users_set('staff', array[1]) \g /dev/null
select test.play() \g /dev/null
select instance_id as followers, checkpoint_id as of_followers from api.instances where kind = 'segment_followers' \gset
select checkpoint_id as of_mutuals from api.instances where instance_id = :mutuals \gset

create function pg_temp.refuses(p_constraint text, p_statement text, p_title text) returns text language sql as $$
  select throws_like(p_statement, '%"' || p_constraint || '"%', p_title);
$$;

-- Kinds and instances
select pg_temp.refuses('kind_is_an_identifier', $$ insert into asset.kinds values ('Segment;', 'user', '{}', 'x') $$, 'a kind is an identifier, for functions are named after it');
select pg_temp.refuses('item_kind_is_user_or_post', $$ insert into asset.kinds values ('segment_x', 'list', '{}', 'x') $$, 'A1: items are users or posts');
select pg_temp.refuses('every_param_has_a_known_type', $$ insert into asset.kinds values ('segment_x', 'user', '{"a": "text"}', 'x') $$, 'A2: every param has a type');
select pg_temp.refuses('every_param_has_a_known_type', $$ insert into asset.kinds values ('segment_x', 'user', '["user_id"]', 'x') $$, 'A2: params have names');
select pg_temp.refuses('identity_is_structural', $$ insert into asset.instances (kind, params, params_hash, identity_hash, depth, created_at)
  select kind, '{}', params_hash, identity_hash, depth, created_at from asset.instances limit 1 $$, 'A2: an identity is one instance');
select pg_temp.refuses('hashes_are_sha256', $$ update asset.instances set identity_hash = 'x' where kind = 'segment_mutuals' $$, 'A2: an identity is a SHA-256');
select pg_temp.refuses('member_count_is_not_negative', 'update asset.instances set member_count = -1', 'nothing has less than no members');
select pg_temp.refuses('what_was_read_has_a_checkpoint', 'update asset.instances set checkpoint_id = null', 'A10: what was read has a checkpoint');
select pg_temp.refuses('checkpoint_is_one_of_its_own', format('update asset.instances set checkpoint_id = %s where instance_id = %s', :of_mutuals, :followers), 'A10: a checkpoint is a materialization of the instance itself');

-- Roots, dependencies, wants
select pg_temp.refuses('an_instance_is_one_root_per_target', $$ insert into asset.roots (instance_id, is_enabled, enabled_at) select instance_id, true, enabled_at from asset.roots limit 1 $$, 'A3: an instance is one root');
select pg_temp.refuses('a_disabled_root_says_since_when', 'update asset.roots set is_enabled = false', 'A3: a disabled root says since when');
select pg_temp.refuses('a_disabled_root_says_since_when', 'update asset.roots set disabled_at = enabled_at', 'A3: an enabled root is not disabled');
select pg_temp.refuses('a_fanout_has_a_target_and_a_mode', $$ update asset.roots set target_kind = 'segment_followers' $$, 'A3: a fanout has a target and a mode');
select pg_temp.refuses('target_mode_is_known', $$ update asset.roots set target_kind = 'segment_followers', target_mode = 'both' $$, 'A3: of two modes');
select pg_temp.refuses('only_a_fanout_follows_its_source', 'update asset.roots set followed_id = 1', 'A3: a plain root follows nothing');
select pg_temp.refuses('fresh_within_is_positive', $$ update asset.roots set fresh_within = '0' $$, 'A5: a window is above zero');
select pg_temp.refuses('reconcile_within_is_positive', $$ update asset.roots set reconcile_within = '0' $$, 'I3: so is the age of a full read');
select pg_temp.refuses('reconcile_doubt_is_a_percentage', $$ update asset.roots set reconcile_doubt = 100.1 $$, 'I9: a doubt is a percentage');
select pg_temp.refuses('nothing_depends_on_itself', 'update asset.dependencies set dependency_id = instance_id', 'A4: nothing depends on itself');
select pg_temp.refuses('a_pin_is_of_the_dependency', format('update asset.dependencies set pinned_id = %s where dependency_id = %s', :of_mutuals, :followers), 'A12: a pin is a materialization of the dependency');
select pg_temp.refuses('what_was_read_is_of_the_dependency', format('update asset.dependencies set read_id = %s where dependency_id = %s', :of_mutuals, :followers), 'A12: so is what was read');
select pg_temp.refuses('wants_root_id_fkey', format('insert into asset.wants values (%s, -1, %1$s)', :followers), 'A4: only a root wants');

-- Materializations
select pg_temp.refuses('status_is_known',
  format($$ insert into asset.materializations (instance_id, status, reads_everything, started_at, completed_at) values (%s, 'done', true, now(), now()) $$, :mutuals),
  'A7: a status is known');
select pg_temp.refuses('only_one_in_progress_is_incomplete', 'update asset.materializations set completed_at = null', 'A7: what has ended has an end');
select pg_temp.refuses('only_one_in_progress_is_incomplete',
  format('insert into asset.materializations (instance_id, reads_everything, started_at, completed_at) values (%s, true, now(), now())', :mutuals), 'A7: what is in progress has none');
select pg_temp.refuses('an_error_has_a_state', $$ update asset.materializations set error_state = '22012' $$, 'A7: a success has no error');
select pg_temp.refuses('an_error_has_a_state',
  format($$ insert into asset.materializations (instance_id, status, reads_everything, started_at, completed_at) values (%s, 'error', true, now(), now()) $$, :mutuals), 'A7: an error has its state');
select pg_temp.refuses('a_success_has_its_result', 'update asset.materializations set ' || c || ' = null', 'A7: a success has its ' || c)
from unnest(array['inputs_hash', 'dependencies_hash', 'read_revision', 'output_revision', 'enter_count', 'exit_count', 'member_count']) as c;
select pg_temp.refuses('pins_pinned_fkey', format('update asset.pins set pinned_id = %s where dependency_id = %s', :of_mutuals, :followers), 'A12: what was read is a materialization of the dependency');
select pg_temp.refuses('pins_pkey', 'insert into asset.pins select * from asset.pins limit 1', 'A12: each role is pinned once');

-- Members and events
select pg_temp.refuses('segment_members_item_id_fkey', format($$ insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at) values ('user', %s, 404, 1, now(), now()) $$, :mutuals), 'G2, A14: a member has a hydrated row');
select pg_temp.refuses('corpus_members_item_id_fkey', format($$ insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at) values ('post', %s, 404, 1, now(), now()) $$, :corpus), 'G2: so has a post');
select pg_temp.refuses('segment_members_pkey', format($$ insert into asset.members (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at) values ('user', %s, 2, 1, now(), now()) $$, :mutuals), 'A10: nobody is in twice');
select pg_temp.refuses('segment_events_pkey', format($$ insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance) values ('user', %s, %s, 2, false, null) $$, :mutuals, :of_mutuals), 'A9: at most one event for an item in a materialization');
select pg_temp.refuses('first_appearance_is_said_of_enters_only', format($$ insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance) values ('user', %s, %s, 3, false, true) $$, :mutuals, :of_mutuals), 'A9: no exit is a first appearance');
select pg_temp.refuses('first_appearance_is_said_of_enters_only', format($$ insert into asset.events (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance) values ('user', %s, %s, 3, true, null) $$, :mutuals, :of_mutuals), 'A9: every enter says whether it is one');

-- Sets and marks
select pg_temp.refuses('stable_key_is_not_blank', $$ insert into asset.specified_users values (' ', 1, true, 1) $$, 'A1: a set has a name');
select pg_temp.refuses('specified_id_is_an_x_id', $$ insert into asset.specified_users values ('x', 0, true, 1) $$, 'G1: a set holds ids of X');
select pg_temp.refuses('specified_users_pkey', $$ insert into asset.specified_users values ('staff', 1, false, 1) $$, 'A1: each once');
select lives_ok($$ insert into asset.specified_users values ('x', 404, true, 1) $$, 'A14: known or not');
select pg_temp.refuses('cause_is_known', format($$ insert into asset.marks (instance_id, cause, look_at) values (%s, 'whim', now()) $$, :mutuals), 'A12: a cause is known');
select pg_temp.refuses('a_change_has_a_subject', format($$ insert into asset.marks (instance_id, cause, revision, look_at) values (%s, 'change', 1, now()) $$, :mutuals), 'A6: a change is somebody''s');
select pg_temp.refuses('a_revision_is_of_a_change_or_an_edit', format($$ insert into asset.marks (instance_id, cause, revision, look_at) values (%s, 'run', 1, now()) $$, :mutuals), 'A6: a run is no revision');
select pg_temp.refuses('log_position_pkey', $$ insert into asset.log_position (position) values (1) $$, 'the log is read in one place');

select * from finish();
rollback;
