-- E2: whatever makes work tells the drivers that sleep; the sequence keeps the second of the last time.
begin;
select plan(10);

create function pg_temp.wakes(p_statement text) returns boolean language plpgsql as $$
begin
  perform setval('base.wakes', 0);
  execute p_statement;
  return (select last_value > 0 from base.wakes);
end;
$$;
select ok(pg_temp.wakes($$ select api.root_enable('segment_followers', '{"subject_id": "1"}') $$), 'a root that is enabled wakes a driver');
select ok(pg_temp.wakes($$ select api.fanout_root_enable('segment_followers', '{"subject_id": "1"}', 'segment_followers') $$), 'so does a fanout');
select ok(pg_temp.wakes($$ select api.specified_users_set('staff', '{1}') $$), 'a set that is set');
select ok(pg_temp.wakes($$ select api.specified_users_add('staff', '{2}') $$), 'or added to');
select ok(pg_temp.wakes($$ select api.specified_users_remove('staff', '{2}') $$), 'or taken from');
select ok(pg_temp.wakes($$ select api.sync_request('posts', 1) $$), 'a sync that is asked for');
select ok(pg_temp.wakes($$ select api.sync_handles('{jack}') $$), 'handles that are looked up');
select ok(pg_temp.wakes($$ select api.setting_set('page.follows', '50') $$), 'a setting');
select ok(not pg_temp.wakes($$ select api.engine_tick('w', 1) $$), 'a tick wakes nobody');
select ok(not pg_temp.wakes($$ select * from api.roots $$), 'nor does a look');

select * from finish();
rollback;
