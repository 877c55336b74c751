create or replace function asset.explain_pins(p_before asset.materializations, p_after asset.materializations, p_depth integer)
  returns jsonb
  language sql
  stable
as $$
  select coalesce(jsonb_agg(asset.explain_pin(a.pin, b.pin, p_depth) order by (a.pin).role), '[]')
  from (
    select p as pin from asset.pins as p
    where p.instance_id = p_after.instance_id and p.materialization_id = p_after.materialization_id
    order by p.role limit 20
  ) as a
  left join lateral (
    select p as pin from asset.pins as p
    where p.instance_id = p_before.instance_id and p.materialization_id = p_before.materialization_id and p.role = (a.pin).role
  ) as b on true;
$$;
comment on function asset.explain_pins(asset.materializations, asset.materializations, integer) is
  'What a materialization read of the assets that it is made from, and what the one before had read, as a list of reasons; the first twenty.';
