-- How instances stand, under names that a person knows.
begin;
select plan(7);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_follows values (1, 2), (1, 3), (2, 1);
select test.enable('segment_mutuals', '1') as mutuals \gset
select test.enable('post_corpus_for_segment', 'segment_mutuals 1') as corpus \gset
select api.specified_users_set('watched', '{}') \g /dev/null
select test.enable('segment_specified_users', 'watched') as watched, test.enable('segment_followers', '404') as stranger \gset
create function pg_temp.stands(p_id bigint, out subject text, out state text, out members bigint) language sql set role = rookery_web as $$
  select subject, state, members from api.standings(array[p_id]);
$$;
select is((pg_temp.stands(:mutuals)).state, 'waiting_for_dependency', 'a state is that of why_not');
select is((pg_temp.stands(:mutuals)).subject, '1', 'a user of whom nothing is known yet is an id');
select test.play() \g /dev/null
select is(pg_temp.stands(:mutuals)::text, '(@user_1,fresh,1)', 'G3: one who is known goes by the handle of now');
select is((pg_temp.stands(:corpus)).subject, 'segment_mutuals @user_1', 'an asset of an asset names it');
select is((pg_temp.stands(:watched)).subject, 'watched', 'a name is itself');
select results_eq(format('select instance_id, item_kind from api.standings(array[%s, 404404, %s])', :corpus, :mutuals),
  format($$ values (%s::bigint, 'post'), (%s, 'user') $$, :corpus, :mutuals), 'they come in the order in which they are asked for, and what is not there does not');
select is((select state from api.standings(array[:corpus])), (select api.why_not(:corpus) ->> 'state'), 'what why_not says at length');

select * from finish();
rollback;
