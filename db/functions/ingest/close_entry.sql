create or replace function ingest.close_entry()
  returns trigger
  language plpgsql
  volatile
as $$
begin
  update ingest.ledger set closed_at = base.now() where call_id = new.call_id and closed_at is null;
  return null;
end;
$$;
comment on function ingest.close_entry() is 'A call that is not out any more, whatever ended it, has no open entry in the ledger: one that is not settled by then stays booked at its worst price (I8).';

create or replace trigger only_a_call_that_is_out_has_an_open_entry
  after update of state on ingest.calls
  for each row when (old.state = 'claimed' and new.state <> 'claimed')
  execute function ingest.close_entry();
comment on trigger only_a_call_that_is_out_has_an_open_entry on ingest.calls is 'I8.';
