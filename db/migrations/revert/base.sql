-- Revert rookery:base from pg

begin;
drop schema base cascade;
alter default privileges for role rookery_owner grant execute on functions to public;
commit;
