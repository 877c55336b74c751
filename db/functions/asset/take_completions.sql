create or replace function asset.take_completions(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_count integer;
begin
  with taken as (
    delete from ingest.completions
    where completion_id in (select completion_id from ingest.completions order by completion_id limit p_limit for update skip locked)
    returning sync_kind, subject_id, run_id
  ), marked as (
    insert into asset.marks (instance_id, cause, cause_id, look_at)
    select distinct n.consumer_id, 'run', t.run_id, base.now()
    from taken as t
    join ingest.needs as n using (sync_kind, subject_id)
    order by n.consumer_id, t.run_id
  )
  select count(*) into v_count from taken;
  return v_count;
end;
$$;
comment on function asset.take_completions(integer) is 'Marks the instances that needed a sync which has ended; returns how many notes were read.';
