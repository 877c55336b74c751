-- I8: headers are believed, as far as they can be true.
begin;
select plan(20);
select base.change_setting('window.burst', '100') \g /dev/null

select test.x_sync('followers', 7) as run \gset
create function pg_temp.read(p_headers jsonb, p_status integer default 200) returns text language plpgsql as $$
declare
  v_call ingest.calls;
begin
  select * into v_call from ingest.calls where state = 'claimed' limit 1;
  perform ingest.read_window(v_call, ingest.x_v2_answer('followers', p_status, p_headers, '{}'));
  return (select format('%s of %s for %s', remaining_count, limit_count, reset_at - base.now()) from ingest.windows where endpoint = 'followers');
end $$;
create function pg_temp.headers(p_limit text, p_remaining text, p_reset interval) returns jsonb language sql as $$
  select jsonb_build_object('x-rate-limit-limit', p_limit, 'x-rate-limit-remaining', p_remaining, 'x-rate-limit-reset', extract(epoch from base.now() + p_reset)::bigint::text)
$$;
select test.tick() \g /dev/null

select is(pg_temp.read('{}'), '299 of 300 for 00:15:00', 'without headers our own count holds');
select is(pg_temp.read(pg_temp.headers('75', '60', '14 minutes')), '60 of 75 for 00:14:00', 'the limit, what is left and the reset are taken from the headers');
select is(pg_temp.read(pg_temp.headers('75', '70', '14 minutes')), '60 of 75 for 00:14:00', 'within a window the smaller number is true');
select is(pg_temp.read(pg_temp.headers('75', '40', '14 minutes')), '40 of 75 for 00:14:00', 'whoever else uses the token');
select is(pg_temp.read(pg_temp.headers('75', '74', '15 minutes')), '74 of 75 for 00:15:00', 'a later reset is another window, which is full again');
select is(pg_temp.read(pg_temp.headers('75', '10', '-1 day')), '10 of 75 for 00:15:00', 'a reset in the past is no news');
select is(pg_temp.read(pg_temp.headers('75', '10', '1 day')), '10 of 75 for 00:16:00', 'a reset is at most a window away: somebody''s clock is off');
select is(pg_temp.read(pg_temp.headers('0', '9', '16 minutes')), '9 of 75 for 00:16:00', 'a limit of nothing is none');
select is(pg_temp.read('{"x-rate-limit-remaining": "many", "x-rate-limit-reset": "soon", "x-rate-limit-limit": "-1"}'), '9 of 75 for 00:16:00', 'nor is what is no number');

-- Limits that are not what the documents say
select is(pg_temp.read(pg_temp.headers('300', '299', '15 minutes')), '299 of 300 for 00:15:00', 'a limit that is larger than was known is believed at once');
select is(pg_temp.read(pg_temp.headers('15', '14', '15 minutes')), '14 of 15 for 00:15:00', 'so is one that is smaller');
select is(pg_temp.read('{"x-rate-limit-limit": "5"}'), '5 of 5 for 00:15:00', 'no more is left than that');
select pg_temp.read(pg_temp.headers('75', '9', '16 minutes')) \g /dev/null

-- 429
select is(pg_temp.read(pg_temp.headers('75', '0', '12 minutes'), 429), '0 of 75 for 00:12:00', 'a 429 is obeyed until its reset');
select is(pg_temp.read('{}', 429), '0 of 75 for 00:15:00', 'or for a whole window, if it names none');
select is(pg_temp.read(pg_temp.headers('75', '0', '1 day'), 429), '0 of 75 for 00:16:00', 'no longer than that, if X''s clock is ahead');
select is(pg_temp.read(pg_temp.headers('75', '0', '-1 day'), 429), '0 of 75 for 00:00:10', 'and with steps of ten seconds, if it is behind');
select is(pg_temp.read(pg_temp.headers('75', '5', '12 minutes'), 429), '5 of 75 for 00:12:00', 'a limit per second leaves the window as it is');

-- Calls that are out may be served by the new window.
select test.x_sync('followers', i) from generate_series(1, 3) as i \g /dev/null
select test.tick() \g /dev/null
select is(pg_temp.read(pg_temp.headers('75', '74', '15 minutes')), '71 of 75 for 00:15:00', 'a new window is not overdrawn by those that are out');

select simulation.advance('1 hour') \g /dev/null
select ingest.record_answer(call_id, 429, pg_temp.headers('75', '0', '5 minutes'), '') from ingest.calls where run_id = :run \g /dev/null
select ok(not_before = base.now() + interval '5 minutes' and attempt_count = 0, 'the call goes out again at the reset; waiting is no failed attempt') from ingest.calls where run_id = :run;
select is(test.x_call(:run), null, 'and not before');

select * from finish();
rollback;
