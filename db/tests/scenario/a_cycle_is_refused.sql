-- A4: kinds that depend on each other are refused when a root is made, and nothing is changed.
begin;
select plan(4);

insert into asset.kinds (kind, item_kind, param_types, description)
values ('chicken', 'user', '{"subject_id": "user_id"}', 'needs an egg'), ('egg_of', 'user', '{"subject_id": "user_id"}', 'needs a chicken');
create function asset.chicken_dependencies(p_params jsonb) returns table (role text, kind text, params jsonb) language sql immutable as
  $$ select 'egg', 'egg_of', p_params; $$;
create function asset.egg_of_dependencies(p_params jsonb) returns table (role text, kind text, params jsonb) language sql immutable as
  $$ select 'chicken', 'chicken', p_params; $$;

create temp table before as select test.everything() as digest;
select throws_ok($$ select api.root_enable('chicken', '{"subject_id": "1"}') $$, 'RK006', 'chicken {"subject_id": "1"} would depend on itself', 'A4: a cycle is refused when the root is made');
select throws_ok($$ select api.fanout_root_enable('segment_followers', '{"subject_id": "1"}', 'egg_of') $$, 'RK006', null, 'A4: for a fanout too, before any member came');
select throws_ok($$ select api.fanout_root_enable('chicken', '{"subject_id": "1"}', 'segment_followers') $$, 'RK006', null, 'A4: and for its source');
select is(test.everything(), (select digest from before), 'nothing was changed');

select * from finish();
rollback;
