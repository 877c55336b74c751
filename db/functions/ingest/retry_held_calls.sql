create or replace function ingest.retry_held_calls(p_budget_id bigint default null)
  returns void
  language sql
  volatile
as $$
  -- A list of which no page was asked for yet can be read in smaller ones. (Who is just taking a call takes none that waits.)
  update ingest.runs as r set page_size = base.setting_integer('page.follows')
  from ingest.calls as c
  where c.state = 'ready' and c.held_by is not null and (p_budget_id is null or c.held_by = p_budget_id) and c.not_before > base.now()
    and c.page_token is null and c.claimed_at is null and r.run_id = c.run_id and r.page_size > base.setting_integer('page.follows');
  update ingest.calls set not_before = base.now(), held_by = null, held_usd = null
  where state = 'ready' and held_by is not null and (p_budget_id is null or held_by = p_budget_id);
$$;
comment on function ingest.retry_held_calls(bigint) is
  'The calls that a budget (null: any) holds are judged anew, since something has changed of what they may cost; lists that were to begin, in pages no larger than is set now.';
