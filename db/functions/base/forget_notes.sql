create or replace function base.forget_notes()
  returns void
  language plpgsql
  volatile
as $$
begin
  perform pg_catalog.set_config('rookery.decisions', '', true), pg_catalog.set_config('rookery.materializations', '', true);
end;
$$;
comment on function base.forget_notes() is 'Begins to take notes (base.note) anew: a step tells what happened in it, whatever the transaction did before.';
