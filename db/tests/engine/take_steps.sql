-- E1: the steps of a large fanout are bounded by their number and by time.
begin;
select plan(5);

select api.fanout_root_enable('segment_followers', '{"subject_id": "1"}', 'segment_followed') \g /dev/null
insert into asset.fanout_steps (root_id, item_id, is_enter) select root_id, i, true from asset.roots, generate_series(2, 51) as i;
create function pg_temp.steps_ahead() returns bigint language sql as $$ select count(*) from asset.fanout_steps; $$;

select is(engine.take_steps(7, 'infinity'), 7, 'no more steps than the limit are taken');
select is(pg_temp.steps_ahead(), 43::bigint, 'and the others stay');
select is(engine.take_steps(100, '-infinity'), 20, 'a deadline that has passed leaves one small batch');
select is(engine.take_steps(100, 'infinity'), 23, 'the rest is taken when there is time');
select is((select count(*) from asset.instances where kind = 'segment_followed'), 50::bigint, 'A3: each made a target');

select * from finish();
rollback;
