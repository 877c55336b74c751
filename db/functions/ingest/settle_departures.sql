create or replace function ingest.settle_departures(p_run ingest.runs)
  returns void
  language plpgsql
  volatile
as $$
begin
  update ingest.departures as d set
    known_at = base.now(),
    reason = case
      when u.deleted_at is not null then ingest.class_of_departure(u.gone_reason)
      when m.reason is not null then ingest.class_of_departure(m.reason)
      when ingest.taken_up_again_at(c) < 'infinity' then 'unknown'
      else 'unfollowed' end
  from graph.users as u
  left join ingest.missing as m on m.resource = 'user' and m.item_key = u.user_id::text
  cross join graph.follow_changes as c
  where d.user_id = any (p_run.item_ids) and d.reason is null and u.user_id = d.user_id
    and c.target_id = d.target_id and c.change_id = d.change_id;
end;
$$;
comment on function ingest.settle_departures(ingest.runs) is 'After a look-up: why those left whom a sweep had missed (see ingest.departures).';
