begin;
select plan(27);

create function pg_temp.good_ids(p_endpoint text, p_rows text) returns bigint[] language sql as $$
  select array(select user_id from unnest(a.profiles) union all select post_id from unnest(a.posts) order by 1)
  from ingest.x_v2_answer(p_endpoint, 200, '{}', '{"data": [' || p_rows || ', {"id": "7", "username": "good", "text": "good"}], "meta": {"result_count": 2}}') as a
$$;
select is(pg_temp.good_ids(e, r), '{7}', e || ': ' || left(r, 60))
from (values
  ('followers', '{"id": "0", "username": "a"}'), ('followers', '{"id": "-1", "username": "a"}'), ('followers', '{"id": "9223372036854775808", "username": "a"}'),
  ('followers', '{"id": 1.5, "username": "a"}'), ('followers', '{"id": 1e300, "username": "a"}'), ('followers', '{"id": 1e999999, "username": "a"}'),
  ('followers', '{"username": "a"}'), ('followers', '{"id": [1], "username": "a"}'), ('followers', '{"id": "1"}'),
  ('followers', '{"id": "1", "username": ""}'), ('followers', '{"id": "1", "username": "É"}'), ('followers', '{"id": "1", "username": {"a": 1}}'),
  ('followers', '{"id": "1", "username": "' || repeat('x', 5000) || '"}'),
  ('followers', '{"id": "1", "username": "a", "created_at": "now"}'), ('followers', '{"id": "1", "username": "a", "created_at": "infinity"}'),
  ('followers', '{"id": "1", "username": "a", "created_at": "2026-02-30T00:00:00Z"}'), ('followers', '{"id": "1", "username": "a", "verified": "maybe"}'),
  ('followers', '{"id": "1", "username": "a", "public_metrics": [1]}'), ('followers', '{"id": "1", "username": "a", "public_metrics": {"followers_count": 1e40}}'),
  ('followers', 'null'), ('followers', '"x"'), ('followers', repeat('[', 3000) || repeat(']', 3000)),
  ('timeline', '{"id": "1"}'), ('timeline', '{"text": "x"}'), ('timeline', '{"id": "1", "text": "x", "note_tweet": 5}'), ('timeline', '{"id": "1", "text": "x", "author_id": "me"}')
) as t (e, r);
select ok(cardinality(a.rejects) = 1 and a.rejects[1] ->> 'reason' = 'invalid input syntax for type bigint: "x"' and a.rejects[1] -> 'raw' ->> 'id' = 'x' and a.resource_count = 2,
  'a row that is set aside is kept with the reason, and was paid for')
from ingest.x_v2_answer('followers', 200, '{}', '{"data": [{"id": "x"}, {"id": "7", "username": "good"}]}') as a;

select * from finish();
rollback;
