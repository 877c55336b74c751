-- W1, W2: events are stored as they come, each once, and a bad one says which field is bad.
begin;
select plan(34);

select simulation.set_now('2026-11-01 12:00+00') \g /dev/null
create function pg_temp.receive(p_events jsonb) returns jsonb language sql set role = rookery_web as $$ select api.webhook_receive(p_events) $$;
create function pg_temp.complaint(p_source text, p_body text) returns text language sql as $$
  select concat_ws(' | ', r ->> 'code', r ->> 'field', r ->> 'message') from test.receive(p_source, p_body) as r;
$$;

-- Duplicates
select test.receive('new_follower', '{"follower": "1", "target": "2"}') as first \gset
select is(:'first'::jsonb -> 'is_duplicate', 'false', 'W1: an event is stored');
select is(test.receive('new_follower', '{"follower": "1", "target": "2"}'), :'first'::jsonb || '{"is_duplicate": true}',
  'W1: the same text again is the same event');
select is((select repeats from api.webhook_events where event_id = (:'first'::jsonb ->> 'event_id')::bigint), 1::bigint, 'W1: which is counted');
select is(test.receive('new_follower', '{"follower":  "1", "target": "2"}') -> 'is_duplicate', 'false', 'W1: another text is another');
select simulation.advance('24 hours') \g /dev/null
select simulation.advance('-1 s') \g /dev/null
select is(test.receive('new_follower', '{"follower": "1", "target": "2"}'), :'first'::jsonb || '{"is_duplicate": true}', 'W1: within 24 h of the first');
select simulation.advance('1 s') \g /dev/null
select test.receive('new_follower', '{"follower": "1", "target": "2"}') as later \gset
select is(:'later'::jsonb -> 'is_duplicate', 'false', 'W1: after 24 h it is a new event');
select is(test.receive('new_follower', '{"follower": "1", "target": "2"}'), :'later'::jsonb || '{"is_duplicate": true}', 'W1: for 24 h again');
select is((select count(*) from api.webhook_events), 3::bigint, 'W1: no row more');

select test.receive('new_follower', '{"follower": "1", "target": "2", "event_uuid": "-5"}') as named \gset
select simulation.advance('100 days') \g /dev/null
select is(test.receive('new_follower', '{"follower": "1", "target": "2", "event_uuid": -5, "x": 1}'), :'named'::jsonb || '{"is_duplicate": true}',
  'W1: the sender''s id of an event is good for as long as it is kept, whatever else is said, a negative number as well as its text');
select test.x_follow('follow', 1, 2, '-5') as x_first \gset
select isnt(:'x_first', :'named'::jsonb ->> 'event_id', 'W1: another sender''s ids are others');
select is(test.x_follow('follow', 1, 2, '-5'), :x_first::bigint, 'W3: X''s event_uuid makes two deliveries one');
select isnt(test.x_follow('unfollow', 1, 2, '-5'), :x_first::bigint, 'W3: of one type, since X gives a post''s id to each event about it');
select is(test.receive('x_activity', '{"data": {"data": {"event_uuid": "-5", "event_type": "follow.follow"}}}') ->> 'event_id', :x_first::text,
  'W3: also when the envelope has another around it');

-- A batch
select pg_temp.receive('[{"source": "new_follower", "body": "{\"follower\": \"8\", \"target\": \"2\"}"}, {"source": "new_follower", "body": "{}"},
                         {"source": "new_follower", "body": "{\"follower\": \"9\", \"target\": \"2\"}"},
                         {"source": "new_follower", "body": "{\"follower\": \"8\", \"target\": \"2\"}"}]') as batch \gset
select is((select array_agg(coalesce(r ->> 'field', r ->> 'is_duplicate') order by n) from jsonb_array_elements(:'batch') with ordinality as b (r, n)),
  '{false,follower,false,true}', 'W2: one bad event hurts no other, and the answers are in order');
select is(:'batch'::jsonb -> 0 -> 'event_id', :'batch'::jsonb -> 3 -> 'event_id', 'W1: a batch may hold an event twice');
select cmp_ok((:'batch'::jsonb -> 0 ->> 'event_id')::bigint, '<', (:'batch'::jsonb -> 2 ->> 'event_id')::bigint, 'W1: events are numbered as they came');
select is(pg_temp.receive('[]'), '[]', 'W1: no event, no answer');
select throws_ok($$ select api.webhook_receive('{}') $$, 'RK040', 'events are not an array of objects', 'W2: a batch is a list');
select throws_ok($$ select api.webhook_receive('[1]') $$, 'RK040', 'events are not an array of objects', 'W2: of objects');

-- Refusals
select is(pg_temp.complaint('rss', '{}'), 'RK040 | source | source is neither new_follower nor x_activity: rss', 'W2: an unknown source');
select is(pg_temp.complaint('new_follower', '{"follower": '), 'RK040 | body | body is no JSON object', 'W2: what is no JSON');
select is(pg_temp.complaint('x_activity', '{"a": ' || repeat('[', 64) || repeat(']', 64) || '}'), 'RK040 | body | body is nested deeper than 64 levels',
  'W2: what nobody could read again');
select is(test.receive('x_activity', '{"a": ' || repeat('[', 63) || repeat(']', 63) || '}') ->> 'field', null, 'W2: 64 levels can be read');
select is(pg_temp.complaint('x_activity', '[]'), 'RK040 | body | body is no JSON object', 'W2: what is no object');
select is(pg_temp.complaint('new_follower', '{"follower": "1"}'),
  'RK040 | target | target is missing, and no own account is set (webhook.own_account)', 'W1: no target, and no own account');
select is(pg_temp.complaint('new_follower', '{"follower": "1", "target": [2]}'), 'RK040 | target | target is no id, handle or profile link: [2]',
  'W2: a target that is none');
select is(pg_temp.complaint('new_follower', '{"follower": null, "target": "2"}'), 'RK040 | follower | follower is no id, handle or profile link: null',
  'W2: a follower that is none');
select is(pg_temp.complaint('new_follower', '{"follower": "@me", "target": "https://x.com/Me"}'), 'RK040 | follower | follower is the target itself',
  'W2: a follower of oneself');
select is(pg_temp.complaint('new_follower', '{"follower": "1", "target": "2", "followed_at": "now"}'),
  'RK040 | followed_at | followed_at is no ISO 8601 time with a zone: now', 'W2: a time that is none');
select is(pg_temp.complaint('new_follower', '{"follower": "1", "target": "2", "event_uuid": {}}'),
  'RK040 | event_uuid | event_uuid is no text of 1 to 200 characters', 'W2: an id that is none');
select is((select count(*) from api.webhook_events where payload = '{}'), 0::bigint, 'W2: nothing of them is stored');
select api.setting_set('webhook.own_account', '@me') \g /dev/null
select ok(test.receive('new_follower', '{"follower": "1"}') ? 'event_id', 'W1: an own account is the target of who names none');

-- Hostile text
select test.receive('new_follower', '{"follower": "1", "note": "\u0000\ud800", "token": "hush", "secret": "hush", "n": 1e999999}') ->> 'event_id' as hostile \gset
select is((select payload from api.webhook_events where event_id = :hostile),
  '{"follower": "1", "note": "��", "n": null}', 'W2: what cannot be stored is replaced, and no secret is kept');
select is_empty('select test.invariants()', 'the invariants hold');

select * from finish();
rollback;
