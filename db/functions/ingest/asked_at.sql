create or replace function ingest.asked_at(p_run ingest.runs)
  returns timestamptz
  language plpgsql
  stable
as $$
begin
  return (
    select coalesce(c.claimed_at, p_run.started_at)
    from ingest.pages as g join ingest.calls as c using (call_id)
    where g.run_id = p_run.run_id and g.page_no = p_run.first_page);
end;
$$;
comment on function ingest.asked_at(ingest.runs) is 'When the first page of a run''s present sweep was asked for: what was there then, the sweep has seen.';
