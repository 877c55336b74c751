-- Verify rookery:roles on pg

begin;
select 'rookery_operator'::regrole;
select 'rookery_owner'::regrole;
select 'rookery_reader'::regrole;
select 'rookery_web'::regrole;
select 'rookery_worker'::regrole;
rollback;
