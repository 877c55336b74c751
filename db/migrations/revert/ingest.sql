-- Revert rookery:ingest from pg

begin;
drop schema ingest cascade;
commit;
