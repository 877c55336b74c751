create or replace function base.purge_decisions(p_limit integer)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_count integer;
begin
  delete from base.decisions
  where decision_id = any (array(
    select decision_id from base.decisions
    where last_at < base.now() - base.setting_interval('retention.decisions') and (until_at is null or until_at < base.now())
    order by last_at limit p_limit for update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
comment on function base.purge_decisions(integer) is 'Deletes decisions that are older than retention.decisions and not in force, at most p_limit (W7); returns how many.';
