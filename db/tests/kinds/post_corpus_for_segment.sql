begin;
select plan(10);

insert into test.world_users select i, 'user_' || i from generate_series(1, 4) as i;
insert into test.world_posts select i * 100 + n, i from generate_series(1, 4) as i, generate_series(1, 2) as n;
select api.specified_users_set('authors', array[1, 2]) \g /dev/null
select test.enable('post_corpus_for_segment', 'segment_specified_users authors') as instance_id \gset
select params from api.instances where instance_id = :instance_id \gset

create function pg_temp.needs(p_instance_id bigint, p_only_moved boolean) returns setof text language sql as $$
  select sync_kind || ' ' || subject_id || case when is_needed then ' needed' else ' dropped' end || case when tolerates_refusal then ' or refused' else '' end
  from asset.post_corpus_for_segment_needs(p_instance_id, '{}', p_only_moved) order by subject_id;
$$;
create function pg_temp.candidates(p_instance_id bigint, p_from bigint) returns setof text language sql as $$
  select item_id || case when belongs then ' in' else ' out' end
  from asset.post_corpus_for_segment_candidates(p_instance_id, '{}', p_from, graph.last_change_id()) order by item_id;
$$;
select results_eq(
  format('select * from asset.post_corpus_for_segment_dependencies(%L)', :'params'),
  $$ values ('source', 'segment_specified_users', '{"stable_key": "authors"}'::jsonb) $$, 'A1: a corpus is made from its source');
select test.play() \g /dev/null
select is(array(select pg_temp.needs(:instance_id, false)), '{"posts 1 needed or refused","posts 2 needed or refused"}', 'A5: it needs the posts of each member');
select is(array(select pg_temp.candidates(:instance_id, null)), '{"101 in","102 in","201 in","202 in"}', 'everything: the posts of the members');
select is(array(select pg_temp.candidates(:instance_id, graph.last_change_id())), '{}', 'nothing has changed, so nothing is a candidate');

-- 1 goes, 3 comes, 2 posts and deletes: what is pinned is not read before the posts of 3 are there
select graph.last_change_id() as p1 \gset
select api.specified_users_set('authors', array[2, 3]) \g /dev/null
select test.tick() \g /dev/null
select test.answer('/2/users', test.world_look_up('/2/users', '{3}')) \g /dev/null
select test.tick() \g /dev/null
select is(array(select pg_temp.needs(:instance_id, true)), '{"posts 1 dropped or refused","posts 3 needed or refused"}', 'A5: who came or went moves the needs');
select is(array(select pg_temp.candidates(:instance_id, :p1)), '{"101 out","102 out"}', 'a delta: all posts of who went');
insert into test.world_posts values (203, 2);
delete from test.world_posts where post_id = 201;
select test.answer('%/3/tweets', test.world_body('/2/users/3/tweets', '{}')) \g /dev/null
select api.sync_request('posts', 2, 'full') \g /dev/null
select test.tick('w', 0) \g /dev/null
select test.play() \g /dev/null
select is(test.item_ids(:instance_id), '{202,203,301,302}', 'A6: of authors who stay, posts that came or died; of who came, all');
select is(array(select pg_temp.candidates(:instance_id, null)), '{"101 out","102 out","201 out","202 in","203 in","301 in","302 in"}', 'everything: of who ever was in, and what ever was there');

-- A change of somebody who is in the source no more, marked before that was known
select graph.write_posts(array[test.x_post(103, 1)], 1) \g /dev/null
insert into asset.marks (instance_id, cause, subject_id, revision, look_at) values (:instance_id, 'change', 1, graph.last_change_id(), base.now());
select is(array(select pg_temp.candidates(:instance_id, :p1)) && '{"103 in"}', false, 'A5: posts of who is not in the pinned source do not come in');
select test.play() \g /dev/null
select is_empty('select test.invariants()', 'the standing invariants hold');

select * from finish();
rollback;
