create or replace function base.note(p_what text, p_id bigint)
  returns void
  language plpgsql
  volatile
as $$
declare
  v_noted constant text := coalesce(pg_catalog.current_setting('rookery.' || p_what, true), '');
begin
  -- A setting of the transaction, since what a subtransaction noted goes when that is undone. A hundred or so is enough for a log.
  if length(v_noted) < 800 then
    perform pg_catalog.set_config('rookery.' || p_what, v_noted || p_id || ' ', true);
  end if;
end;
$$;
comment on function base.note(text, bigint) is
  'Remembers, until the end of the transaction or base.forget_notes(), that something happened to the decision or materialization of that id, for who answers for the step: base.noted().';
