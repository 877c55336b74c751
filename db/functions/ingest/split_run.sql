create or replace function ingest.split_run(p_call_id bigint, p_run_id bigint)
  returns boolean
  language plpgsql
  volatile
as $$
declare
  v_run ingest.runs;
  v_ids bigint[];
  v_new_ids bigint[];
begin
  -- A call that was sent may still be answered; what a page leads to belongs to the query that brought it.
  if exists (select from ingest.calls where call_id = p_call_id and claimed_at is not null) then
    return false;
  end if;
  select * into v_run from ingest.runs where run_id = p_run_id for no key update skip locked;
  if not found then
    return true;
  end if;
  with waiting as (
    select i.id, array(
      select distinct n.consumer_id
      from ingest.needs as n
      where n.sync_kind = any (case when v_run.sync_kind = 'users' then '{followers,following,posts,users}' else '{posts}' end::text[])
        and n.subject_id = case when v_run.sync_kind = 'post_lookup' then (select author_id from graph.posts where post_id = i.id) else i.id end
      order by n.consumer_id) as consumer_ids
    from unnest(v_run.item_ids) as i (id)
  ), parts as (
    select array_agg(id order by id) as ids, row_number() over (order by min(id)) as place from waiting group by consumer_ids
  ), started as (
    insert into ingest.runs (sync_kind, item_ids, mode, reason, since_id, started_at)
    select v_run.sync_kind, ids, v_run.mode, v_run.reason, v_run.since_id, base.now() from parts where place > 1 order by place
    returning run_id
  )
  select (select ids from parts where place = 1), array(select run_id from started order by run_id) into v_ids, v_new_ids;
  if v_new_ids = '{}' then
    return false;
  end if;
  update ingest.runs set item_ids = v_ids, payer_ids = null where run_id = p_run_id;
  perform ingest.open_calls(v_new_ids);
  return true;
end;
$$;
comment on function ingest.split_run(bigint, bigint) is
  'Parts a batch by who waits for what, so that nobody waits for the budget of another (I8): a run for each, whose payers are said anew. False where all wait for all of it, or its call was sent; also true where somebody else has the run in hand. The caller holds the call.';
