create or replace function engine.plan(p_deadline timestamptz, out done jsonb, out again boolean)
  language plpgsql
  volatile
as $$
declare
  v_limit constant integer := base.setting_integer('tick.items');
  v_step_count integer;
  v_completion_count integer;
  v_run_count integer;
  v_instance_ids bigint[];
  v_instance_id bigint;
  v_locked_ids bigint[] := array[]::bigint[];
  v_results text[] := array[]::text[];
begin
  again := asset.take_changes(base.setting_integer('tick.changes'));
  perform asset.take_moves();
  -- Half of the time at most, so that a large fanout holds up no instance that is there.
  v_step_count := engine.take_steps(v_limit, p_deadline - base.setting_interval('tick.budget') / 2);
  v_completion_count := asset.take_completions(v_limit);
  v_run_count := ingest.plan_runs(v_limit);
  perform ingest.tend_waiting_runs();
  again := again or v_completion_count = v_limit or v_run_count = v_limit;

  <<rounds>>
  loop
    -- What one round changes is looked at in the next: an instance is marked only by what is less deep.
    perform asset.take_moves();
    v_instance_ids := asset.due_instances(v_limit);
    -- The marks of one that somebody else has in hand may stay due.
    exit rounds when v_instance_ids <@ v_locked_ids;
    foreach v_instance_id in array v_instance_ids loop
      -- Elapsed time, hence the wall clock. One is looked at in any case: else who plans for longer than the budget would never get to it.
      if cardinality(v_results) > 0 and pg_catalog.clock_timestamp() >= p_deadline or cardinality(v_results) >= v_limit then
        again := true;
        exit rounds;
      end if;
      v_results := v_results || asset.look_at_instance(v_instance_id);
      if v_results[cardinality(v_results)] = 'locked' then
        v_locked_ids := v_locked_ids || v_instance_id;
      end if;
    end loop;
  end loop;
  again := again or v_results && array['queued', 'unsound'] or exists (select from asset.moves) or exists (select from asset.fanout_steps);
  again := engine.take_chore(v_limit, not again and v_results = '{}') or again;
  done := jsonb_build_object('runs_planned', v_run_count, 'fanout_steps', v_step_count, 'syncs_ended', v_completion_count) || engine.tally(v_results);
end;
$$;
comment on function engine.plan(timestamptz) is 'Reads what has happened, starts the syncs that are due, looks at the instances that are marked, and takes a step of a chore. The caller is the planner.';
