-- Revert rookery:asset from pg

begin;
drop schema asset cascade;
commit;
