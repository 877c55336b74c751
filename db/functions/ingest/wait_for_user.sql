create or replace function ingest.wait_for_user(p_name text, p_refusal text)
  returns ingest.verdict
  language sql
  immutable
as $$
  select case when p_refusal is null then row('waiting', p_name || ' is not known yet', p_name, null, null, null)::ingest.verdict
              else row('refused', format('X does not show %s: %s', p_name, p_refusal), null, null, null, null)::ingest.verdict end;
$$;
comment on function ingest.wait_for_user(text, text) is 'What becomes of an event that names a user who is not known here: it waits for a look-up, or X has refused one (p_refusal).';
