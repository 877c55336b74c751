begin;
select plan(6);

select test.enable('post_corpus_for_segment', 'segment_mutuals 1'), test.enable('segment_followers', '3'), test.enable('segment_followers', '2') \g /dev/null
delete from asset.marks;
create function pg_temp.due(p_limit integer) returns text[] language sql as $$
  select array(select i.kind || coalesce(' ' || (i.params ->> 'subject_id'), '')
               from unnest(asset.due_instances(p_limit)) with ordinality as d (instance_id, n) join asset.instances as i using (instance_id) order by d.n);
$$;
select is(pg_temp.due(9), '{}', 'what is not marked is not due');
insert into asset.marks (instance_id, cause, look_at) select instance_id, 'root', base.now() from asset.instances order by instance_id desc;
insert into asset.marks (instance_id, cause, look_at) select instance_id, 'root', base.now() from asset.instances;
select is(pg_temp.due(9),
  (select array['segment_followed 1'] || array_agg('segment_followers ' || s order by asset.params_hash('segment_followers', jsonb_build_object('subject_id', s::text)))
          || array['segment_mutuals 1', 'post_corpus_for_segment'] from generate_series(1, 3) as s),
  'A4: dependencies first, then by kind and params: an order that is the same on every database');
select is(cardinality(pg_temp.due(2)), 2, 'E1: at most as many as asked for');
update asset.marks set look_at = base.now() + interval '1 s';
select is(pg_temp.due(9), '{}', 'what is put off is not due');
select simulation.advance('1 s') \g /dev/null
select is(cardinality(pg_temp.due(9)), 6, 'until its time has come');

-- One that is everybody's and one that is a source's own have the same params.
create function pg_temp.twins(p_kind text, p_first bytea, p_second bytea) returns bytea[] language sql as $$
  select asset.ensure_instance(p_kind, '{"subject_id": "9"}', s) from unnest(array[p_first, p_second]) as s;
  delete from asset.marks;
  insert into asset.marks (instance_id, cause, look_at) select instance_id, 'root', base.now() from asset.instances where kind = p_kind and params = '{"subject_id": "9"}';
  select array(select i.scope_hash from unnest(asset.due_instances(9)) with ordinality as d (instance_id, n) join asset.instances as i using (instance_id) order by d.n) $$;
savepoint before;
select pg_temp.twins('segment_followers', null, sha256('a')) as one \gset
rollback to savepoint before;
select is(pg_temp.twins('segment_followers', sha256('a'), null), :'one'::bytea[], 'A4: also of those, whichever was made first');

select * from finish();
rollback;
