create or replace function ingest.plan_runs(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_due record;
  v_count integer := 0;
begin
  perform ingest.drop_outdated_searches();
  -- Profiles first: a list whose subject is not known yet can then wait for a look-up that is under way.
  for v_due in
    with picked as (
      select sync_kind, subject_id from ingest.due where due_at <= base.now()
      order by due_at, sync_kind, subject_id limit p_limit for update skip locked
    ), taken as (
      delete from ingest.due as d using picked as p
      where d.sync_kind = p.sync_kind and d.subject_id = p.subject_id
      returning d.sync_kind, d.subject_id
    )
    select t.sync_kind, k.is_batched, array_agg(t.subject_id order by t.subject_id) as subject_ids
    from taken as t join ingest.sync_kinds as k using (sync_kind)
    group by t.sync_kind, k.is_batched order by k.is_batched desc, t.sync_kind
  loop
    v_count := v_count + cardinality(v_due.subject_ids);
    if v_due.is_batched then
      perform ingest.start_lookups(v_due.sync_kind, v_due.subject_ids, 'due');
    elsif v_due.sync_kind = 'posts' then
      perform ingest.start_polls(v_due.subject_ids);
    else
      perform ingest.start_list_runs(v_due.sync_kind, ingest.take_events_word(v_due.sync_kind, v_due.subject_ids));
    end if;
  end loop;
  return v_count;
end;
$$;
comment on function ingest.plan_runs(integer) is 'Starts a run for at most p_limit subjects that are due; returns how many.';
