create or replace function asset.cause_of_move(
    p_follows jsonb, p_item_id bigint, p_has_entered boolean, p_position bigint, out reason text, out by_whom text, out known_at timestamptz)
  language plpgsql
  stable
as $$
declare
  v_cause graph.follow_changes;
  v_hidden_id bigint;
begin
  -- Who left did so with the first of the follows that is wrong now, who entered with the last that came right.
  select c.* into v_cause
  from jsonb_to_recordset(p_follows) as f (subject_id bigint, item_follows boolean, is_wanted boolean)
  cross join lateral graph.last_change_of_follow(
    case when f.item_follows then f.subject_id else p_item_id end, case when f.item_follows then p_item_id else f.subject_id end, p_position) as c
  where c.change_id is not null and ((c.change <> 'removed') = f.is_wanted) = p_has_entered
  order by case when p_has_entered then -c.change_id else c.change_id end
  limit 1;
  if v_cause.change_id is null then
    return;
  end if;
  known_at := v_cause.changed_at;
  if v_cause.change = 'removed' then
    select r.reason, r.hidden_id, r.known_at into reason, v_hidden_id, known_at from ingest.reason_of_end(v_cause) as r;
  else
    select r.reason, r.hidden_id into reason, v_hidden_id from ingest.reason_of_begin(v_cause) as r;
  end if;
  by_whom := case
    when reason in ('followed', 'unfollowed') then case when v_cause.follower_id = p_item_id then 'item' else 'subject' end
    when reason in ('suspended', 'deleted', 'protected', 'returned') then case when v_hidden_id = p_item_id then 'item' else 'subject' end end;
end;
$$;
comment on function asset.cause_of_move(jsonb, bigint, boolean, bigint) is
  'Why an item entered or left by a position of the graph: see ingest.reason_of_end and ingest.reason_of_begin. by_whom: whose doing or account that is, the item''s or the subject''s. p_follows: asset.follows_of, as JSON. All null where no follow tells.';
