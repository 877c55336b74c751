-- The inbox as the web process sees it, over one table: what the tests of the doors need of it.
create table api.received (
  event_id bigint generated always as identity primary key, source text, body text, batch text default pg_current_xact_id()::text
);

drop function api.webhook_receive(jsonb);
create function api.webhook_receive(p_events jsonb)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_event jsonb;
  v_event_id bigint;
  v_results jsonb := '[]';
begin
  for v_event in select e from jsonb_array_elements(p_events) as e loop
    if v_event ->> 'body' like '%poison%' then
      raise exception 'a defect' using errcode = 'P0001';
    elsif v_event ->> 'body' like '%malformed%' then
      v_results := v_results || jsonb_build_object('code', 'RK030', 'field', 'follower', 'message', 'follower is missing');
    else
      select event_id into v_event_id from api.received where body = v_event ->> 'body';
      if not found then
        insert into api.received (source, body) values (v_event ->> 'source', v_event ->> 'body') returning event_id into v_event_id;
      end if;
      v_results := v_results || jsonb_build_object('event_id', v_event_id, 'is_duplicate', found);
    end if;
  end loop;
  return v_results;
end $$;
grant execute on function api.webhook_receive(jsonb) to rookery_web;
