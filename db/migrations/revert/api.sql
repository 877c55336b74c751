-- Revert rookery:api from pg

begin;
drop schema api cascade;
commit;
