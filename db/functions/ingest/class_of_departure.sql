create or replace function ingest.class_of_departure(p_gone_reason text)
  returns text
  language sql
  immutable
as $$
  select case when p_gone_reason = 'suspended' then 'suspended' when p_gone_reason in ('not_found', 'deactivated') then 'deleted'
              when p_gone_reason = 'protected' then 'protected' else 'unknown' end;
$$;
comment on function ingest.class_of_departure(text) is 'What a reason for not showing a user (of graph.users, of ingest.missing) says of why that user is in a list no more.';
