create or replace function asset.verify_checkpoint(p_item_kind text, p_instance asset.instances)
  returns setof asset.finding
  language sql
  stable
as $$
  with counted as materialized (
    select count(*) as member_count
    from asset.fold_events(p_item_kind, p_instance.instance_id)
    where is_in
  )
  select c.finding, s.materialization_id, null::bigint, c.expected::text, c.found::text, c.remedy
  from asset.last_success(p_instance.instance_id) as s
  cross join counted as n
  cross join lateral (values
    ('checkpoint', s.materialization_id, p_instance.checkpoint_id, 'rebuild'),
    ('position', s.read_revision, coalesce(p_instance.read_revision, s.read_revision), 'rebuild'),
    ('revision', coalesce(s.output_revision, 0), p_instance.output_revision, 'rebuild'),
    ('member_count', n.member_count, p_instance.member_count, 'rebuild'),
    ('member_count', n.member_count, coalesce(s.member_count, 0), 'read_everything')
  ) as c (finding, expected, found, remedy)
  where c.expected is distinct from c.found;
$$;
comment on function asset.verify_checkpoint(text, asset.instances) is 'Whether an instance stands where its last success left it, and counts the members that its events add up to (A10, A13).';
