create or replace function ingest.read_new_follower(p_payload jsonb)
  returns ingest.tidings
  language plpgsql
  stable
as $$
declare
  v_tidings ingest.tidings;
begin
  v_tidings.subject := ingest.name_user(p_payload -> 'follower');
  v_tidings.object := ingest.name_user(coalesce(nullif(p_payload -> 'target', 'null'), to_jsonb(base.setting_text('webhook.own_account'))));
  if v_tidings.object is null then
    v_tidings.fault := 'it names no target, and webhook.own_account is not set any more';
  end if;
  return v_tidings;
end;
$$;
comment on function ingest.read_new_follower(jsonb) is 'Reads an event of a new follower, which was checked when it came (ingest.check_new_follower).';
