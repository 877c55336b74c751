-- Revert rookery:base from pg

begin;
drop schema base cascade;
commit;
