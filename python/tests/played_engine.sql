-- The four functions as a driver sees them, over one table: what the driver's tests need of an engine.
create schema api;

create table api.calls (
  call_id integer generated always as identity primary key,
  path text not null,
  worker text,
  answered boolean not null default false,
  status integer,
  headers jsonb,
  body text,
  failure text
);

create function api.engine_tick(p_worker text default 'psql', p_slots integer default 0)
returns jsonb
language sql
as $$
  with claimed as (
    update api.calls as c
    set worker = p_worker
    where c.call_id in (
      select ready.call_id from api.calls as ready
      where ready.worker is null
      order by ready.call_id
      limit p_slots
      for update skip locked
    )
    returning c.call_id, c.path
  )
  select jsonb_build_object(
    'done', jsonb_build_object('claimed', count(*)),
    'calls', coalesce(jsonb_agg(jsonb_build_object(
      'call_id', call_id, 'method', 'GET', 'path', path, 'query', jsonb_build_object('n', call_id)
    )), '[]'),
    'tick_id', 1,
    'decisions', '[]'::jsonb,
    'materializations', '[]'::jsonb,
    'again', false,
    'now', now(),
    'next_at', now() + interval '10 seconds'
  )
  from claimed;
$$;

create function api.engine_response(p_call_id bigint, p_status integer, p_headers jsonb, p_body text, p_worker text default null)
returns jsonb
language sql
as $$
  with answered as (
    update api.calls
    set answered = true, status = p_status, headers = p_headers, body = p_body
    where call_id = p_call_id and not answered
    returning call_id
  )
  select jsonb_build_object('recorded', exists (select from answered), 'class', 'page');
$$;

create function api.engine_failure(p_call_id bigint, p_reason text, p_detail text, p_worker text default null)
returns jsonb
language sql
as $$
  with answered as (
    update api.calls
    set answered = true, failure = p_reason
    where call_id = p_call_id and not answered
    returning call_id
  )
  select jsonb_build_object('recorded', exists (select from answered), 'class', p_reason);
$$;

create function api.engine_release(p_worker text)
returns jsonb
language sql
as $$
  with released as (
    update api.calls set worker = null where worker = p_worker and not answered returning call_id
  )
  select jsonb_build_object('released', count(*)) from released;
$$;

create function api.has_change(p_change text)
returns boolean
language sql
as $$
  select true;
$$;
