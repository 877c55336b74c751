create or replace function ingest.class_of_missing(p_reason text)
  returns text
  language sql
  immutable
as $$
  select case p_reason when 'suspended' then 'subject_suspended' when 'protected' then 'subject_protected' else 'subject_not_found' end;
$$;
comment on function ingest.class_of_missing(text) is 'The answer class that says of a list what ingest.missing says of its subject.';
