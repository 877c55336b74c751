-- Whatever comes, of whatever list: it is recorded, and the graph takes no harm.
begin;
select plan(4);

create temp table bodies (body text) on commit drop;
insert into bodies values (null), (''), ('<html>'), ('[]'), ('5'), ('{}'), ('{"data": null}'), ('{"data": {}}'), ('{"data": [null, 5, "x", [], {}]}'), ('{"meta": 5}'), ('{"errors": 5}'), ('{"errors": [null]}'),
  ('{"data": [{"id": "1", "username": "a", "text": "x"}, {"id": "1", "username": "A", "text": "y"}, {"id": "2", "username": "a", "text": "x"}, {"username": "b", "text": "z"}], "meta": {"result_count": 4}}'),
  ('{"data": [{"id": "3", "username": "\u0000", "text": "\u0000\ud800", "lang": {}, "author_id": "0", "conversation_id": "-1", "public_metrics": {"like_count": -1}}]}'),
  ('{"data": [{"id": 4, "username": 4, "name": [], "description": {}, "text": 4, "created_at": "0001-01-01T00:00:00Z"}], "meta": {"result_count": "many", "next_token": 4}}'),
  ('{"data": [{"id": "9223372036854775807", "username": "x", "text": "x"}]}'), ('{"data": [{"id": "5", "username": "' || repeat('x', 9000) || '", "text": "' || repeat('x', 90000) || '"}]}'),
  ('{"data": {"id": "6", "username": "six", "text": "six"}, "errors": [{"type": "https://api.x.com/2/problems/resource-not-found", "resource_id": {"a": 1}}]}'),
  ('{"data": [], "errors": [{"type": "https://api.x.com/2/problems/not-authorized-for-resource", "value": null}]}'), ('{"meta": {"result_count": 0, "next_token": "' || repeat('t', 5000) || '"}}');

create function pg_temp.take(p_sync_kind text, p_subject_id bigint, p_status integer, p_headers jsonb, p_body text) returns text language plpgsql as $$
declare
  v_run_id bigint;
begin
  v_run_id := case when p_sync_kind in ('users', 'post_lookup') then (ingest.start_lookups(p_sync_kind, array[p_subject_id], 'due'))[1] else test.x_sync(p_sync_kind, p_subject_id) end;
  update ingest.providers set stopped_class = null, stopped_at = null, probe_at = null;
  update ingest.windows set limit_count = 1000, remaining_count = 1000;
  return test.x_answer(v_run_id, p_body, p_status, p_headers);
end $$;
create temp table answers on commit drop as
  select k, s, body, 1000 + row_number() over () as subject_id from bodies, unnest('{followers,following,posts,users,post_lookup}'::text[]) as k, unnest('{200,429,400}'::integer[]) as s;
select is((select count(pg_temp.take(k, subject_id, s, '{"x-rate-limit-reset": "x"}', body)) from answers), 20 * 5 * 3::bigint, 'every answer is of some class');
select is_empty('select test.broken_runs() union all select test.broken_logs()', 'the books agree');
select results_eq('select user_id from graph.users where user_id < 1000 order by 1', '{1,2,4,6}'::bigint[], 'users who could be read are there');
select is((select count(*) from graph.follows where deleted_at is not null), 0::bigint, 'I2: and nothing was deleted');

select * from finish();
rollback;
