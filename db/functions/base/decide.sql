create or replace function base.decide(p_kind text, p_about text, p_reason text, p_until timestamptz default null, p_detail jsonb default '{}')
  returns void
  language plpgsql
  volatile
as $$
declare
  v_decision_id bigint;
begin
  -- The reason may be a message of whatever length, and an index has no room for more.
  insert into base.decisions as d (decision_kind, about, reason, detail, first_at, last_at, until_at)
  values (p_kind, p_about, left(p_reason, 300), p_detail, base.now(), base.now(), p_until)
  on conflict on constraint a_repeated_decision_is_one_row
  do update set
    detail = excluded.detail,
    repeat_count = d.repeat_count + 1,
    last_at = greatest(d.last_at, excluded.last_at),
    until_at = excluded.until_at
  returning d.decision_id into v_decision_id;
  perform base.note('decisions', v_decision_id);
end;
$$;
comment on function base.decide(text, text, text, timestamptz, jsonb) is 'Records that the engine held back or stepped in; the same decision again raises the count of its one row (E3). Of the reason 300 characters are kept.';
