-- A verification that raises is recorded, hurts nobody, and is tried again.
begin;
select plan(8);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (1, 2), (2, 1), (1, 3);
select test.enable('segment_followers', '1') as followers, test.enable('segment_followed', '1') as followed \gset
select test.play() \g /dev/null
select is(asset.verify_queued(:followers), 'verified', 'A13: all is in order');
delete from asset.members where instance_id = :followers and item_id = 2;
select is(asset.verify_queued(:followers), 'repaired', 'A13: something was mended');

create or replace function asset.segment_followers_candidates(p_instance_id bigint, p_params jsonb, p_from bigint, p_to bigint)
  returns table (item_id bigint, belongs boolean) language sql as $$ select 1 / 0, true $$;
delete from asset.members where instance_id = :followers and item_id = 2;
select is(asset.verify_queued(:followers), 'unverified', 'A7: a kind that raises is no end of the world');
select is(test.item_ids(:followers), '{3}', 'A7: what it was about to do is undone');
select results_eq(
  $$ select about, reason from api.decisions where kind = 'verification_failed' $$,
  format($$ values ('instance %s', '22012 division by zero') $$, :followers), 'E3: it is a decision');
select is((select due_at from asset.verifications where instance_id = :followers), base.now() + interval '6 hours', 'A13: it is tried again later');
select simulation.advance('7 days') \g /dev/null
select lives_ok('select test.play()', 'E1: the engine goes on');
select is(asset.verify_queued(:followed), 'verified', 'A7: the others are verified all the same');

select * from finish();
rollback;
