create or replace function asset.take_completions(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_ended record;
  v_count integer := 0;
begin
  for v_ended in
    with taken as (
      delete from ingest.completions
      where completion_id = any (array(select completion_id from ingest.completions order by completion_id limit p_limit for update skip locked))
      returning sync_kind, subject_id, run_id
    ), marked as (
      insert into asset.marks (instance_id, cause, cause_id, look_at)
      select distinct n.consumer_id, 'run', t.run_id, base.now()
      from taken as t
      join ingest.needs as n using (sync_kind, subject_id)
      order by n.consumer_id, t.run_id
    )
    select sync_kind, array_agg(subject_id) as subject_ids from taken group by sync_kind order by sync_kind
  loop
    -- A need that came or went while the run was ending did not see that, nor the run the need. Both are seen now.
    perform ingest.reschedule(v_ended.sync_kind, v_ended.subject_ids);
    v_count := v_count + cardinality(v_ended.subject_ids);
  end loop;
  return v_count;
end;
$$;
comment on function asset.take_completions(integer) is 'Marks the instances that needed a sync which has ended; returns how many notes were read.';
