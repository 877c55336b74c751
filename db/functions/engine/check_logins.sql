create or replace function engine.check_logins(p_logins jsonb)
  returns table (check_name text, state text, says text, mend text, since_at timestamptz)
  language sql
  stable
as $$
  with logins as (
    select l.login, w.called, w.wanted, r.oid, r.rolsuper, coalesce(pg_has_role(r.oid, w.wanted, 'member'), false) as has_it,
           (select string_agg(o.rolname, ', ' order by o.rolname) from pg_catalog.pg_roles as o
            where o.rolname in ('rookery_owner', 'rookery_worker', 'rookery_web', 'rookery_operator', 'rookery_reader')
              and o.rolname <> w.wanted and pg_has_role(r.oid, o.oid, 'member')) as others
    from jsonb_to_recordset(p_logins) as l (process text, login text)
    join (values (1, 'worker', 'the worker', 'rookery_worker'), (2, 'web', 'the web process', 'rookery_web'), (3, 'operator', 'commands', 'rookery_operator'),
                 (4, 'deploy', 'deploying', 'rookery_owner')) as w (place, process, called, wanted) using (process)
    left join pg_catalog.pg_roles as r on r.rolname = l.login
    order by w.place
  ), judged as (
    select *, case when not has_it then 'failing' when wanted <> 'rookery_owner' and others is not null then 'warning' else 'ok' end as state
    from logins
  )
  select 'login', j.state,
         format('the login for %s is %s%s', j.called, j.login,
                case when j.oid is null then ', which is no role here' when not j.has_it then format(', which lacks the role %s', j.wanted)
                     when j.state = 'ok' then '' when j.rolsuper then ', a superuser: nothing keeps it from anything'
                     else format(', which also has %s', j.others) end),
         case j.state when 'failing' then format('grant %s to %s, or log in as somebody who has that role', j.wanted, j.login)
                      when 'warning' then format('log in as %s, or as somebody who has that role and no other', j.wanted) end, null::timestamptz
  from judged as j;
$$;
comment on function engine.check_logins(jsonb) is 'Whether each process, [{process, login}], logs in as somebody who may do its work and nothing else (W5): see api.doctor.';
