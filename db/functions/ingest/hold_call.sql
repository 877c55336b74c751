create or replace function ingest.hold_call(p_quote ingest.quote, p_budget ingest.budgets)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_usd constant numeric := ingest.share_of(p_quote.unit_usd * p_quote.asked_count, p_budget.payer_id, p_quote.payer_ids);
  v_left constant numeric := greatest(ingest.room_in(p_budget), 0);
  v_until constant timestamptz := ingest.period_end(p_budget.period, p_budget.began_at);
begin
  update ingest.calls set not_before = v_until, held_by = p_budget.budget_id, held_usd = v_usd where call_id = p_quote.call_id;
  perform base.decide('budget', format('budget of %s a %s', p_budget.scope, p_budget.period),
    case when v_usd > p_budget.cap_usd
      then 'a call may cost more than the whole budget, so it can never go: raise the budget, or ask for less at once (page.follows, page.posts)'
      else 'what is left does not cover what a call may cost' end,
    v_until,
    jsonb_build_object('budget_id', p_budget.budget_id, 'cap_usd', p_budget.cap_usd, 'spent_usd', trim_scale(p_budget.cap_usd - ingest.room_in(p_budget)),
      'left_usd', trim_scale(v_left), 'call_id', p_quote.call_id, 'endpoint', p_quote.endpoint,
      'rows', p_quote.asked_count, 'call_usd', trim_scale(v_usd)));
end;
$$;
comment on function ingest.hold_call(ingest.quote, ingest.budgets) is 'A call waits for the next period of a budget, or until that has room again: a decision with the amounts (I8, E3).';
