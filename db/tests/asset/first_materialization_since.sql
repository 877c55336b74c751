-- Ids rise with time, so the first since a time is found by halving.
begin;
select plan(6);

select is(asset.first_materialization_since('2026-03-02'), 1::bigint, 'where there is none, the first will be it');
insert into graph.users (user_id) values (1);
select test.enable('segment_specified_users', 'a') as instance_id \gset
-- With a gap, as an aborted transaction leaves one.
insert into asset.materializations (instance_id, materialization_id, reads_everything, started_at) overriding system value
select :instance_id, 3 * i, false, timestamptz '2026-03-01T00:00Z' + i * interval '1 hour' from generate_series(1, 100) as i;
select is(asset.first_materialization_since('2026-03-01'), 1::bigint, 'before all of them: the first');
select is((select min(materialization_id) from asset.materializations where materialization_id >= asset.first_materialization_since('2026-03-03T00:00Z')), 144::bigint,
  'one that was started at the time itself counts');
select is((select min(materialization_id) from asset.materializations where materialization_id >= asset.first_materialization_since('2026-03-03T00:00:01Z')), 147::bigint,
  'one that was started before does not');
select is(asset.first_materialization_since('2026-04-01'), 301::bigint, 'after all of them: none yet');
select is(
  (select count(*) from generate_series(0, 101) as i
   where (select min(materialization_id) from asset.materializations
          where materialization_id >= asset.first_materialization_since(timestamptz '2026-03-01T00:00Z' + i * interval '1 hour'))
         is distinct from nullif(3 * greatest(i, 1), case when i > 100 then 3 * i end)), 0::bigint, 'for every one of a hundred');

select * from finish();
rollback;
