-- Revert rookery:engine from pg

begin;
drop schema engine cascade;
commit;
