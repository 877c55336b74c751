create or replace function asset.keep_causes(p_instance_id bigint, p_materialization_id bigint)
  returns void
  language plpgsql
  volatile
as $$
begin
  perform ingest.keep_runs(array(
    select (c.cause ->> 'id')::bigint
    from asset.materializations as m cross join jsonb_array_elements(m.causes) as c (cause)
    where m.instance_id = p_instance_id and m.materialization_id = p_materialization_id
      and c.cause ->> 'cause' in ('run', 'change') and c.cause ? 'id'));
end;
$$;
comment on function asset.keep_causes(bigint, bigint) is
  'The runs that a materialization names are kept (W7). Called when all else is done: this locks them, and whoever answers one of their calls would wait.';
