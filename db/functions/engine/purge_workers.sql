create or replace function engine.purge_workers(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_count integer;
begin
  delete from engine.workers
  where worker = any (array(
    select worker from engine.workers where seen_at < base.now() - base.setting_interval('retention.decisions') order by seen_at limit p_limit for update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function engine.purge_workers(integer) is 'Forgets workers that were not seen for retention.decisions, at most p_limit; returns how many.';
