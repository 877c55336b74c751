create or replace function ingest.record_purchases(p_resource text, p_item_ids bigint[], p_sent_at timestamptz)
  returns integer
  language plpgsql
  volatile
as $$
declare
  v_today constant date := (base.now() at time zone 'UTC')::date;
  v_sent_on constant date := (p_sent_at at time zone 'UTC')::date;
  v_new_ids bigint[];
  v_old_ids bigint[];
begin
  -- A call that was out at midnight was billed on the one day or the other: then nothing is taken for paid, and what it brought is marked with the
  -- day before.
  select array_agg(i.item_id order by i.item_id) filter (where p.bought_on is null),
         array_agg(i.item_id) filter (where p.bought_on is not null and (p.bought_on < v_today or v_sent_on < v_today))
  into v_new_ids, v_old_ids
  from (select distinct item_id from unnest(p_item_ids) as u (item_id)) as i
  left join lateral (select bought_on from ingest.purchases where resource = p_resource and item_id = i.item_id limit 1) as p on true;
  if v_new_ids is not null then
    insert into ingest.purchases (resource, item_id, bought_on) select p_resource, item_id, v_sent_on from unnest(v_new_ids) as item_id;
  end if;
  if v_old_ids is not null then
    update ingest.purchases set bought_on = v_sent_on where resource = p_resource and item_id = any (v_old_ids) and bought_on < v_sent_on;
  end if;
  return coalesce(cardinality(v_new_ids), 0) + coalesce(cardinality(v_old_ids), 0);
end;
$$;
comment on function ingest.record_purchases(text, bigint[], timestamptz) is
  'Marks resources as bought on the UTC day on which the call was sent, and returns how many of them X bills: each once a day (I9). In doubt, near midnight, one more rather than one less. The caller holds graph.lock_writer().';
