create or replace function api.provenance(p_item_kind text, p_key jsonb)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select ingest.trace_item(p_item_kind, p_key);
$$;
comment on function api.provenance(text, jsonb) is
  'Which run wrote a row of the graph first, and which changed it last; of follows and posts also which saw it last in the lists of its own users. Reasons as in api.why. Keys: of user and post an id, of handle a text, of follow {target_id, follower_id}. Errors RK018, RK019.';
