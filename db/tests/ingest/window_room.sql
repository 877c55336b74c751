-- I8: a part of a window goes out at once, the rest is spread over the time until it ends.
begin;
select plan(28);

create function pg_temp.room(p_limit integer, p_remaining integer, p_left interval) returns integer language sql as $$
  select ingest.window_room(row('followers', p_limit, p_remaining, base.now() + p_left)::ingest.windows)
$$;
create function pg_temp.opens_in(p_limit integer, p_remaining integer, p_left interval) returns interval language sql as $$
  select date_trunc('second', ingest.window_opens_at(row('followers', p_limit, p_remaining, base.now() + p_left)::ingest.windows) - base.now())
$$;
select is(pg_temp.room(300, 300, null), 150, 'I8: half of a window that nobody has begun');
select is(pg_temp.room(300, 0, '0'), 150, 'I8: or of the one after it');
select is(pg_temp.room(300, 200, '15 minutes'), 50, 'I8: as long as a half has not gone out');
select is(pg_temp.room(300, 150, '15 minutes'), 0, 'I8: then no more at once');
select is(pg_temp.room(300, 150, '14 minutes 54 seconds'), 1, 'I8: but one every six seconds');
select is(pg_temp.room(300, 150, '7 minutes 30 seconds'), 75, 'I8: what was not used can go out later');
select is(pg_temp.room(300, 150, '1 microsecond'), 149, 'I8: until it ends');
select is(pg_temp.room(300, 10, '10 minutes'), 0, 'I8: whoever used it');
select is(pg_temp.room(300, 0, '10 minutes'), 0, 'I8: what is used up is used up');
select is(pg_temp.room(300, 300, '16 minutes'), 150, 'I8: a reset that is further ahead than a window is long is one of a whole window');
select is(pg_temp.room(1, 1, null), 1, 'I8: of the smallest window there is one');
select is(pg_temp.room(1, 1, '10 minutes'), 1, 'I8: also when it runs');
select is(pg_temp.room(1, 0, '10 minutes'), 0, 'I8: but not two');
select is(pg_temp.room(15, 5, '15 minutes'), 0, 'I8: a limit that was learned to be smaller holds at once');

select is(pg_temp.opens_in(300, 200, '15 minutes'), '0', 'E2: where there is room, it is open');
select is(pg_temp.opens_in(300, 0, '10 minutes'), '10 minutes', 'E2: at the wall, when the window ends');
select is(pg_temp.opens_in(300, 150, '15 minutes'), '6 seconds', 'E2: in between, when the next may go');
select is(pg_temp.opens_in(300, 140, '15 minutes'), '66 seconds', 'E2: later, the more went out');
select is(pg_temp.opens_in(2, 1, '15 minutes'), '15 minutes', 'E2: at the latest when the window ends');
select is(pg_temp.opens_in(300, 150, '16 minutes'), '66 seconds', 'E2: by a clock that is off');

create function pg_temp.worst_wait() returns text language plpgsql as $$
declare
  v_window ingest.windows;
  v_limit integer;
  v_opens_at timestamptz;
begin
  foreach v_limit in array '{1,2,3,7,15}'::integer[] loop
    for v_remaining in 0 .. v_limit loop
      foreach v_window.reset_at in array array[base.now() + '1 s', base.now() + '7 minutes', base.now() + '14 minutes 59 seconds', base.now() + '16 minutes'] loop
        v_window.endpoint := 'followers';
        v_window.limit_count := v_limit;
        v_window.remaining_count := v_remaining;
        v_opens_at := ingest.window_opens_at(v_window);
        perform simulation.set_now(v_opens_at);
        if ingest.window_room(v_window) < 1 or v_opens_at > v_window.reset_at then
          return v_window::text || ' opens at ' || v_opens_at;
        end if;
        perform simulation.set_now('2026-03-02');
      end loop;
    end loop;
  end loop;
  return null;
end $$;
select simulation.set_now('2026-03-02') \g /dev/null
select is(pg_temp.worst_wait(), null, 'E2: when it opens there is room, so nobody ticks in vain');

-- What goes out
update ingest.windows set limit_count = 30, remaining_count = 30 where endpoint = 'followers';
select test.x_users(array(select generate_series(1, 40))) \g /dev/null
select test.x_sync('followers', i) from generate_series(1, 40) as i \g /dev/null
select is(jsonb_array_length(test.tick()), 15, 'I8: the first half goes out at once');
update ingest.calls set state = 'answered', lease_until = null, answered_at = base.now() where state = 'claimed';
select is_empty($$ select from base.decisions where decision_kind = 'rate_limit' $$, 'E3: to be spread is not to be held back');
select is(ingest.next_work_at(true), base.now() + interval '60.001 seconds', 'E2: the next tick that can hand one out');
select matches(ingest.explain_call((select min(call_id) from ingest.calls where state = 'ready')) ->> 'says', 'spread over the rate window, the next goes out at 2026-03-02 00:01:00Z$', 'E3: whoever asks is told');
create temp table sent on commit drop as select n, simulation.advance('60.001 seconds') is null as clock, jsonb_array_length(test.tick()) as calls from generate_series(1, 10) as n;
select is((select array_agg(calls order by n) from sent), '{1,1,1,1,1,1,1,1,1,1}', 'I8: then one a minute, until the window ends');
select base.change_setting('window.burst', '100') \g /dev/null
select is(jsonb_array_length(test.tick()), 5, 'I8: unless an operator wants all of it at once');
select test.tick() \g /dev/null
select is((select until_at from base.decisions where decision_kind = 'rate_limit'), '2026-03-02 00:15:00Z', 'E3: the wall is a decision');

select * from finish();
rollback;
