create or replace function engine.check_roles()
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with excessive as (
    select r.rolname as role, x.attribute, x.mended
    from pg_catalog.pg_roles as r
    cross join lateral (values
      (r.rolsuper, 'is a superuser', 'nosuperuser'), (r.rolcreaterole, 'makes roles', 'nocreaterole'), (r.rolcreatedb, 'makes databases', 'nocreatedb'),
      (r.rolbypassrls, 'goes past row security', 'nobypassrls'), (r.rolreplication, 'may replicate', 'noreplication'),
      (r.rolname = 'rookery_owner' and r.rolcanlogin, 'logs in', 'nologin')) as x (is_so, attribute, mended)
    where r.rolname in ('rookery_owner', 'rookery_worker', 'rookery_web', 'rookery_operator', 'rookery_reader') and x.is_so
  )
  select 'role', 'warning', format('%s %s', e.role, string_agg(e.attribute, ', ')), format('alter role %I %s', e.role, string_agg(e.mended, ' ')), null::timestamptz
  from excessive as e
  group by e.role
  union all
  select 'role', 'ok', 'no role may do more than its work', null, null
  where not exists (select from excessive);
$$;
comment on function engine.check_roles() is 'Whether a role of ours was given more than its work needs (W5): see api.doctor.';
