create or replace function asset.has_hook(p_kind text, p_hook text)
  returns boolean
  language sql
  stable
as $$
  select pg_catalog.to_regprocedure('asset.' || p_kind || '_' || p_hook || '(jsonb)') is not null;
$$;
comment on function asset.has_hook(text, text) is 'Whether a kind has one of the functions that a kind may leave out: canonical, watches or follows.';
