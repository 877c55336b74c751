-- Deploy rookery:roles to pg

begin;
set local check_function_bodies = off;

-- source: db/schema/10_roles.sql
-- Roles. One owner that nobody logs in as, and a login per job (W5). Roles belong to the whole cluster, so each is made only where it is missing,
-- and no password is set here: a server that asks for one gets it from its operator (`alter role rookery_worker password …`).
-- It runs again before a dump is restored on another server (`rookery db roles`), and may find any part of this done.

do $roles$
declare
  v_login text;
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rookery_owner') then
    begin
      create role rookery_owner nologin;
    exception when unique_violation then
      -- Another database of this server is deployed at this moment; by the time that is known, all roles are there.
      null;
    end;
  end if;
  foreach v_login in array array['rookery_worker', 'rookery_web', 'rookery_operator', 'rookery_reader'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_login) then
      execute format('create role %I login', v_login);  -- dynamic: `create role` takes no parameter
    end if;
    if not (select coalesce(rolconfig @> array['search_path=api', 'jit=off'], false) from pg_catalog.pg_roles where rolname = v_login) then
      execute format('alter role %I set search_path = api', v_login);  -- dynamic: likewise
      -- Every statement here is short, or writes: compiling it costs more than it saves.
      execute format('alter role %I set jit = off', v_login);
    end if;
  end loop;
  -- Nothing that a browser asks for may keep the server busy for long.
  if not (select rolconfig @> array['statement_timeout=30s'] from pg_catalog.pg_roles where rolname = 'rookery_web') then
    alter role rookery_web set statement_timeout = '30s';
  end if;
  -- So that the web can say whether a migration is behind; where nobody keeps sqitch's registry, it cannot.
  if to_regclass('sqitch.changes') is not null then
    grant usage on schema sqitch to rookery_owner;
    grant select on sqitch.changes to rookery_owner;
  end if;
  if not pg_catalog.pg_has_role(current_user, 'rookery_owner', 'usage') then
    grant rookery_owner to current_user;
  end if;
  execute format('grant create, connect on database %I to rookery_owner', current_database());  -- dynamic: the database's name
end
$roles$;

commit;
