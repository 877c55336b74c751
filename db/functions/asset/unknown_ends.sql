create or replace function asset.unknown_ends(p_instance_id bigint, p_from bigint, p_to bigint)
  returns setof graph.follow_changes
  language sql
  stable
as $$
  -- Of each who left, the follows that are wrong now and that ended for a reason that nothing says.
  select c.*
  from asset.net_changes('user', p_instance_id, p_from, p_to) as d
  cross join asset.follows_of(p_instance_id) as f
  join asset.materializations as m on m.instance_id = p_instance_id and m.materialization_id = p_to
  cross join lateral graph.last_change_of_follow(case when f.item_follows then f.subject_id else d.item_id end,
                                                 case when f.item_follows then d.item_id else f.subject_id end, m.read_revision) as c
  cross join lateral ingest.reason_of_end(c) as r
  where not d.has_entered and f.is_wanted and c.change = 'removed' and r.reason = 'unknown' and ingest.taken_up_again_at(c) = 'infinity';
$$;
comment on function asset.unknown_ends(bigint, bigint, bigint) is 'The ended follows of those who left an asset between two materializations, and of whom nothing says why.';
