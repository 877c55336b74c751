create or replace function ingest.receive_events(p_events jsonb)
  returns jsonb
  language plpgsql
  volatile
as $$
declare
  v_results jsonb;
begin
  if jsonb_typeof(p_events) is distinct from 'array' or jsonb_path_exists(p_events, '$[*] ? (@.type() != "object")') then
    raise exception 'events are not an array of objects' using errcode = 'RK040', hint = 'Give [{"source": "new_follower", "body": "…"}].';
  end if;
  with sent as materialized (
    select e.place, e.source, e.body, p.payload, p.event_type, c.field, c.message,
           case when c.field is null then ingest.event_key(e.source, p.event_type, p.payload, e.body) end as event_key
    from rows from (jsonb_to_recordset(p_events) as (source text, body text)) with ordinality as e (source, body, place)
    cross join lateral ingest.read_event_body(e.source, e.body) as p
    cross join lateral ingest.check_event(e.source, p.payload) as c
  ), proposed as materialized (
    select s.*, nextval('ingest.event_ids') as event_id
    from (select distinct on (event_key) * from sent where event_key is not null order by event_key, place) as s
    order by s.place
  ), keyed as (
    -- In the order of keys, so that two batches of the same events wait for each other, and not in a circle.
    insert into ingest.event_keys as k (event_key, event_id, expires_at)
    select p.event_key, p.event_id, case when p.event_key ~ '^\w+ sha256 ' then base.now() + base.setting_interval('webhook.digest_window') end
    from proposed as p
    order by p.event_key
    on conflict (event_key) do update set
      event_id = case when k.expires_at <= base.now() then excluded.event_id else k.event_id end,
      expires_at = case when k.expires_at <= base.now() then excluded.expires_at else k.expires_at end,
      repeat_count = case when k.expires_at <= base.now() then 0 else k.repeat_count + 1 end
    returning k.event_key, k.event_id
  ), stored as (
    insert into ingest.webhook_events (event_id, source, event_type, event_key, payload, received_at, happened_at)
    select p.event_id, p.source, p.event_type, p.event_key, p.payload, base.now(), ingest.event_time(p.source, p.payload)
    from proposed as p join keyed as k using (event_key, event_id)
  )
  select jsonb_agg(case when s.field is null
    then jsonb_build_object('event_id', k.event_id, 'is_duplicate', p.place is null)
    else jsonb_build_object('code', 'RK040', 'field', s.field, 'message', s.message) end order by s.place)
  into v_results
  from sent as s
  left join keyed as k using (event_key)
  left join proposed as p on p.place = s.place and p.event_id = k.event_id;
  return coalesce(v_results, '[]');
end;
$$;
comment on function ingest.receive_events(jsonb) is
  'Stores a batch of events: see api.webhook_receive. Duplicates are found by a unique key, so also those that arrive at the same moment. Error RK040.';
