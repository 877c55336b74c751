-- Revert rookery:roles from pg

begin;
-- Nothing: roles belong to the whole cluster, and other databases may use them.
commit;
