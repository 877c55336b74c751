create or replace function engine.report_progress(p_run_ids bigint[])
  returns table (
    run_id bigint, sync_kind text, subject_id bigint, mode text, status text, pages integer, resources bigint, expected bigint, expected_pages bigint,
    cost_usd numeric, attended boolean, says text)
  language plpgsql
  stable
as $$
declare
  v_obstacle constant text := engine.say_unattended();
  v_unknown_id bigint;
begin
  select i into v_unknown_id from unnest(p_run_ids) as i where not exists (select from ingest.runs as r where r.run_id = i) limit 1;
  if found then
    raise exception 'there is no run %', coalesce(v_unknown_id::text, 'null')
      using errcode = 'RK017', hint = 'select * from api.runs; lists them.';
  end if;
  return query
    select r.run_id, r.sync_kind, r.subject_id, r.mode, r.status, r.page_count, r.resource_count, r.expected_count,
           case when r.expected_count is not null then greatest(ceil(r.expected_count::numeric / r.page_size)::bigint, 1) end,
           r.cost_usd, v_obstacle is null,
           case r.status
             when 'in_progress' then coalesce(v_obstacle, ingest.explain_progress(r) #>> '{0,says}')
             when 'error' then ingest.explain_error(r)
             else r.status end
    from ingest.runs as r
    where r.run_id = any (p_run_ids)
    order by r.run_id;
end;
$$;
comment on function engine.report_progress(bigint[]) is 'How far runs are, and what those in progress wait for: see api.run_progress. Error RK017.';
