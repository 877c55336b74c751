begin;
select plan(7);

select is_empty($$ select * from asset.segment_followed_dependencies('{"subject_id": "1"}') $$, 'A1: the followed are made from the graph alone');
select results_eq($$ select * from asset.segment_followed_needs(0, '{"subject_id": "1"}', false) $$, $$ values ('following', 1::bigint, true, false) $$,
  'A5: they need the list of whom the subject follows, and wait for it');

select graph.write_users(array_agg(test.x_profile(i, 'user_' || i)), 1) from generate_series(1, 4) as i \g /dev/null
select graph.write_follows('{2,3,1}', '{1,1,2}', 1) \g /dev/null
select graph.last_change_id() as p1 \gset
select graph.remove_follows('{2}', '{1}', 2) \g /dev/null
select graph.write_follows('{4,3}', '{1,2}', 3) \g /dev/null
select graph.last_change_id() as p2 \gset

create function pg_temp.candidates(p_from bigint, p_to bigint) returns setof text language sql as $$
  select item_id || case when belongs then ' in' else ' out' end from asset.segment_followed_candidates(0, '{"subject_id": "1"}', p_from, p_to) order by item_id;
$$;
select is(array(select pg_temp.candidates(null, :p2)), '{"2 out","3 in","4 in"}', 'everything: every edge that there ever was, as it stands');
select is(array(select pg_temp.candidates(null, :p1)), '{"2 in","3 in","4 out"}', 'everything, as it stood at a position');
select is(array(select pg_temp.candidates(:p1, :p2)), '{"2 out","4 in"}', 'a delta: whose edge has changed since, and those alone');
select is(array(select pg_temp.candidates(:p2, :p2)), '{}', 'nothing has changed, so nobody is a candidate');
select graph.write_follows('{2}', '{1}', 4) \g /dev/null
select is(array(select pg_temp.candidates(:p1, graph.last_change_id())), '{"2 in","4 in"}', 'who was let go and is followed again is in');

select * from finish();
rollback;
