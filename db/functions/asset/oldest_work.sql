create or replace function asset.oldest_work()
  returns table (about text, due_at timestamptz)
  language sql
  stable
as $$
  (select format('a look at instance %s', m.instance_id), m.look_at from asset.marks as m where m.look_at <= base.now() order by m.look_at limit 1)
  union all
  (select format('instance %s, to %s', q.instance_id, q.work), q.queued_at from asset.queue as q order by q.queued_at limit 1);
$$;
comment on function asset.oldest_work() is 'What is due longest of what is to be looked at, materialized or verified.';
