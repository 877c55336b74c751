create or replace function ingest.fill_lookups(p_sync_kind text, inout p_ids bigint[], out p_run_ids bigint[])
  language plpgsql
  volatile
as $$
declare
  v_open record;
begin
  for v_open in
    select r.run_id, c.call_id, r.item_ids, 100 - cardinality(r.item_ids) as room
    from ingest.runs as r
    join ingest.calls as c using (run_id)
    where r.sync_kind = p_sync_kind and r.status = 'in_progress' and r.subject_id is null and cardinality(r.item_ids) < 100
      -- What a budget holds would hold up whoever joins it, and may be there for a month.
      and c.state = 'ready' and c.claimed_at is null and c.held_by is null
    order by r.run_id
    for no key update of r, c skip locked
  loop
    -- Somebody else may have put the same ids there just now.
    p_ids := array(select i from unnest(p_ids) with ordinality as u (i, place) where i <> all (v_open.item_ids) order by place);
    exit when p_ids = '{}';
    -- Who pays is said anew: others may wait for these.
    update ingest.runs set item_ids = item_ids || p_ids[:v_open.room], payer_ids = null where run_id = v_open.run_id;
    -- The call is made anew: a worker that is just taking the old one has read the shorter list, and finds it gone.
    with old as (
      delete from ingest.calls where call_id = v_open.call_id returning *
    )
    insert into ingest.calls (run_id, endpoint, page_no, not_before, created_at)
    select run_id, endpoint, page_no, not_before, created_at from old;
    p_ids := p_ids[v_open.room + 1:];
    p_run_ids := p_run_ids || v_open.run_id;
  end loop;
end;
$$;
comment on function ingest.fill_lookups(text, bigint[]) is
  'Puts ids into look-ups that were not sent yet and have room, but none into one that somebody asked for; leaves those that found none, and says which look-ups these are.';
