-- Revert rookery:graph from pg

begin;
drop schema graph cascade;
commit;
