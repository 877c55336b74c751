-- A3: a fanout makes an asset for each member of its source, from tick to tick.
begin;
select plan(19);

insert into test.world_users select i, 'user_' || i from generate_series(1, 9) as i;
insert into test.world_follows values (1, 2), (1, 3), (2, 4), (2, 5), (3, 1), (3, 5), (4, 6);

create function pg_temp.fan(p_mode text) returns bigint language sql as $$
  select api.fanout_root_enable('segment_followers', '{"subject_id": "1"}', 'segment_followers', p_mode);
$$;
create view pg_temp.targets as
select i.params ->> 'subject_id' as subject, i.scope_hash is not null as is_scoped,
       exists (select from asset.wants as w where w.instance_id = i.instance_id) as is_wanted, test.item_ids(i.instance_id) as members
from asset.instances as i;

-- The source first, then a target for each member
select pg_temp.fan('global_per_item') as source \gset
select test.play() \g /dev/null
select results_eq(
  $$ select subject, is_scoped, is_wanted, members from pg_temp.targets order by 1 $$,
  $$ values ('1', false, true, '{2,3}'::bigint[]), ('2', false, true, '{4,5}'), ('3', false, true, '{1,5}') $$,
  'A3: the source is kept fresh, and one target for each member');
select results_eq('select targets, steps_ahead from api.fanout_roots', 'values (2::bigint, 0::bigint)', 'the fanout says how many targets it has');
select is(pg_temp.fan('global_per_item'), :source::bigint, 'enabling it again is the same fanout');
select is((select count(*) from api.fanout_roots), 1::bigint, 'and makes no second one');

-- A member comes, another goes
insert into test.world_follows values (1, 4);
delete from test.world_follows where target_id = 1 and follower_id = 3;
select simulation.advance('7 days') \g /dev/null
select test.play() \g /dev/null
select results_eq(
  $$ select subject, is_wanted, members from pg_temp.targets order by 1 $$,
  $$ values ('1', true, '{2,4}'::bigint[]), ('2', true, '{4,5}'), ('3', false, '{1,5}'), ('4', true, '{6}') $$,
  'A3: targets follow the membership; one that left rests, with its history');
insert into test.world_follows values (3, 9);
select simulation.advance('7 hours') \g /dev/null
select test.play() \g /dev/null
select is((select members from pg_temp.targets where subject = '3'), '{1,5}', 'A3: what rests is not bought');
insert into test.world_follows values (1, 3);
select simulation.advance('7 hours') \g /dev/null
select test.play() \g /dev/null
select is((select members from pg_temp.targets where subject = '3'), '{1,5,9}', 'A3: a target that is asked for again wakes with its history and catches up');
select is((select output_revision from asset.instances where params ->> 'subject_id' = '3'), 2::bigint, 'A3: it is the same instance');
select is_empty('select test.invariants()', 'the standing invariants hold');

-- Scoped targets are the source's own
select pg_temp.fan('scoped_by_source') \g /dev/null
select test.play() \g /dev/null
select is((select count(*) from pg_temp.targets where is_scoped and is_wanted), 3::bigint, 'A2: scoped targets are instances of their own');
select is(api.instance_id('segment_followers', '{"subject_id": "2"}'), (select instance_id from asset.instances where params ->> 'subject_id' = '2' and scope_hash is null),
  'A2: instance_id means the unscoped one');
select is((select members from pg_temp.targets where subject = '2' and is_scoped), '{4,5}', 'and have the same members');

-- A fanout over a target of a fanout; two that feed each other
select api.fanout_root_enable('segment_followers', '{"subject_id": "3"}', 'segment_followers') \g /dev/null
select test.play() \g /dev/null
select ok((select is_wanted from pg_temp.targets where subject = '9' and not is_scoped), 'A3: a fanout on a fanout reaches on');
select is(
  (select count(distinct w.root_id) from asset.wants as w join asset.instances as i using (instance_id) where i.params ->> 'subject_id' = '1' and i.scope_hash is null),
  3::bigint, 'the source of the first two is a target of the third, whose source is a target of theirs');
select api.fanout_root_disable('segment_followers', '{"subject_id": "1"}', 'segment_followers', 'scoped_by_source'),
       api.fanout_root_disable('segment_followers', '{"subject_id": "1"}', 'segment_followers') \g /dev/null
select ok((select is_wanted from pg_temp.targets where subject = '1' and not is_scoped), 'A3: what the other still reaches goes on');
select api.fanout_root_disable('segment_followers', '{"subject_id": "3"}', 'segment_followers') \g /dev/null
select is_empty($$ select from pg_temp.targets where is_wanted $$, 'A3: fanouts that feed each other rest together');
select is_empty('select from ingest.needs', 'and need nothing');
select simulation.advance('8 days') \g /dev/null
select is(test.play(), 0::bigint, 'and buy nothing');
select is_empty('select test.invariants()', 'the standing invariants hold at the end');

select * from finish();
rollback;
