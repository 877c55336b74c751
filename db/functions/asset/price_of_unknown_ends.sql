create or replace function asset.price_of_unknown_ends(p_ends graph.follow_changes[], out users bigint, out usd numeric)
  language sql
  stable
as $$
  select p.users, p.usd
  from ingest.price_of_look_ups(array(select r.hidden_id from unnest(p_ends) as e cross join lateral ingest.reason_of_end(e) as r)) as p;
$$;
comment on function asset.price_of_unknown_ends(graph.follow_changes[]) is 'How many users are behind these follows that were found ended, and what it costs at most to look them up, in US dollars.';
