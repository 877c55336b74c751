create or replace function asset.standings(p_instance_ids bigint[])
  returns table (
    instance_id bigint, kind text, subject text, item_kind text, state text, until_at timestamptz, members bigint, revision bigint, materialized_at timestamptz)
  language sql
  stable
as $$
  select i.instance_id, i.kind, asset.say_subject(i.kind, i.params), k.item_kind, s.state, s.until_at, i.member_count, i.output_revision, m.completed_at
  from unnest(p_instance_ids) with ordinality as asked (instance_id, position)
  join asset.instances as i using (instance_id)
  join asset.kinds as k using (kind)
  cross join lateral asset.state_of(i) as s
  left join asset.materializations as m on m.instance_id = i.instance_id and m.materialization_id = i.checkpoint_id
  order by asked.position;
$$;
comment on function asset.standings(bigint[]) is 'See api.standings.';
