create or replace function api.why(p_materialization_id bigint)
  returns jsonb
  language sql
  stable
  security definer
  set search_path = pg_catalog, pg_temp
as $$
  select asset.explain_materialization(p_materialization_id, 4);
$$;
comment on function api.why(bigint) is
  'Why a materialization came to be, from roots that asked for it to runs that fed it; as reasons: {about, says, …, because: [reasons]}. With what it depends on, at most four deep. api.tree() makes it text. Error RK016.';
