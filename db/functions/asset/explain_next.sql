create or replace function asset.explain_next(p_instance_id bigint)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(base.build_reason('next',
    format('of its syncs, %s of %s is due next, at %s', n.sync_kind, n.subject_id, base.format_time(n.due_at)),
    jsonb_build_object('sync_kind', n.sync_kind, 'subject_id', n.subject_id::text, 'until_at', n.due_at))), '[]')
  from (
    select d.*
    from (
      select sync_kind, subject_id from ingest.needs where consumer_id = p_instance_id order by consumer_id, sync_kind, subject_id limit 10000
    ) as n
    join lateral (select * from ingest.due where sync_kind = n.sync_kind and subject_id = n.subject_id limit 1) as d on true
    order by d.due_at, d.sync_kind, d.subject_id limit 1
  ) as n;
$$;
comment on function asset.explain_next(bigint) is 'Which of an instance''s own syncs is due first, of ten thousand at the most, as a list of at most one reason.';
